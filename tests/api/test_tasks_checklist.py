"""Checklists: fresh at each occurrence, frozen when it is completed, back when that is undone."""

from typing import Any

import pytest

from tests.api.task_steps import EDITABLE, GROWING, dump_tables, list_all, sleep
from tests.support.service import Learner, Service

MONDAY, TUESDAY = "2026-03-02", "2026-03-03"


def items(*texts: str) -> list[dict[str, Any]]:
    """Items from texts, done where they begin with a plus."""
    return [{"text": text.lstrip("+"), "done": text.startswith("+")} for text in texts]


async def make(learner: Learner, *texts: str, **fields: Any) -> dict[str, Any]:
    return await learner.create_task(
        **{"checklist": items(*texts), "recurrence": "FREQ=DAILY", **fields}
    )


async def change(learner: Learner, task: dict[str, Any], **changes: Any) -> dict[str, Any]:
    answer = await learner.client.patch(f"/tasks/{task['id']}", json=changes)
    assert answer.status_code == 200, answer.text
    changed: dict[str, Any] = answer.json()
    return changed


async def move(learner: Learner, task: dict[str, Any], verb: str, day: str) -> dict[str, Any]:
    answer = await learner.post(f"/tasks/{task['id']}/{verb}", {"occurrence_on": day})
    moved: dict[str, Any] = answer["task"]
    return moved


async def frozen(learner: Learner, task: dict[str, Any], day: str) -> Any:
    occurrences = await list_all(learner, f"/tasks/{task['id']}/occurrences")
    return next(each["checklist"] for each in occurrences if each["occurrence_on"] == day)


async def test_a_plain_task_keeps_its_ticks_through_completing(service: Service) -> None:
    ada = await service.learner()
    task = await make(ada, "+A", "B", recurrence=None)

    done = (await ada.post(f"/tasks/{task['id']}/complete"))["task"]

    assert done["checklist"] == items("+A", "B")


async def test_completing_starts_the_next_occurrence_afresh(service: Service) -> None:
    ada = await service.learner()
    task = await make(ada, "+A", "B")

    moved = await move(ada, task, "complete", MONDAY)

    assert moved["checklist"] == items("A", "B")
    assert await frozen(ada, task, MONDAY) == items("+A", "B")


async def test_a_day_that_passes_starts_afresh(service: Service) -> None:
    ada = await service.learner()
    task = await make(ada, "+A", "B")

    await sleep(service, ada, days=1)

    assert (await ada.get(f"/tasks/{task['id']}"))["checklist"] == items("A", "B")


async def test_ticks_of_a_missed_day_are_frozen_with_it(service: Service) -> None:
    ada = await service.learner()
    task = await make(ada, "+A", "B")
    await sleep(service, ada, days=1)

    await move(ada, task, "complete", MONDAY)
    await move(ada, task, "complete", TUESDAY)

    assert await frozen(ada, task, MONDAY) == items("+A", "B")
    assert await frozen(ada, task, TUESDAY) == items("A", "B")


async def test_undo_brings_the_ticks_back(service: Service) -> None:
    ada = await service.learner()
    task = await make(ada, "+A", "B")
    before = await dump_tables(service, without=GROWING)
    await move(ada, task, "complete", MONDAY)

    assert await move(ada, task, "undo", MONDAY) == task
    assert await dump_tables(service, without=GROWING) == before


async def test_undo_brings_the_ticks_back_after_an_edit_of_something_else(service: Service) -> None:
    """A form that sends the whole task also sends the unticked list that it shows."""
    ada = await service.learner()
    task = await make(ada, "+A", "B")
    shown = await move(ada, task, "complete", MONDAY)
    body = {name: shown[name] for name in EDITABLE} | {"title": "Renamed"}
    await ada.client.put(f"/tasks/{task['id']}", json=body)

    assert (await move(ada, task, "undo", MONDAY))["checklist"] == items("+A", "B")


async def test_undo_does_not_overwrite_the_ticks_of_the_next_occurrence(service: Service) -> None:
    ada = await service.learner()
    task = await make(ada, "+A", "B")
    await move(ada, task, "complete", MONDAY)
    await change(ada, task, checklist=items("A", "+B"))

    await move(ada, task, "undo", MONDAY)
    await move(ada, task, "complete", MONDAY)

    assert (await ada.get(f"/tasks/{task['id']}"))["checklist"] == items("A", "+B")


async def test_ticks_that_undo_brings_back_are_those_of_items_that_are_still_there(
    service: Service,
) -> None:
    ada = await service.learner()
    task = await make(ada, "+A", "+B")
    await move(ada, task, "complete", MONDAY)
    await change(ada, task, checklist=items("B", "C"))

    assert (await move(ada, task, "undo", MONDAY))["checklist"] == items("+B", "C")


async def test_undoing_a_missed_one_leaves_the_ticks_of_today(service: Service) -> None:
    ada = await service.learner()
    task = await make(ada, "+A", "B")
    await sleep(service, ada, days=1)
    await change(ada, task, checklist=items("A", "+B"))
    before = await dump_tables(service, without=GROWING)

    await move(ada, task, "complete", MONDAY)
    await move(ada, task, "undo", MONDAY)

    assert await dump_tables(service, without=GROWING) == before


@pytest.mark.parametrize("recurrence", [None, "FREQ=WEEKLY"], ids=["none", "other"])
async def test_ticks_of_a_day_that_passed_do_not_come_back_with_another_plan(
    service: Service, recurrence: str | None
) -> None:
    ada = await service.learner()
    task = await make(ada, "+A", "B")
    await sleep(service, ada, days=1)

    assert (await change(ada, task, recurrence=recurrence))["checklist"] == items("A", "B")


async def test_the_ticks_that_show_stay_when_the_plan_changes(service: Service) -> None:
    ada = await service.learner()
    task = await make(ada, "+A", "B", recurrence=None)

    for plan in (
        {"recurrence": "FREQ=DAILY"},
        {"recurrence": "FREQ=WEEKLY;BYDAY=FR"},
        {"due_on": "2026-03-09"},
        {"recurrence": None},
    ):
        assert (await change(ada, task, **plan))["checklist"] == items("+A", "B")


async def test_missed_occurrences_show_the_items_unticked(service: Service) -> None:
    ada = await service.learner()
    task = await make(ada, "+A", "B")
    await sleep(service, ada, days=1)

    assert await frozen(ada, task, MONDAY) == items("A", "B")
