"""The list of a recurring task's dates: completed, missed, or the one that is current."""

import base64
import json
from typing import Any

import pytest

from tests.api.task_steps import check_refusal, iterate_pages, list_all, sleep
from tests.support.service import Learner, Service


def cursor_of(*position: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(position).encode()).decode().rstrip("=")


async def complete(learner: Learner, task: dict[str, Any], day: str) -> None:
    await learner.post(f"/tasks/{task['id']}/complete", {"occurrence_on": day})


async def list_days(learner: Learner, task: dict[str, Any], **query: Any) -> list[tuple[str, bool]]:
    """(date, is it completed) through all pages."""
    found = await list_all(learner, f"/tasks/{task['id']}/occurrences", **query)
    return [(each["occurrence_on"], each["completed_at"] is not None) for each in found]


@pytest.mark.parametrize("limit", [1, 2, 3, 100])
async def test_pages_give_completed_and_missed_ones_newest_first(
    service: Service, limit: int
) -> None:
    ada = await service.learner()
    task = await ada.create_task(recurrence="FREQ=DAILY")
    await sleep(service, ada, days=5)
    await complete(ada, task, "2026-03-03")
    await complete(ada, task, "2026-03-06")

    assert await list_days(ada, task, limit=limit) == [
        ("2026-03-07", False), ("2026-03-06", True), ("2026-03-05", False), ("2026-03-04", False),
        ("2026-03-03", True), ("2026-03-02", False),
    ]  # fmt: skip


async def test_the_next_one_is_shown_when_all_are_completed(service: Service) -> None:
    ada = await service.learner()
    task = await ada.create_task(recurrence="FREQ=WEEKLY")
    await complete(ada, task, "2026-03-02")

    assert await list_days(ada, task) == [("2026-03-09", False), ("2026-03-02", True)]


async def test_completed_ones_of_an_older_rule_are_among_them(service: Service) -> None:
    ada = await service.learner()
    task = await ada.create_task(recurrence="FREQ=DAILY")
    await complete(ada, task, "2026-03-02")
    body = {"recurrence": "FREQ=WEEKLY;BYDAY=TH"}
    await ada.client.patch(f"/tasks/{task['id']}", json=body)

    assert await list_days(ada, task) == [("2026-03-05", False), ("2026-03-02", True)]


async def test_a_plain_task_shows_what_it_completed_while_it_recurred(service: Service) -> None:
    ada = await service.learner()
    task = await ada.create_task(recurrence="FREQ=DAILY")
    await complete(ada, task, "2026-03-02")
    await ada.client.patch(f"/tasks/{task['id']}", json={"recurrence": None})

    assert await list_days(ada, task) == [("2026-03-02", True)]


async def test_a_task_that_never_recurred_has_none(service: Service) -> None:
    ada = await service.learner()

    assert await list_days(ada, await ada.create_task(due_on="2026-03-02")) == []


async def test_an_ended_rule_shows_all_its_dates(service: Service) -> None:
    ada = await service.learner()
    task = await ada.create_task(recurrence="FREQ=DAILY;COUNT=2")
    await sleep(service, ada, days=9)
    await complete(ada, task, "2026-03-03")

    assert await list_days(ada, task) == [("2026-03-03", True), ("2026-03-02", False)]


async def test_an_undo_between_pages_loses_and_repeats_none(service: Service) -> None:
    ada = await service.learner()
    task = await ada.create_task(recurrence="FREQ=DAILY")
    await sleep(service, ada, days=3)
    await complete(ada, task, "2026-03-05")

    seen: list[str] = []
    async for page in iterate_pages(ada, f"/tasks/{task['id']}/occurrences", limit=2):
        seen += [each["occurrence_on"] for each in page]
        await ada.post(f"/tasks/{task['id']}/undo", {"occurrence_on": "2026-03-05"})

    assert seen == ["2026-03-06", "2026-03-05", "2026-03-04", "2026-03-03", "2026-03-02"]


async def test_a_forged_cursor_does_not_lead_into_the_future(service: Service) -> None:
    ada = await service.learner()
    task = await ada.create_task(recurrence="FREQ=DAILY")

    forged = cursor_of("occurrences", "9999-12-31")

    assert await list_days(ada, task, cursor=forged) == [("2026-03-02", False)]


async def test_a_cursor_before_all_time_leads_nowhere(service: Service) -> None:
    ada = await service.learner()
    task = await ada.create_task(recurrence="FREQ=DAILY")

    assert await list_days(ada, task, cursor=cursor_of("occurrences", "0001-01-01")) == []


@pytest.mark.parametrize(
    "position",
    [
        ["occurrences"], ["occurrences", 5], ["occurrences", "2026-02-30"], ["occurrences", ""],
        ["occurrences", "2026-03-02", 1], ["-created_at", 5], ["occurrences", "\ud800"],
    ],
    ids=repr,
)  # fmt: skip
async def test_a_cursor_of_no_such_list_is_refused(service: Service, position: list[Any]) -> None:
    ada = await service.learner()
    task = await ada.create_task(recurrence="FREQ=DAILY")

    answer = await ada.client.get(
        f"/tasks/{task['id']}/occurrences", params={"cursor": cursor_of(*position)}
    )

    check_refusal(answer, 422, "bad_cursor")


async def test_undoing_what_is_not_completed_changes_nothing_on_whatever_date(
    service: Service,
) -> None:
    ada = await service.learner()
    task = await ada.create_task(recurrence="FREQ=WEEKLY;BYDAY=MO", due_on="2026-03-02")

    for day in ("2026-03-02", "2026-03-03", "2030-01-01"):
        undone = await ada.post(f"/tasks/{task['id']}/undo", {"occurrence_on": day})
        assert undone["task"] == task
        assert undone["outcome"]["entries"] == []
