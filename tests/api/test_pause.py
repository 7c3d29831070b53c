"""``/game/pause``: resting without losing the streak."""

from typing import Any

import pytest

from tests.api.pause_steps import PAUSE, PROFILE, complete_one, list_rows, pause, put, resume, state
from tests.api.review_steps import assert_sound
from tests.api.task_steps import check_refusal, dump_tables, sleep
from tests.support.costs import Cost, cost_on
from tests.support.game import dump_state
from tests.support.service import Service


async def test_somebody_new_does_not_rest(service: Service) -> None:
    ada = await service.learner()
    assert await ada.get(PAUSE) == state(None, None, 0)
    assert (await ada.get(PROFILE))["paused_until"] is None


async def test_a_pause_begins_today(service: Service) -> None:
    ada = await service.learner()
    assert await pause(ada, 7) == state("2026-03-02", "2026-03-08", 7)
    assert (await ada.get(PROFILE))["paused_until"] == "2026-03-08"
    (row,) = await list_rows(service)
    assert (row.kind, row.source_id, row.paid) == ("paused", str(row.sequence), False)
    assert row.facts == {"pause_until": "2026-03-08"}
    assert (await ada.get("/game/ledger"))["items"] == []
    await assert_sound(service)


async def test_the_streak_rests(service: Service) -> None:
    ada = await service.learner()
    await complete_one(ada)
    await sleep(service, ada, days=1)
    await pause(ada, 5)
    for _ in range(5):
        assert (await ada.get(PROFILE))["streak"] == 1
        await sleep(service, ada, days=1)
    profile = await ada.get(PROFILE)
    assert (profile["streak"], profile["paused_until"]) == (1, None)
    assert await ada.get(PAUSE) == state(None, None, 5)
    assert (await complete_one(ada))[1]["streak"] == 2
    await assert_sound(service)


async def test_a_day_too_late_the_streak_is_lost(service: Service) -> None:
    ada = await service.learner()
    await complete_one(ada)
    await sleep(service, ada, days=1)
    await pause(ada, 2)
    await sleep(service, ada, days=3)
    assert (await ada.get(PROFILE))["streak"] == 0
    assert (await complete_one(ada))[1]["streak"] == 1
    await assert_sound(service)


async def test_a_missed_day_is_not_paused_afterwards(service: Service) -> None:
    ada = await service.learner()
    await complete_one(ada)
    await sleep(service, ada, days=2)
    await pause(ada, 7)
    assert (await ada.get(PROFILE))["streak"] == 0
    assert (await complete_one(ada))[1]["streak"] == 1


async def test_an_activity_ends_the_pause(service: Service) -> None:
    ada = await service.learner()
    await pause(ada, 7)
    await sleep(service, ada, days=2)
    await complete_one(ada)
    assert await ada.get(PAUSE) == state(None, None, 2)
    assert (await ada.get(PROFILE))["paused_until"] is None
    await pause(ada, 1)
    await complete_one(ada)
    assert await ada.get(PAUSE) == state(None, None, 2)
    await assert_sound(service)


async def test_a_running_pause_gets_another_end(service: Service) -> None:
    ada = await service.learner()
    await pause(ada, 7)
    await sleep(service, ada, days=3)
    assert await pause(ada, 2) == state("2026-03-02", "2026-03-06", 5)
    assert await pause(ada, 27) == state("2026-03-02", "2026-03-31", 30)
    check_refusal(await put(ada, 28), 409, "pause_used_up")
    await assert_sound(service)


async def test_the_same_again_changes_nothing(service: Service) -> None:
    ada = await service.learner()
    first = await pause(ada, 7)
    before = await dump_tables(service)
    assert await pause(ada, 7) == first
    await sleep(service, ada, days=2)
    assert await pause(ada, 5) == first
    without = {"user_sessions"}
    after = await dump_tables(service, without=without)
    assert after == {name: rows for name, rows in before.items() if name not in without}


async def test_an_early_end_gives_the_rest_back(service: Service) -> None:
    ada = await service.learner()
    await complete_one(ada)
    await sleep(service, ada, days=1)
    await pause(ada, 20)
    await sleep(service, ada, days=4)
    assert await resume(ada) == state(None, None, 4)
    assert (await ada.get(PROFILE))["streak"] == 1
    assert [row.kind for row in await list_rows(service)] == ["paused", "resumed"]
    await sleep(service, ada, days=1)
    assert (await ada.get(PROFILE))["streak"] == 0
    assert (await pause(ada, 26))["days_left_this_year"] == 0
    await assert_sound(service)


