"""Completing and undoing: what it pays, how often, and that undo leaves no trace."""

from typing import Any

import pytest

from tests.api.task_steps import (
    GROWING,
    check_refusal,
    count_standing_rewards,
    dump_tables,
    list_all,
    sleep,
)
from tests.support.service import Learner, Service

NOTHING = {"xp": 0, "gold": 0, "damage": [], "quests": [], "badges": [], "entries": []}


async def complete(learner: Learner, task: dict[str, Any]) -> dict[str, Any]:
    return await learner.post(f"/tasks/{task['id']}/complete")


async def undo(learner: Learner, task: dict[str, Any]) -> dict[str, Any]:
    return await learner.post(f"/tasks/{task['id']}/undo")


async def pays(learner: Learner, task: dict[str, Any]) -> bool:
    return bool((await complete(learner, task))["outcome"]["xp"])


async def complete_many(learner: Learner, count: int) -> list[dict[str, Any]]:
    tasks = [await learner.create_task(title=f"Task {n}") for n in range(count)]
    for task in tasks:
        assert await pays(learner, task)
    return tasks


async def test_completing_pays_and_says_why(service: Service) -> None:
    ada = await service.learner()
    task = await ada.create_task(difficulty="medium")

    answer = await complete(ada, task)

    now = "2026-03-02T12:00:00Z"
    assert answer["task"] == task | {"completed": True, "completed_at": now}
    (entry,) = answer["outcome"].pop("entries")
    assert answer["outcome"] == {
        "xp": 20, "gold": 4, "level": {"before": 1, "after": 1}, "streak": 1, "hearts": 0,
        "damage": [], "quests": [], "badges": [],
    }  # fmt: skip
    assert entry == {
        "id": entry["id"], "created_at": now, "reason": "task_completed", "source_type": "task",
        "source_id": str(task["id"]), "xp": 20, "gold": 4, "activity_id": 1, "reverses_id": None,
    }  # fmt: skip


async def test_completing_again_changes_nothing(service: Service) -> None:
    ada = await service.learner()
    task = await ada.create_task()
    first = await complete(ada, task)
    before = await dump_tables(service)
    service.clock.advance(minutes=5)

    again = await complete(ada, task)

    assert again["task"] == first["task"]
    assert again["outcome"].items() >= NOTHING.items()
    assert await dump_tables(service) == before


async def test_undoing_what_is_open_changes_nothing(service: Service) -> None:
    ada = await service.learner()
    task = await ada.create_task()
    before = await dump_tables(service)

    answer = await undo(ada, task)

    assert answer["task"] == task
    assert answer["outcome"].items() >= NOTHING.items()
    assert await dump_tables(service) == before


async def test_undo_takes_back_what_completing_gave(service: Service) -> None:
    ada = await service.learner()
    task = await ada.create_task(difficulty="hard")
    paid = (await complete(ada, task))["outcome"]["entries"][0]

    answer = await undo(ada, task)

    assert answer["task"] == task
    outcome = answer["outcome"]
    assert (outcome["xp"], outcome["gold"], outcome["streak"]) == (-40, -8, 0)
    assert [entry["reverses_id"] for entry in outcome["entries"]] == [paid["id"]]


async def test_complete_and_undo_leave_every_other_row_as_it_was(service: Service) -> None:
    ada = await service.learner()
    await complete(ada, await ada.create_task(title="Before"))
    task = await ada.create_task(checklist=[{"text": "One", "done": True}], due_on="2026-03-01")
    before = await dump_tables(service, without=GROWING)

    service.clock.advance(minutes=5)
    await complete(ada, task)
    await undo(ada, task)

    assert await dump_tables(service, without=GROWING) == before


async def test_the_very_first_completion_leaves_no_trace_when_undone(service: Service) -> None:
    ada = await service.learner()
    task = await ada.create_task()
    before = await dump_tables(service, without=GROWING)

    await complete(ada, task)
    await undo(ada, task)

    assert await dump_tables(service, without=GROWING) == before


