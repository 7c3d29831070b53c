"""``/game/shop``: what gold buys, what is refused, and what a purchase leaves behind."""

from typing import Any

import pytest
from sqlalchemy import select

from app.db.models import ActivityRow
from app.game.shop import Hindrance
from app.services.shop_errors import FreezesFullError, HeartsFullError, NotEnoughGoldError
from tests.api.retry_steps import check_replay
from tests.api.review_steps import assert_sound
from tests.api.shop_steps import SHOP, buy, earn, list_hindrances
from tests.api.task_steps import check_refusal, dump_tables, sleep
from tests.support.costs import Cost, cost_on
from tests.support.courses import small_course
from tests.support.game import dump_state
from tests.support.learning import Student, enroll
from tests.support.service import Learner, Service

ITEMS = ["heart", "full_hearts", "streak_freeze"]


async def take_hearts(service: Service, count: int = 5, gold: int = 0) -> Student:
    """Ada, who has earned so much, and then lost so many hearts in the quiz of the first day."""
    student = await enroll(service, small_course(questions=5))
    await earn(service, student.learner, gold)
    assert (await student.attempt(student.days[0], wrong=count)).status_code == 201
    return student


async def list_purchases(service: Service) -> list[ActivityRow]:
    async with service.parts.database.reading() as uow:
        found = await uow._session.execute(
            select(ActivityRow)
            .where(ActivityRow.kind == "purchased")
            .order_by(ActivityRow.sequence)
        )
        return list(found.scalars())


async def test_the_shop_of_somebody_new(service: Service) -> None:
    ada = await service.learner()
    assert await ada.get(SHOP) == {
        "gold": 0,
        "items": [
            {"item": item, "price": price, "available": False, "hindrance": "not_enough_gold"}
            for item, price in zip(ITEMS, (20, 80, 100), strict=True)
        ],
    }


async def test_the_shop_says_what_can_be_bought(service: Service) -> None:
    ada = await service.learner()
    await earn(service, ada, 104)
    expected: dict[str, Any] = {
        "heart": "hearts_full", "full_hearts": "hearts_full", "streak_freeze": None,
    }  # fmt: skip
    assert await list_hindrances(ada) == expected
    assert (await ada.get(SHOP))["gold"] == 104


async def test_a_heart_lets_a_learner_attempt_a_quiz_again(service: Service) -> None:
    student = await take_hearts(service, gold=24)
    ada = student.learner
    check_refusal(await student.attempt(student.days[0]), 409, "hearts_empty")

    answer = await buy(ada, "heart")

    assert answer.status_code == 200, answer.text
    body = answer.json()
    (entry,) = body["outcome"].pop("entries")
    assert body == {
        "item": "heart",
        "price": 20,
        "gold": 4,
        "hearts": 1,
        "next_heart_at": "2026-03-02T16:00:00Z",
        "streak_freezes": 0,
        "outcome": {
            "xp": 0, "gold": -20, "level": {"before": 2, "after": 2}, "streak": 1, "hearts": 1,
            "damage": [], "quests": [], "badges": [],
        },
    }  # fmt: skip
    assert entry == (await ada.get("/game/ledger"))["items"][0]
    assert (entry["reason"], entry["xp"], entry["gold"]) == ("purchased", 0, -20)
    assert (entry["source_type"], entry["source_id"], entry["activity_id"]) == ("purchase", "5", 5)
    attempt = await student.attempt(student.days[0])
    assert attempt.status_code == 201
    assert attempt.json()["attempt"]["passed"]
    await assert_sound(service)


async def test_all_hearts_at_once(service: Service) -> None:
    student = await take_hearts(service, 3, gold=80)

    body = (await buy(student.learner, "full_hearts")).json()

    assert (body["gold"], body["hearts"], body["next_heart_at"]) == (0, 5, None)
    assert body["outcome"]["hearts"] == 3
    profile = await student.learner.get("/game/profile")
    assert (profile["gold"], profile["hearts"]) == (0, 5)
    await assert_sound(service)


