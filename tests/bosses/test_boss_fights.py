"""Beginning battles: with a boss of one's choice, and with a party's."""

from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import update

from app.db.models import Boss, BossBattle, Notification, PartyBattle
from tests.api.task_steps import check_refusal, dump_tables
from tests.bosses.boss_steps import BOSSES, add_boss, add_bosses, fight, strike, try_fight
from tests.parties.party_steps import execute, found_party, leave, list_rows, set_player
from tests.support.service import Service


async def test_a_battle_begins_with_all_hit_points(service: Service) -> None:
    ada = await service.learner()
    await add_boss(service.parts.database, strikes_back=True)
    answer = await try_fight(ada)
    assert answer.status_code == 201
    begun = answer.json()
    assert begun == {
        "battle": {
            "id": begun["battle"]["id"],
            "kind": "personal",
            "boss_key": "hydra",
            "course": None,
            "week_id": None,
            "title": "Hydra",
            "hp": 100,
            "hp_left": 100,
            "reward": {"xp": 150, "gold": 40},
            "strikes_back": True,
            "started_at": "2026-03-02T12:00:00Z",
        },
        "party_battle": None,
    }
    assert (await ada.get(BOSSES))["battles"] == [begun["battle"]]


async def test_a_fight_is_an_activity_that_moves_no_balance(service: Service) -> None:
    ada = await service.learner()
    await add_boss(service.parts.database, revision=3)
    await strike(ada)
    before = await ada.get("/game/profile")
    battle = await fight(ada)
    assert await ada.get("/game/profile") == before
    (row,) = await list_rows(service.parts.database, BossBattle)
    columns = BossBattle.__table__.columns.keys()
    assert dict(zip(columns, row, strict=True))["started_sequence"] == 2
    rows = (await dump_tables(service))["activities"]
    assert ("fight_started", "boss_battle", str(battle["id"])) == rows[-1][2:5]
    assert rows[-1][-1] == {"revision": 3}


async def test_one_battle_at_a_time(service: Service) -> None:
    ada = await service.learner()
    await add_bosses(service)
    await add_boss(service.parts.database, "sphinx", hp=40)
    await fight(ada, "sphinx")
    before = await dump_tables(service, without={"user_sessions"})
    for key in ("hydra", "sphinx"):
        check_refusal(await try_fight(ada, key), 409, "already_fighting")
    assert await dump_tables(service, without={"user_sessions"}) == before
    await strike(ada)
    assert (await fight(ada, "sphinx"))["hp_left"] == 40


async def test_the_level_opens_a_boss(service: Service) -> None:
    company, (ada,) = await found_party(service)
    for kind in ("personal", "party"):
        await add_boss(service.parts.database, kind, kind=kind, min_level=2)
    check_refusal(await try_fight(ada, "personal"), 409, "boss_locked")
    check_refusal(await try_fight(ada, "party", company.id), 409, "boss_locked")
    await set_player(service, ada.id, xp=100)
    await fight(ada, "personal")
    await fight(ada, "party", company.id)


async def test_a_retired_boss_is_no_more(service: Service) -> None:
    ada = await service.learner()
    await add_boss(service.parts.database, retired_at=service.clock.now())
    for key in ("hydra", "nobody"):
        check_refusal(await try_fight(ada, key), 404, "boss_not_found")


async def test_a_party_is_named_for_its_boss_and_for_no_other(service: Service) -> None:
    company, (ada,) = await found_party(service)
    await add_bosses(service)
    check_refusal(await try_fight(ada, "kraken"), 422, "party_required")
    check_refusal(await try_fight(ada, "hydra", company.id), 422, "no_party_boss")


async def test_only_members_begin_a_party_s_battle(service: Service) -> None:
    company, (_, eve) = await found_party(service, "ada", "eve")
    await add_bosses(service)
    mallory = await service.learner("mallory@example.org")
    for party_id in (company.id, 2**40):
        check_refusal(await try_fight(mallory, "kraken", party_id), 404, "party_not_found")
    await leave(company, eve)
    check_refusal(await try_fight(eve, "kraken", company.id), 404, "party_not_found")


async def test_any_member_begins_a_party_s_battle_and_all_are_told(service: Service) -> None:
    company, (ada, eve) = await found_party(service, "ada", "eve")
    await service.learner("mallory@example.org")
    await add_bosses(service)
    answer = await try_fight(eve, "kraken", company.id)
    assert answer.status_code == 201
    begun = answer.json()
    assert begun == {
        "battle": None,
        "party_battle": {
            "id": begun["party_battle"]["id"],
            "boss_key": "kraken",
            "party_id": company.id,
            "party": "Night Owls",
            "title": "Kraken",
            "hp": 100,
            "hp_left": 100,
            "reward": {"xp": 150, "gold": 40},
            "strikes_back": False,
            "started_at": "2026-03-02T12:00:01Z",
            "fighters": [],
            "damage_of_others": 0,
        },
    }
    assert (await ada.get(BOSSES))["party_battles"] == [begun["party_battle"]]
    notices = await list_rows(service.parts.database, Notification)
    told = {
        "battle_id": begun["party_battle"]["id"],
        "boss": "Kraken",
        "hp": 100,
        "party_id": company.id,
        "party": "Night Owls",
    }
    assert [(row[0], row[2], row[3]) for row in notices] == [
        (who.id, "party_battle_started", told) for who in (ada, eve)
    ]


async def test_a_party_fights_one_boss_at_a_time(service: Service) -> None:
    company, (ada, eve) = await found_party(service, "ada", "eve")
    await add_bosses(service, hp=40)
    await fight(ada, "kraken", company.id)
    check_refusal(await try_fight(eve, "kraken", company.id), 409, "already_fighting")
    await strike(eve)
    assert (await fight(eve, "kraken", company.id))["hp_left"] == 40
    assert len(await list_rows(service.parts.database, PartyBattle)) == 2


async def test_a_fight_that_is_sent_again_is_one(service: Service) -> None:
    ada = await service.learner()
    await add_bosses(service)
    key = {"Idempotency-Key": "one"}
    path = f"{BOSSES}/hydra/fight"
    first, again = [await ada.client.post(path, headers=key) for _ in range(2)]
    assert (first.status_code, first.json()) == (again.status_code, again.json())
    assert len(await list_rows(service.parts.database, BossBattle)) == 1


@pytest.mark.parametrize(
    "body", [{"party_id": 0}, {"party_id": "1"}, {"party_id": 2**63}, {"party": 1}, [], 1]
)
async def test_bodies_that_make_no_sense(service: Service, body: Mapping[str, Any]) -> None:
    ada = await service.learner()
    await add_bosses(service)
    answer = await ada.client.post(f"{BOSSES}/hydra/fight", json=body)
    check_refusal(answer, 422, "validation_error")


async def test_a_battle_keeps_the_numbers_of_its_beginning(service: Service) -> None:
    ada = await service.learner()
    await add_boss(service.parts.database)
    battle = await fight(ada)
    await execute(service.parts.database, update(Boss).values(hp=1, retired_at=service.clock.now()))
    shown = await ada.get(BOSSES)
    assert (shown["battles"], shown["choices"]) == ([battle], [])