async def test_a_task_is_paid_again_after_an_undo(service: Service) -> None:
    ada = await service.learner()
    task = await ada.create_task()
    await complete(ada, task)
    await undo(ada, task)

    assert await pays(ada, task)
    assert await count_standing_rewards(ada) == 1


async def test_the_price_is_that_of_the_moment_of_completing(service: Service) -> None:
    ada = await service.learner()
    task = await ada.create_task(difficulty="easy")
    await complete(ada, task)
    await ada.client.patch(f"/tasks/{task['id']}", json={"difficulty": "hard"})

    assert (await undo(ada, task))["outcome"]["xp"] == -10
    assert (await complete(ada, task))["outcome"]["xp"] == 40


async def test_a_deleted_task_keeps_what_it_paid(service: Service) -> None:
    ada = await service.learner()
    task = await ada.create_task()
    await complete(ada, task)
    profile = await ada.get("/game/profile")

    await ada.client.delete(f"/tasks/{task['id']}")

    assert await ada.get("/game/profile") == profile
    assert len(await list_all(ada, "/game/ledger")) == 1


async def test_the_id_of_a_deleted_task_is_never_given_again(service: Service) -> None:
    ada = await service.learner()
    task = await ada.create_task()
    await complete(ada, task)
    await ada.client.delete(f"/tasks/{task['id']}")

    another = await ada.create_task()

    assert another["id"] > task["id"]
    assert await pays(ada, another)


async def test_the_twenty_first_of_a_day_pays_nothing(service: Service) -> None:
    ada = await service.learner()
    await complete_many(ada, 20)
    late = await ada.create_task()

    answer = await complete(ada, late)

    assert answer["task"]["completed"] is True
    assert answer["outcome"].items() >= NOTHING.items()
    assert await count_standing_rewards(ada) == 20


async def test_an_unpaid_completion_stays_unpaid_until_done_anew_on_another_day(
    service: Service,
) -> None:
    ada = await service.learner()
    await complete_many(ada, 20)
    late = await ada.create_task()
    await complete(ada, late)
    await sleep(service, ada, days=1)

    assert not await pays(ada, late)
    assert (await undo(ada, late))["outcome"]["xp"] == 0
    assert await pays(ada, late)


async def test_an_undo_frees_a_place(service: Service) -> None:
    ada = await service.learner()
    first, *_ = await complete_many(ada, 20)
    late = await ada.create_task()
    await complete(ada, late)

    await undo(ada, first)

    assert not await pays(ada, late)
    await undo(ada, late)
    assert await pays(ada, late)
    assert not await pays(ada, first)
    assert await count_standing_rewards(ada) == 20


async def test_deleting_frees_no_place(service: Service) -> None:
    ada = await service.learner()
    first, *_ = await complete_many(ada, 20)

    await ada.client.delete(f"/tasks/{first['id']}")

    assert not await pays(ada, await ada.create_task())


async def test_undoing_an_unpaid_completion_leaves_the_streak(service: Service) -> None:
    ada = await service.learner()
    await complete_many(ada, 20)
    late = await ada.create_task()
    before = await dump_tables(service, without=GROWING)

    await complete(ada, late)
    await undo(ada, late)

    assert await dump_tables(service, without=GROWING) == before


@pytest.mark.parametrize("move", ["complete", "undo"])
async def test_a_task_that_does_not_recur_has_no_occurrences(service: Service, move: str) -> None:
    ada = await service.learner()
    task = await ada.create_task(due_on="2026-03-02")

    answer = await ada.client.post(
        f"/tasks/{task['id']}/{move}", json={"occurrence_on": "2026-03-02"}
    )

    check_refusal(answer, 422, "not_an_occurrence")


@pytest.mark.parametrize("body", [None, {}, {"occurrence_on": None}], ids=repr)
async def test_the_body_may_be_left_out_or_say_nothing(
    service: Service, body: dict[str, None] | None
) -> None:
    ada = await service.learner()
    task = await ada.create_task()

    assert (await ada.post(f"/tasks/{task['id']}/complete", body))["task"]["completed"] is True