async def test_a_freeze_saves_a_missed_day(service: Service) -> None:
    ada = await service.learner()
    await earn(service, ada, 104)

    body = (await buy(ada, "streak_freeze")).json()

    assert (body["gold"], body["streak_freezes"], body["outcome"]["hearts"]) == (4, 1, 0)
    assert (await ada.get("/game/profile"))["streak_freezes"] == 1
    await sleep(service, ada, days=2)
    task = await ada.create_task()
    done = await ada.post(f"/tasks/{task['id']}/complete")
    assert done["outcome"]["streak"] == 2
    assert (await ada.get("/game/profile"))["streak_freezes"] == 0
    await assert_sound(service)


async def test_what_is_recorded_of_purchases(service: Service) -> None:
    ada = (await take_hearts(service, 3, gold=200)).learner
    for item in ITEMS:
        assert (await buy(ada, item)).status_code == 200

    rows = await list_purchases(service)

    assert [row.facts for row in rows] == [
        {"item": "heart", "hearts": 1},
        {"item": "full_hearts", "hearts": 2},
        {"item": "streak_freeze"},
    ]
    assert [row.freezes_gained for row in rows] == [0, 0, 1]
    assert [(row.source_type, row.source_id) for row in rows] == [
        ("purchase", str(row.sequence)) for row in rows
    ]
    assert not any(row.paid for row in rows)
    await assert_sound(service)


async def test_a_purchase_is_no_reward(service: Service) -> None:
    ada = await service.learner()
    await earn(service, ada, 104)
    await sleep(service, ada, days=1)
    before = await ada.get("/game/profile")
    counters = (await dump_tables(service))["player_counters"]

    outcome = (await buy(ada, "streak_freeze")).json()["outcome"]

    assert (outcome["streak"], outcome["xp"]) == (1, 0)
    changed = {"gold": 4, "streak_freezes": 1}
    assert await ada.get("/game/profile") == {**before, **changed}
    assert (await dump_tables(service))["player_counters"] == counters
    task = await ada.create_task()
    done = await ada.post(f"/tasks/{task['id']}/complete")
    assert done["outcome"]["streak"] == 2
    await assert_sound(service)


async def test_hearts_that_grew_back_are_counted(service: Service) -> None:
    student = await take_hearts(service, 3, gold=104)
    ada = student.learner
    await sleep(service, ada, hours=9)
    body = (await buy(ada, "full_hearts")).json()
    assert (body["outcome"]["hearts"], body["hearts"]) == (1, 5)
    await assert_sound(service)


async def test_a_heart_that_has_grown_back_is_not_sold(service: Service) -> None:
    student = await take_hearts(service, 1, gold=80)
    ada = student.learner
    await sleep(service, ada, hours=3, minutes=59)
    assert await list_hindrances(ada) == {
        "heart": None, "full_hearts": None, "streak_freeze": "not_enough_gold",
    }  # fmt: skip
    await sleep(service, ada, minutes=1)
    for item in ("heart", "full_hearts"):
        assert (await list_hindrances(ada))[item] == "hearts_full"
        check_refusal(await buy(ada, item), 409, "hearts_full")


async def test_two_freezes_are_held(service: Service) -> None:
    ada = await service.learner()
    await earn(service, ada, 304)
    assert (await buy(ada, "streak_freeze")).json()["streak_freezes"] == 1
    assert (await buy(ada, "streak_freeze")).json()["streak_freezes"] == 2
    assert (await list_hindrances(ada))["streak_freeze"] == "freezes_full"
    before = await dump_tables(service)
    check_refusal(await buy(ada, "streak_freeze"), 409, "freezes_full")
    assert await dump_tables(service) == before
    await assert_sound(service)


@pytest.mark.parametrize("item", ITEMS)
async def test_a_refusal_changes_nothing(service: Service, item: str) -> None:
    student = await take_hearts(service, gold=16)
    before = await dump_tables(service)
    check_refusal(await buy(student.learner, item, key="k"), 409, "not_enough_gold")
    assert await dump_tables(service) == before