async def test_an_end_on_the_first_day_leaves_nothing(service: Service) -> None:
    ada = await service.learner()
    before = await dump_state(service.parts.database)
    await pause(ada, 20)
    assert await resume(ada) == state(None, None, 0)
    assert await dump_state(service.parts.database) == before
    await assert_sound(service)


async def test_an_end_without_a_pause_changes_nothing(service: Service) -> None:
    ada = await service.learner()
    await pause(ada, 1)
    await sleep(service, ada, days=1)
    before = await dump_tables(service)
    for _ in range(2):
        assert await resume(ada) == state(None, None, 1)
    assert await dump_tables(service) == before


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"days": 0},
        {"days": -1},
        {"days": 31},
        {"days": 2**70},
        {"days": 1.5},
        {"days": "x"},
        {"days": None},
        {"days": [1]},
        {"days": 1, "from_on": "2026-03-01"},
        [],
        None,
    ],
)
async def test_hostile_bodies(service: Service, body: Any) -> None:
    ada = await service.learner()
    check_refusal(await ada.client.put(PAUSE, json=body), 422, "validation_error")
    assert await list_rows(service) == []


async def test_today_is_the_learners(service: Service) -> None:
    ada = await service.learner(timezone="Pacific/Kiritimati")
    assert await pause(ada, 2) == state("2026-03-03", "2026-03-04", 2)
    moved = await ada.client.patch("/users/me", json={"timezone": "Pacific/Honolulu"})
    assert moved.status_code == 200
    # It is the day before there: the pause is still to come.
    assert await ada.get(PAUSE) == state("2026-03-03", "2026-03-04", 2)
    assert await pause(ada, 1) == state("2026-03-02", "2026-03-02", 1)
    await assert_sound(service)


async def test_undoing_what_had_ended_the_pause_brings_it_back(service: Service) -> None:
    ada = await service.learner()
    await complete_one(ada)
    await sleep(service, ada, days=1)
    await pause(ada, 9)
    await sleep(service, ada, days=2)
    await ada.create_task()
    before = await dump_state(service.parts.database)
    task_id = (await ada.get("/tasks"))["items"][0]["id"]
    outcome = (await ada.post(f"/tasks/{task_id}/complete"))["outcome"]
    assert outcome["streak"] == 2
    assert await ada.get(PAUSE) == state(None, None, 2)
    await ada.post(f"/tasks/{task_id}/undo")
    assert await ada.get(PAUSE) == state("2026-03-03", "2026-03-11", 9)
    assert await dump_state(service.parts.database) == before
    await assert_sound(service)


async def test_a_purchase_leaves_the_pause_alone(service: Service) -> None:
    ada = await service.learner()
    for _ in range(13):
        task = await ada.create_task(difficulty="hard")
        await ada.post(f"/tasks/{task['id']}/complete")
    expected = await pause(ada, 3)
    await ada.post("/game/shop/streak_freeze/purchase")
    assert await ada.get(PAUSE) == expected
    await assert_sound(service)


async def test_learners_rest_by_themselves(service: Service) -> None:
    ada, bob = await service.learner(), await service.learner("bob@example.org")
    await pause(ada, 3)
    assert await bob.get(PAUSE) == state(None, None, 0)
    await resume(bob)
    assert (await ada.get(PAUSE))["paused"]
    for method in ("GET", "PUT", "DELETE"):
        answer = await service.client().request(method, PAUSE, json={"days": 1})
        check_refusal(answer, 401, "invalid_token")


async def test_what_a_pause_costs(service: Service, database_kind: str) -> None:
    ada = await service.learner()
    await ada.get(PAUSE)
    await service.settle()
    with service.statements.count() as statements:
        await ada.get(PAUSE)
    assert len(statements) == 2, "\n".join(statements)
    costs = []
    for method, body in (("PUT", {"days": 3}), ("PUT", {"days": 3}), ("DELETE", None)):
        with service.statements.count() as statements:
            await ada.client.request(method, PAUSE, json=body)
        costs.append(len(statements))
    change = cost_on(database_kind, Cost(5, 4))
    assert costs == [change, 2, change]  # what changes nothing writes nothing
