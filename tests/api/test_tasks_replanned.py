"""Tasks whose recurrence or due date changes after some of it was completed: nothing is paid twice."""

from typing import Any

import pytest

from tests.api.task_steps import (
    EDITABLE,
    GROWING,
    check_refusal,
    count_standing_rewards,
    dump_tables,
    sleep,
)
from tests.support.service import Learner, Service

MONDAY, TUESDAY, WEDNESDAY = "2026-03-02", "2026-03-03", "2026-03-04"


async def change(learner: Learner, task: dict[str, Any], **changes: Any) -> dict[str, Any]:
    answer = await learner.client.patch(f"/tasks/{task['id']}", json=changes)
    assert answer.status_code == 200, answer.text
    changed: dict[str, Any] = answer.json()
    return changed


async def move(
    learner: Learner, task: dict[str, Any], verb: str, day: str | None = None
) -> dict[str, Any]:
    return await learner.post(f"/tasks/{task['id']}/{verb}", {"occurrence_on": day})


async def test_a_paid_task_made_to_recur_and_back_is_not_paid_again(service: Service) -> None:
    ada = await service.learner()
    task = await ada.create_task(due_on=MONDAY)
    await move(ada, task, "complete")
    assert (await change(ada, task, recurrence="FREQ=DAILY"))["completed"] is False
    assert (await change(ada, task, recurrence=None))["completed"] is False

    again = await move(ada, task, "complete")

    assert (again["task"]["completed"], again["outcome"]["xp"]) == (True, 0)
    assert await count_standing_rewards(ada) == 1


async def test_its_reward_can_still_be_taken_back(service: Service) -> None:
    ada = await service.learner()
    task = await ada.create_task(due_on=MONDAY)
    await move(ada, task, "complete")
    await change(ada, task, recurrence="FREQ=DAILY")
    await change(ada, task, recurrence=None)
    await move(ada, task, "complete")

    assert (await move(ada, task, "undo"))["outcome"]["xp"] == -10
    assert (await move(ada, task, "complete"))["outcome"]["xp"] == 10


async def test_converting_back_and_forth_pays_each_source_once(service: Service) -> None:
    ada = await service.learner()
    task = await ada.create_task(due_on=MONDAY)
    for _ in range(3):
        await move(ada, task, "complete")
        await change(ada, task, recurrence="FREQ=DAILY", due_on=MONDAY)
        await move(ada, task, "complete", MONDAY)
        await change(ada, task, recurrence=None)

    assert await count_standing_rewards(ada) == 2


async def test_completed_occurrences_outlive_another_rule(service: Service) -> None:
    ada = await service.learner()
    task = await ada.create_task(recurrence="FREQ=DAILY")
    await move(ada, task, "complete", MONDAY)

    changed = await change(ada, task, recurrence="FREQ=DAILY;INTERVAL=2", due_on=MONDAY)

    assert changed["due_on"] == WEDNESDAY
    assert (await move(ada, task, "complete", MONDAY))["outcome"]["xp"] == 0
    assert await count_standing_rewards(ada) == 1


async def test_an_occurrence_of_an_older_rule_can_be_undone(service: Service) -> None:
    ada = await service.learner()
    task = await ada.create_task(recurrence="FREQ=DAILY")
    await move(ada, task, "complete", MONDAY)
    await change(ada, task, recurrence="FREQ=WEEKLY;BYDAY=TH")

    answer = await move(ada, task, "undo", MONDAY)

    assert answer["outcome"]["xp"] == -10
    assert answer["task"]["due_on"] == "2026-03-05"
    refused = await ada.client.post(f"/tasks/{task['id']}/complete", json={"occurrence_on": MONDAY})
    check_refusal(refused, 422, "not_an_occurrence")


async def test_occurrences_of_a_task_that_no_longer_recurs_can_be_undone(service: Service) -> None:
    ada = await service.learner()
    task = await ada.create_task(recurrence="FREQ=DAILY")
    await move(ada, task, "complete", MONDAY)
    plain = await change(ada, task, recurrence=None)

    answer = await move(ada, task, "undo", MONDAY)

    assert answer["outcome"]["xp"] == -10
    assert answer["task"] == plain
    again = await change(ada, task, recurrence="FREQ=DAILY", due_on=MONDAY)
    assert again["due_on"] == MONDAY


async def test_undoing_an_old_occurrence_leaves_the_completion_of_the_plain_task(
    service: Service,
) -> None:
    ada = await service.learner()
    task = await ada.create_task(recurrence="FREQ=DAILY")
    await move(ada, task, "complete", MONDAY)
    await change(ada, task, recurrence=None)
    completed = (await move(ada, task, "complete"))["task"]

    assert (await move(ada, task, "undo", MONDAY))["task"] == completed


async def test_completing_and_undoing_after_a_change_leaves_no_trace(service: Service) -> None:
    ada = await service.learner()
    task = await ada.create_task(recurrence="FREQ=DAILY", checklist=[{"text": "A", "done": True}])
    await move(ada, task, "complete", MONDAY)
    await change(ada, task, recurrence="FREQ=DAILY;INTERVAL=2")
    await sleep(service, ada, days=4)
    before = await dump_tables(service, without=GROWING)

    await move(ada, task, "complete", "2026-03-05")
    await move(ada, task, "undo", "2026-03-05")

    assert await dump_tables(service, without=GROWING) == before


