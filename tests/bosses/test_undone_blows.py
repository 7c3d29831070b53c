"""Undoing a blow: one's own boss is as it was; a party's is healed as long as it runs."""

from typing import Any

import pytest

from app.db.models import BattleFighter, BossBattle, Notification, PartyBattle, Player
from app.game.rules import Difficulty
from tests.api.task_steps import GROWING, dump_tables
from tests.bosses.boss_steps import BOSSES, add_boss, add_bosses, check_party_battles, fight, strike
from tests.parties.party_steps import found_party, leave, list_rows
from tests.services.game_table import find_differences
from tests.support.courses import small_course
from tests.support.learning import enroll
from tests.support.service import Learner, Service

UNRESTORED = {*GROWING, "user_sessions", Notification.__tablename__}
"""What an undo adds to, and what was sent."""


async def dump_state(service: Service) -> dict[str, Any]:
    """All that an undo restores: a message that was sent was sent."""
    dump = await dump_tables(service, without=UNRESTORED)
    number = Player.__table__.columns.keys().index("last_notification")
    dump["players"] = [row[:number] + row[number + 1 :] for row in dump["players"]]
    return dump


async def undo(who: Learner, task_id: int) -> dict[str, Any]:
    outcome: dict[str, Any] = (await who.post(f"/tasks/{task_id}/undo"))["outcome"]
    return outcome


async def complete(who: Learner, task_id: int) -> dict[str, Any]:
    outcome: dict[str, Any] = (await who.post(f"/tasks/{task_id}/complete"))["outcome"]
    return outcome


async def test_the_fall_of_a_boss_and_its_revival_are_told(service: Service) -> None:
    ada = await service.learner()
    await add_boss(service.parts.database, hp=40, xp=150, gold=40)
    battle = await fight(ada)
    await undo(ada, await strike(ada))

    told = (await ada.get("/game/notifications"))["items"]
    data = {
        "kind": "personal", "battle_id": battle["id"], "week_id": None, "boss": battle["title"],
        "xp": 150, "gold": 40,
    }  # fmt: skip
    assert [item["data"] for item in told if item["kind"] == "boss_defeated"] == [data]
    assert [item["data"] for item in told if item["kind"] == "boss_revived"] == [
        {**data, "hp_left": 40}
    ]


@pytest.mark.parametrize("blows_before", [0, 1])
@pytest.mark.parametrize("hp", [41, 80, 500])
async def test_a_blow_at_a_personal_boss_and_its_undo_leave_no_trace(
    service: Service, hp: int, blows_before: int
) -> None:
    """It falls by the first blow, by the second or not at all."""
    ada = await service.learner()
    await add_boss(service.parts.database, hp=hp)
    await fight(ada)
    for _ in range(blows_before):
        await strike(ada)
    task = await ada.create_task(difficulty="hard")
    before = await dump_state(service)
    profile = await ada.get("/game/profile")
    shown = await ada.get(BOSSES)
    done = await complete(ada, task["id"])
    assert await dump_state(service) != before
    undone = await undo(ada, task["id"])
    assert (undone["xp"], undone["gold"]) == (-done["xp"], -done["gold"])
    assert await dump_state(service) == before
    assert await ada.get("/game/profile") == profile
    assert await ada.get(BOSSES) == shown


async def test_a_boss_feels_what_was_dealt_to_it_alone(service: Service) -> None:
    """What came after the last blow hit nobody, and does not fill in when that is undone."""
    ada = await service.learner()
    await add_boss(service.parts.database, hp=70)
    await fight(ada)
    first, last = [await strike(ada) for _ in range(2)]
    assert (await ada.get(BOSSES))["battles"] == []
    await strike(ada, "easy")
    await undo(ada, first)
    (battle,) = (await ada.get(BOSSES))["battles"]
    assert battle["hp_left"] == 70 - 40
    assert (await ada.get(BOSSES))["victories"] == []
    await undo(ada, last)
    (battle,) = (await ada.get(BOSSES))["battles"]
    assert battle["hp_left"] == 70


async def test_the_same_tasks_bring_down_one_boss(service: Service) -> None:
    """However often they are undone and done again: a blow is dealt once, to the oldest battle."""
    ada = await service.learner()
    await add_boss(service.parts.database, hp=150)
    tasks = [await ada.create_task(difficulty="hard") for _ in range(4)]
    for again in (False, True, True):
        if not again or not (await ada.get(BOSSES))["battles"]:
            await fight(ada)
        for task in tasks:
            if again:
                await undo(ada, task["id"])
            await complete(ada, task["id"])
    shown = await ada.get(BOSSES)
    assert (len(shown["victories"]), len(shown["battles"])) == (1, 1)
    assert shown["battles"][0]["hp_left"] == 150
    assert await find_differences(service.parts.database) == []


async def test_a_party_s_victory_is_not_fought_with_undone_blows(service: Service) -> None:
    """The undo of a blow that stays dealt frees no place of the day, and its task hurts no other boss."""
    company, (ada, eve) = await found_party(service, "ada", "eve")
    await add_bosses(service, hp=50)
    await fight(ada, "kraken", company.id)
    tasks = [await ada.create_task(difficulty="hard") for _ in range(2)]
    for task in tasks:
        await complete(ada, task["id"])
    xp = (await eve.get("/game/profile"))["xp"]
    for task in tasks:
        await undo(ada, task["id"])
    await fight(ada, "kraken", company.id)
    for task in tasks:
        assert (await complete(ada, task["id"]))["damage"] == []
    (battle,) = (await ada.get(BOSSES))["party_battles"]
    assert battle["hp_left"] == 50
    assert (await eve.get("/game/profile"))["xp"] == xp
    paid = [(await complete(ada, (await ada.create_task())["id"]))["xp"] > 0 for _ in range(18)]
    assert paid == [True] * 16 + [False] * 2
    assert await find_differences(service.parts.database) == []


