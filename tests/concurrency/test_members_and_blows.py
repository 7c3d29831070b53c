"""A blow that finds its boss fallen keeps nobody in the party: else both would wait for each other."""

import asyncio

import pytest

from tests.bosses.boss_steps import add_boss, fight
from tests.challenges.test_closing_at_once import see_somebody_wait
from tests.parties.party_steps import found_party
from tests.support.clock import START
from tests.support.databases import POSTGRESQL
from tests.support.service import Service


async def test_whoever_waited_for_a_boss_that_fell_does_not_hold_its_member(
    service: Service, database_kind: str
) -> None:
    if database_kind != POSTGRESQL:
        pytest.skip("one writer at a time, who waits for nobody")
    company, (ada,) = await found_party(service)
    database = service.parts.database
    await add_boss(database, "kraken", kind="party")
    battle_id = (await fight(ada, "kraken", company.id))["id"]
    async with database.writing() as waiting, database.writing() as removing:
        async with database.writing() as winning:
            await winning.uow.parties.lock_running_battle(company.id)
            locking = asyncio.create_task(waiting.uow.party_battles.lock_running(ada.id))
            await see_somebody_wait(service)
            battle = await winning.uow.party_battles.get(battle_id)
            assert battle is not None
            battle.won_at = START
            await winning.uow.party_battles.save(battle)
            await winning.commit()
        assert await locking == []
        # Without a lock that it has to wait for: this would be refused as busy in the end.
        await removing.uow.parties.lock_running_battle(company.id)
        await removing.uow.players.lock(ada.id)
        await removing.uow.parties.remove_member(company.id, ada.id)


async def test_whoever_waited_for_a_boss_that_fell_lets_the_next_one_go_on(
    service: Service, database_kind: str
) -> None:
    """At once, and not only when all is done that there was to do beside the blow."""
    if database_kind != POSTGRESQL:
        pytest.skip("one writer at a time, who waits for nobody")
    company, (ada, bob, eve) = await found_party(service, "ada", "bob", "eve")
    database = service.parts.database
    await add_boss(database, "kraken", kind="party")
    await fight(ada, "kraken", company.id)
    async with database.writing() as first, database.writing() as second:
        async with database.writing() as winning:
            (battle,) = await winning.uow.party_battles.lock_running(ada.id)
            locking = [asyncio.create_task(first.uow.party_battles.lock_running(bob.id))]
            await see_somebody_wait(service)
            locking.append(asyncio.create_task(second.uow.party_battles.lock_running(eve.id)))
            await see_somebody_wait(service, 2)
            battle.won_at = START
            await winning.uow.party_battles.save(battle)
            await winning.commit()
        # Both are still open: the second would wait for the first, and be refused as busy in the end.
        assert await asyncio.gather(*locking) == [[], []]
