"""Battles of parties in the database: who dealt what, and which of them a learner's activity hits."""

from datetime import timedelta
from typing import Any

import pytest

from app.db.models import Party, PartyBattle
from app.db.repositories.party_battles import FighterRow
from app.db.session import Transaction
from app.db.unit_of_work import UnitOfWork
from tests.support.clock import START
from tests.support.game import add_player


@pytest.fixture
async def uow(transaction: Transaction) -> UnitOfWork:
    return transaction.uow


async def add_party(uow: UnitOfWork, *members: int) -> Party:
    party = await uow.parties.create("Night Owls", members[0], START)
    for member in members[1:]:
        await uow.parties.add_member(party.id, member, START)
    return party


async def add_battle(uow: UnitOfWork, party: Party, **fields: Any) -> PartyBattle:
    values = {
        "title": "Kraken",
        "hp": 500,
        "damage": 0,
        "xp": 10,
        "gold": 1,
        "strikes_back": False,
        "started_at": START,
        "won_at": None,
    }
    battle = PartyBattle(party_id=party.id, boss_id=None, **{**values, **fields})
    await uow.party_battles.add(battle)
    return battle


async def list_damage(uow: UnitOfWork, battle: PartyBattle) -> list[tuple[int, int]]:
    rows = await uow.party_battles.list_fighters(battle.id)
    return [(row.user_id, row.damage) for row in rows if row.damage > 0]


async def test_the_running_battles_of_all_my_parties_are_locked_by_id(uow: UnitOfWork) -> None:
    me, other = [await add_player(uow, f"{n}@example.org") for n in range(2)]
    mine = [await add_party(uow, me), await add_party(uow, other, me)]
    theirs = await add_party(uow, other)
    won = await add_battle(uow, mine[0], won_at=START)
    running = [await add_battle(uow, party) for party in reversed(mine)]
    await add_battle(uow, theirs)
    locked = await uow.party_battles.lock_running(me)
    assert [battle.id for battle in locked] == [battle.id for battle in running]
    assert won.id not in {battle.id for battle in await uow.party_battles.lock_fought(me)}


async def test_whoever_left_may_still_heal_but_not_hit(uow: UnitOfWork) -> None:
    me, other = [await add_player(uow, f"{n}@example.org") for n in range(2)]
    party = await add_party(uow, other, me)
    battle = await add_battle(uow, party)
    await uow.party_battles.add_damage(me, battle.id, 5)
    await uow.parties.remove_member(party.id, me)
    assert await uow.party_battles.lock_running(me) == []
    assert [found.id for found in await uow.party_battles.lock_fought(me)] == [battle.id]


async def test_damage_adds_up_and_goes_back(uow: UnitOfWork) -> None:
    eve, ada = [await add_player(uow, f"{n}@example.org") for n in range(2)]
    battle = await add_battle(uow, await add_party(uow, ada, eve))
    for user_id, delta in ((ada, 10), (eve, 7), (ada, 5), (eve, -3), (ada, 0)):
        await uow.party_battles.add_damage(user_id, battle.id, delta)
    assert await list_damage(uow, battle) == [(eve, 4), (ada, 15)]
    await uow.party_battles.add_damage(eve, battle.id, -4)
    assert await list_damage(uow, battle) == [(ada, 15)]


async def test_fighters_come_with_what_their_days_are(uow: UnitOfWork) -> None:
    ada = await add_player(uow)
    battle = await add_battle(uow, await add_party(uow, ada))
    await uow.party_battles.add_damage(ada, battle.id, 1)
    (fighter,) = await uow.party_battles.list_fighters(battle.id)
    assert fighter == FighterRow(ada, 1, "UTC", 0)


async def test_a_battle_concerns_all_members_and_whoever_fought_before_leaving(
    uow: UnitOfWork,
) -> None:
    ada, bob, cy, stranger = [await add_player(uow, f"{n}@example.org") for n in range(4)]
    party = await add_party(uow, ada, bob, cy)
    await add_party(uow, stranger)
    battle = await add_battle(uow, party)
    await uow.party_battles.add_damage(cy, battle.id, 7)
    await uow.parties.remove_member(party.id, cy)
    rows = await uow.party_battles.list_fighters(battle.id)
    assert [(row.user_id, row.damage) for row in rows] == [(ada, 0), (bob, 0), (cy, 7)]


async def test_a_party_is_fighting_until_it_has_won(uow: UnitOfWork) -> None:
    party = await add_party(uow, await add_player(uow))
    assert not await uow.party_battles.is_fighting(party.id)
    battle = await add_battle(uow, party)
    assert await uow.party_battles.is_fighting(party.id)
    battle.won_at = START + timedelta(hours=1)
    await uow.party_battles.save(battle)
    assert not await uow.party_battles.is_fighting(party.id)
    assert await uow.party_battles.get(battle.id) is battle


async def test_players_are_locked_by_user_id(uow: UnitOfWork) -> None:
    ids = [await add_player(uow, f"{n}@example.org") for n in range(3)]
    locked = await uow.players.lock_players([ids[2], ids[0], 2**40])
    assert [player.user_id for player in locked] == [ids[0], ids[2]]
    assert await uow.players.lock_players([]) == []