async def test_a_boss_that_is_revived_pays_again(service: Service) -> None:
    ada = await service.learner()
    await add_boss(service.parts.database, hp=40)
    await fight(ada)
    task = await ada.create_task(difficulty="hard")
    for _ in range(3):
        assert (await complete(ada, task["id"]))["xp"] == 40 + 150
        assert (await undo(ada, task["id"]))["xp"] == -190


async def test_a_blow_at_a_party_s_boss_is_healed_while_it_runs(service: Service) -> None:
    company, (ada, eve) = await found_party(service, "ada", "eve")
    await add_bosses(service, hp=500)
    await fight(ada, "kraken", company.id)
    await strike(eve, "medium")
    before = await dump_state(service)
    blow = await strike(ada)
    undone = await undo(ada, blow)
    (felt,) = undone["damage"]
    assert (felt["kind"], felt["boss"], felt["damage"]) == ("party", "Kraken", -40)
    assert (felt["hp_left"], felt["defeated"]) == (480, False)
    assert {**await dump_state(service), "tasks": None} == {**before, "tasks": None}
    assert [row[2] for row in await list_rows(service.parts.database, BattleFighter)] == [20]


async def test_a_party_s_boss_that_fell_stays_fallen_with_its_rewards(service: Service) -> None:
    company, (ada, eve) = await found_party(service, "ada", "eve")
    await add_bosses(service, hp=50)
    await fight(ada, "kraken", company.id)
    await strike(eve, "medium")
    last = await strike(ada)
    models = PartyBattle, BattleFighter
    before = [await list_rows(service.parts.database, model) for model in models]
    assert [row[2] for row in before[1]] == [30, 20]
    undone = await undo(ada, last)
    assert (undone["xp"], undone["gold"], undone["damage"]) == (-40, -8, [])
    assert [await list_rows(service.parts.database, model) for model in models] == before
    assert [(await who.get("/game/profile"))["xp"] for who in (ada, eve)] == [150, 170]
    await complete(ada, last)
    assert [await list_rows(service.parts.database, model) for model in models] == before
    await check_party_battles(service)


async def test_whoever_left_takes_the_blow_back_all_the_same(service: Service) -> None:
    company, (ada, eve) = await found_party(service, "ada", "eve")
    await add_bosses(service, hp=500)
    await fight(ada, "kraken", company.id)
    blow = await strike(eve)
    await leave(company, eve)
    (battle,) = (await ada.get(BOSSES))["party_battles"]
    assert (battle["hp_left"], battle["damage_of_others"]) == (460, 40)
    await undo(eve, blow)
    (battle,) = (await ada.get(BOSSES))["party_battles"]
    assert (battle["hp_left"], battle["damage_of_others"]) == (500, 0)
    await check_party_battles(service)


async def test_whoever_left_shares_in_the_victory(service: Service) -> None:
    company, (ada, eve, bob) = await found_party(service, "ada", "eve", "bob")
    await add_bosses(service, hp=50)
    await fight(ada, "kraken", company.id)
    await strike(eve)
    await leave(company, eve)
    await strike(ada)
    xp = [(await who.get("/game/profile"))["xp"] for who in (ada, eve, bob)]
    assert xp == [40 + 150, 40 + 150, 0]
    await check_party_battles(service)


async def test_a_victory_counts_no_day_for_those_who_did_not_strike(service: Service) -> None:
    company, (ada, eve) = await found_party(service, "ada", "eve")
    await add_bosses(service, hp=50)
    await fight(ada, "kraken", company.id)
    await strike(eve)
    service.clock.advance(days=2)
    for who in (ada, eve):
        who.client = service.client(await service.open_session(who.id))
    await strike(ada)
    profile = await eve.get("/game/profile")
    assert (profile["xp"], profile["streak"], profile["longest_streak"]) == (190, 0, 1)


@pytest.mark.parametrize("learned", [0, 1, 4])
async def test_a_blow_at_a_week_s_boss_and_its_undo_leave_no_trace(
    service: Service, learned: int
) -> None:
    """The first blow, the second, and the last: a hard day with its quiz deals 70."""
    course = small_course(questions=1 if learned else 0, difficulty=Difficulty.HARD)
    student = await enroll(service, course)
    for day in student.days[:learned]:
        await student.learn(day)
    day = student.days[learned]
    if learned:
        await student.attempt(day)
    if learned == 4:
        await student.undo(student.days[0])  # else the quiz has dealt the last blow
    before = await dump_state(service)
    shown = await student.learner.get(BOSSES)
    await student.complete(day)
    assert len(await list_rows(service.parts.database, BossBattle)) == 1
    assert ((await student.learner.get(BOSSES))["battles"] == []) == (learned == 4)
    await student.undo(day)
    assert await dump_state(service) == before
    assert await student.learner.get(BOSSES) == shown
    assert len(await list_rows(service.parts.database, BossBattle)) == min(learned, 1)
