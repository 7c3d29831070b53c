"""Replaying what was dealt to bosses of parties: an undo leaves what a party has won with."""

from app.services.replaying import ReplayService
from tests.bosses.boss_steps import add_boss, fight, strike
from tests.parties.party_steps import found_party
from tests.support.service import Service


async def check_replayed(service: Service) -> None:
    checked = [part async for part in ReplayService(service.parts.database).check()]
    assert [found for part in checked for found in part.differences] == []


async def test_undos_of_blows_before_and_after_a_boss_fell(service: Service) -> None:
    """With a boss of one's own beside, which feels each undo."""
    company, (ada,) = await found_party(service)
    await add_boss(service.parts.database, hp=70)
    await add_boss(service.parts.database, "kraken", kind="party", hp=80)
    await fight(ada)
    await fight(ada, "kraken", company.id)
    first = await strike(ada)
    await ada.post(f"/tasks/{first}/undo")
    await check_replayed(service)

    last = [await strike(ada) for _ in range(2)]
    for task in (*last, first):
        await ada.post(f"/tasks/{task}/undo")
        await ada.post(f"/tasks/{task}/complete")
        await check_replayed(service)


async def test_an_undo_after_the_victory_frees_no_place_of_the_day(service: Service) -> None:
    company, (ada,) = await found_party(service)
    await add_boss(service.parts.database, "kraken", kind="party", hp=40)
    await fight(ada, "kraken", company.id)
    task = await strike(ada)
    for _ in range(20):
        await ada.post(f"/tasks/{task}/undo")
        await strike(ada, "easy")
    await check_replayed(service)