def test_the_codes_of_refusals_are_the_hindrances() -> None:
    errors = [NotEnoughGoldError, HeartsFullError, FreezesFullError]
    assert {error.code for error in errors} == set(Hindrance)


@pytest.mark.parametrize("item", ["sword", "HEART", "1", "%00", "heart%20"])
async def test_there_is_nothing_else_to_buy(service: Service, item: str) -> None:
    ada = await service.learner()
    check_refusal(await buy(ada, item), 422, "validation_error")


async def test_a_retry_buys_once(service: Service) -> None:
    student = await take_hearts(service, gold=40)
    first = await buy(student.learner, "heart", key="k")
    service.clock.advance(minutes=5)

    check_replay(await buy(student.learner, "heart", key="k"), first)

    assert len(await list_purchases(service)) == 1
    other = await buy(student.learner, "full_hearts", key="k")
    check_refusal(other, 422, "idempotency_key_reused")
    assert (await buy(student.learner, "heart", key="another")).json()["gold"] == 0
    assert len(await list_purchases(service)) == 2


async def test_an_undo_leaves_the_purchase_alone_and_a_debt(service: Service) -> None:
    student = await take_hearts(service)
    ada = student.learner
    tasks = await earn(service, ada, 24)
    await buy(ada, "heart")
    undone = await ada.post(f"/tasks/{tasks[0]}/undo")
    assert undone["outcome"]["gold"] == -8
    assert (await ada.get(SHOP))["gold"] == -4
    assert set((await list_hindrances(ada)).values()) == {"not_enough_gold"}
    for item in ITEMS:
        check_refusal(await buy(ada, item), 409, "not_enough_gold")
    assert (await ada.get("/game/profile"))["hearts"] == 1
    await assert_sound(service)


@pytest.mark.parametrize("missed", [0, 1])
async def test_complete_buy_and_undo_is_the_purchase_alone(service: Service, missed: int) -> None:
    """Every table but the history is as if nothing had been completed; the streak used a freeze, too."""
    states = []
    for completes in (True, False):
        ada = await service.learner()
        await earn(service, ada, 304)
        await buy(ada, "streak_freeze")
        await sleep(service, ada, days=1 + missed)
        task = await ada.create_task(difficulty="easy")
        if completes:
            await ada.post(f"/tasks/{task['id']}/complete")
        assert (await buy(ada, "streak_freeze")).status_code == 200
        if completes:
            await ada.post(f"/tasks/{task['id']}/undo")
        await assert_sound(service)
        states.append(await compare_by(service, ada))
        await service.reset()
    assert states[0] == states[1]
    assert states[0]["profile"]["streak_freezes"] == 2


async def compare_by(service: Service, learner: Learner) -> dict[str, Any]:
    """The profile, and the player's own tables without ids that differ between runs."""
    state = await dump_state(service.parts.database)
    rows = {name: [row[1:] for row in state[name]] for name in ("players", "player_counters")}
    return {"profile": await learner.get("/game/profile"), **rows}


async def test_learners_have_their_own_gold(service: Service) -> None:
    await take_hearts(service, gold=24)
    bob = await service.learner("bob@example.org")
    check_refusal(await buy(bob, "heart"), 409, "not_enough_gold")
    assert (await bob.get(SHOP))["gold"] == 0
    check_refusal(await service.client().get(SHOP), 401, "invalid_token")


@pytest.mark.parametrize(("key", "cost"), [(None, Cost(6, 4)), ("k", Cost(8, 6))])
async def test_a_purchase_costs_its_statements(
    service: Service, database_kind: str, key: str | None, cost: Cost
) -> None:
    student = await take_hearts(service, gold=24)
    await student.learner.get(SHOP)
    await service.settle()
    with service.statements.count() as statements:
        answer = await buy(student.learner, "heart", key)
    assert answer.status_code == 200
    assert len(statements) == cost_on(database_kind, cost), "\n".join(statements)


async def test_the_shop_costs_two_statements(service: Service) -> None:
    ada = await service.learner()
    await ada.get(SHOP)
    with service.statements.count() as statements:
        await ada.get(SHOP)
    assert len(statements) == 2, "\n".join(statements)
