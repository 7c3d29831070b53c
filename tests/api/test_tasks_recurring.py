"""Recurring tasks: one row per occurrence, on the owner's wall clock."""

from typing import Any

import pytest

from tests.api.task_steps import (
    GROWING,
    check_refusal,
    count_standing_rewards,
    dump_tables,
    list_all,
    sleep,
    wake,
)
from tests.support.service import Learner, Service

DAILY = {"title": "Stretch", "recurrence": "FREQ=DAILY", "due_on": "2026-03-02"}


async def complete(learner: Learner, task: dict[str, Any], day: str) -> dict[str, Any]:
    return await learner.post(f"/tasks/{task['id']}/complete", {"occurrence_on": day})


async def undo(learner: Learner, task: dict[str, Any], day: str) -> dict[str, Any]:
    return await learner.post(f"/tasks/{task['id']}/undo", {"occurrence_on": day})


async def show(learner: Learner, task: dict[str, Any]) -> tuple[str | None, str | None]:
    """Since when it is due, and which occurrence is the current one."""
    shown = await learner.get(f"/tasks/{task['id']}")
    return shown["due_on"], shown["current_occurrence_on"]


async def test_a_rule_counts_from_today_unless_told_otherwise(service: Service) -> None:
    ada = await service.learner()

    task = await ada.create_task(recurrence="freq=weekly;byday=th,mo")

    assert task["recurrence"] == "FREQ=WEEKLY;BYDAY=MO,TH"
    assert (task["due_on"], task["current_occurrence_on"]) == ("2026-03-02", "2026-03-02")


async def test_it_is_first_due_on_the_first_date_of_the_rule(service: Service) -> None:
    ada = await service.learner()

    task = await ada.create_task(recurrence="FREQ=WEEKLY;BYDAY=TH", due_on="2026-03-06")

    assert (task["due_on"], task["current_occurrence_on"]) == ("2026-03-12", "2026-03-12")


async def test_completing_moves_it_to_the_next_date(service: Service) -> None:
    ada = await service.learner()
    task = await ada.create_task(**DAILY)

    answer = await complete(ada, task, "2026-03-02")

    assert answer["outcome"]["xp"] == 10
    assert answer["outcome"]["entries"][0]["source_id"] == f"{task['id']}/2026-03-02"
    moved = {"due_on": "2026-03-03", "current_occurrence_on": "2026-03-03"}
    assert answer["task"] == task | moved


async def test_a_retry_does_not_complete_the_next_one(service: Service) -> None:
    ada = await service.learner()
    task = await ada.create_task(**DAILY)
    first = await complete(ada, task, "2026-03-02")

    again = await complete(ada, task, "2026-03-02")

    assert again["task"] == first["task"]
    assert again["outcome"]["xp"] == 0


async def test_which_occurrence_has_to_be_said(service: Service) -> None:
    ada = await service.learner()
    task = await ada.create_task(**DAILY)

    for move in ("complete", "undo"):
        answer = await ada.client.post(f"/tasks/{task['id']}/{move}")
        check_refusal(answer, 422, "occurrence_required")


@pytest.mark.parametrize("day", ["2026-03-03", "9000-12-31"])
async def test_the_future_is_not_due(service: Service, day: str) -> None:
    ada = await service.learner()
    task = await ada.create_task(**DAILY)

    answer = await ada.client.post(f"/tasks/{task['id']}/complete", json={"occurrence_on": day})

    check_refusal(answer, 409, "not_due")


@pytest.mark.parametrize("day", ["2026-03-01", "1970-01-01", "2026-03-04"])
async def test_a_date_outside_the_rule_is_no_occurrence(service: Service, day: str) -> None:
    ada = await service.learner()
    task = await ada.create_task(recurrence="FREQ=WEEKLY")

    answer = await ada.client.post(f"/tasks/{task['id']}/complete", json={"occurrence_on": day})

    check_refusal(answer, 422, "not_an_occurrence")


async def test_an_overdue_one_shows_since_when_and_the_latest_date(service: Service) -> None:
    ada = await service.learner()
    task = await ada.create_task(**DAILY)
    await complete(ada, task, "2026-03-02")
    await sleep(service, ada, days=7)

    assert await show(ada, task) == ("2026-03-03", "2026-03-09")


async def test_missed_ones_are_completed_by_date_and_paid_each(service: Service) -> None:
    ada = await service.learner()
    task = await ada.create_task(**DAILY)
    await sleep(service, ada, days=3)
    await complete(ada, task, "2026-03-05")

    missed = await complete(ada, task, "2026-03-03")

    assert missed["outcome"]["xp"] == 10
    assert await show(ada, task) == ("2026-03-06", "2026-03-06")
    assert await count_standing_rewards(ada) == 2