async def test_an_ended_task_goes_on_with_a_longer_rule(service: Service) -> None:
    ada = await service.learner()
    task = await ada.create_task(recurrence="FREQ=DAILY;COUNT=1")
    await move(ada, task, "complete", MONDAY)

    changed = await change(ada, task, recurrence="FREQ=DAILY;COUNT=2")

    assert (changed["completed"], changed["due_on"]) == (False, TUESDAY)


async def test_a_rule_that_is_used_up_already_completes_the_task(service: Service) -> None:
    ada = await service.learner()
    task = await ada.create_task(recurrence="FREQ=DAILY")
    await move(ada, task, "complete", MONDAY)

    changed = await change(ada, task, recurrence="FREQ=DAILY;COUNT=1", due_on=MONDAY)

    assert (changed["completed"], changed["due_on"]) == (True, None)
    assert (await move(ada, task, "undo", MONDAY))["task"]["due_on"] == MONDAY


async def test_an_ended_task_that_no_longer_recurs_stays_completed(service: Service) -> None:
    ada = await service.learner()
    task = await ada.create_task(recurrence="FREQ=DAILY;COUNT=1")
    await move(ada, task, "complete", MONDAY)

    assert (await change(ada, task, recurrence=None))["completed"] is True
    assert (await move(ada, task, "undo"))["task"]["completed"] is False


async def test_a_later_due_date_skips_what_lies_before(service: Service) -> None:
    ada = await service.learner()
    task = await ada.create_task(recurrence="FREQ=DAILY")

    moved = await change(ada, task, due_on="2026-03-09")

    assert (moved["due_on"], moved["current_occurrence_on"]) == ("2026-03-09", "2026-03-09")


async def test_taking_the_due_date_away_counts_from_today(service: Service) -> None:
    ada = await service.learner()
    task = await ada.create_task(recurrence="FREQ=DAILY", due_on="2026-02-01", due_time="09:00")

    assert (await change(ada, task, due_on=None))["due_on"] == MONDAY


async def test_repeating_a_put_does_not_lengthen_the_rule(service: Service) -> None:
    ada = await service.learner()
    task = await ada.create_task(recurrence="FREQ=DAILY;COUNT=2")
    body = {name: task[name] for name in EDITABLE}
    await move(ada, task, "complete", MONDAY)

    await ada.client.put(f"/tasks/{task['id']}", json=body)

    await sleep(service, ada, days=1)
    assert (await move(ada, task, "complete", TUESDAY))["task"]["completed"] is True


async def test_a_second_tab_that_saves_an_old_form_does_not_lengthen_the_rule(
    service: Service,
) -> None:
    ada = await service.learner()
    task = await ada.create_task(recurrence="FREQ=DAILY;COUNT=3")
    await sleep(service, ada, days=2)
    stale = (await move(ada, task, "complete", MONDAY))["task"]
    fresh = (await move(ada, task, "complete", TUESDAY))["task"]

    body = {name: stale[name] for name in EDITABLE} | {"title": "Renamed"}
    saved = (await ada.client.put(f"/tasks/{task['id']}", json=body)).json()

    assert saved == fresh | {"title": "Renamed", "updated_at": saved["updated_at"]}
    ended = await move(ada, task, "complete", WEDNESDAY)
    assert ended["task"]["completed"] is True


BAD_RULES = [
    "FREQ=HOURLY", "FREQ=SECONDLY", "FREQ=DAILY;BYHOUR=9", "FREQ=DAILY;COUNT=0", "FREQ=DAILY;INTERVAL=0",
    "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "FREQ=DAILY;COUNT=2;UNTIL=20270101", "FREQ=DAILY;FREQ=DAILY",
    "FREQ=DAILY;UNTIL=20260301", "FREQ=YEARLY;INTERVAL=1000", "every day", ";", "FREQ=DAILY\nFREQ=DAILY",
    "DTSTART:20260302\nRRULE:FREQ=DAILY", "FREQ=DAILY;COUNT=99999999999999999999",
    "\uff26\uff32\uff25\uff31=DAILY",
]  # fmt: skip
BAD_TEXTS: list[Any] = [
    "",
    "FREQ=DAILY;BYDAY=" + "MO," * 61 + "M",
    "FREQ=DAILY\0",
    7,
    ["FREQ=DAILY"],
]


@pytest.mark.parametrize(
    ("recurrence", "code"),
    [(rule, "bad_recurrence") for rule in BAD_RULES]
    + [(text, "validation_error") for text in BAD_TEXTS],
)
async def test_rules_that_can_not_be_used_are_refused(
    service: Service, recurrence: Any, code: str
) -> None:
    ada = await service.learner()
    task = await ada.create_task()
    before = await dump_tables(service)

    for method, path in [("POST", "/tasks"), ("PATCH", f"/tasks/{task['id']}")]:
        body = {"title": "Read", "recurrence": recurrence}
        check_refusal(await ada.client.request(method, path, json=body), 422, code)

    assert await dump_tables(service) == before