@pytest.mark.parametrize("order", [(2, 3, 4), (4, 3, 2), (3, 4, 2)])
async def test_each_is_undone_by_itself_in_any_order(
    service: Service, order: tuple[int, ...]
) -> None:
    ada = await service.learner()
    task = await ada.create_task(**DAILY)
    await sleep(service, ada, days=2)
    before = await dump_tables(service, without=GROWING)
    for day in (2, 3, 4):
        await complete(ada, task, f"2026-03-0{day}")

    for left, day in zip((2, 1, 0), order, strict=True):
        assert (await undo(ada, task, f"2026-03-0{day}"))["outcome"]["xp"] == -10
        assert await count_standing_rewards(ada) == left

    assert await dump_tables(service, without=GROWING) == before


async def test_undoing_an_open_occurrence_changes_nothing(service: Service) -> None:
    ada = await service.learner()
    task = await ada.create_task(**DAILY)
    before = await dump_tables(service)

    answer = await undo(ada, task, "2026-03-02")

    assert (answer["task"], answer["outcome"]["entries"]) == (task, [])
    assert await dump_tables(service) == before


async def test_a_rule_that_ends_completes_the_task(service: Service) -> None:
    ada = await service.learner()
    task = await ada.create_task(recurrence="FREQ=DAILY;COUNT=2")
    await complete(ada, task, "2026-03-02")
    await sleep(service, ada, days=1)

    ended = (await complete(ada, task, "2026-03-03"))["task"]

    assert (ended["completed"], ended["completed_at"]) == (True, "2026-03-03T12:00:00Z")
    assert (ended["due_on"], ended["current_occurrence_on"]) == (None, None)
    assert await list_all(ada, status="completed") == [ended]


async def test_undoing_the_last_one_opens_the_task_again(service: Service) -> None:
    ada = await service.learner()
    task = await ada.create_task(recurrence="FREQ=DAILY;UNTIL=20260302")
    await complete(ada, task, "2026-03-02")

    assert (await undo(ada, task, "2026-03-02"))["task"] == task


async def test_a_missed_one_of_an_ended_rule_leaves_no_trace_when_undone(service: Service) -> None:
    ada = await service.learner()
    task = await ada.create_task(recurrence="FREQ=DAILY;COUNT=2")
    await sleep(service, ada, days=1)
    await complete(ada, task, "2026-03-03")
    before = await dump_tables(service, without=GROWING)
    service.clock.advance(minutes=5)

    completed = await complete(ada, task, "2026-03-02")
    undone = await undo(ada, task, "2026-03-02")

    assert completed["task"]["completed_at"] == "2026-03-03T12:00:00Z"
    assert undone["task"]["completed"] is True
    assert await dump_tables(service, without=GROWING) == before


async def test_only_the_other_happened_after_an_undo(service: Service) -> None:
    """COUNT=2: the second completes the task; undoing the first leaves that."""
    ada = await service.learner()
    task = await ada.create_task(recurrence="FREQ=DAILY;COUNT=2")
    await sleep(service, ada, days=1)
    await complete(ada, task, "2026-03-02")
    ended = (await complete(ada, task, "2026-03-03"))["task"]

    assert (await undo(ada, task, "2026-03-02"))["task"] == ended


async def test_today_is_the_owners(service: Service) -> None:
    ada = await service.learner(timezone="Pacific/Auckland")
    await wake(service, ada, "2026-03-02T12:00:00+00:00")

    task = await ada.create_task(recurrence="FREQ=DAILY")

    assert task["due_on"] == "2026-03-03"
    assert (await complete(ada, task, "2026-03-03"))["outcome"]["xp"] == 10


async def test_the_hour_at_which_the_day_starts_shifts_today(service: Service) -> None:
    ada = await service.learner(timezone="UTC", day_starts_at=4)
    task = await ada.create_task(**DAILY)
    await wake(service, ada, "2026-03-03T03:59:00+00:00")
    early = await ada.client.post(
        f"/tasks/{task['id']}/complete", json={"occurrence_on": "2026-03-03"}
    )
    await wake(service, ada, "2026-03-03T04:00:00+00:00")

    check_refusal(early, 409, "not_due")
    assert (await complete(ada, task, "2026-03-03"))["outcome"]["xp"] == 10


async def test_a_traveller_undoes_what_is_tomorrow_again(service: Service) -> None:
    ada = await service.learner(timezone="Pacific/Auckland")
    task = await ada.create_task(recurrence="FREQ=DAILY")
    await complete(ada, task, "2026-03-03")
    await ada.client.patch("/users/me", json={"timezone": "America/Los_Angeles"})

    assert await show(ada, task) == ("2026-03-04", "2026-03-04")
    assert (await undo(ada, task, "2026-03-03"))["outcome"]["xp"] == -10
