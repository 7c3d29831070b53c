"""Members of a party who deal its boss nothing: told of its fall, paid nothing, struck like the others."""

from typing import Any

from tests.api.task_steps import wake
from tests.bosses.boss_steps import add_boss, check_party_battles, fight, strike
from tests.bosses.test_strikes import check_books, list_strikes
from tests.parties.party_steps import found_party, leave
from tests.support.service import Learner, Service

KRAKEN = {"hp": 40, "xp": 150, "gold": 40, "kind": "party"}


async def list_falls(who: Learner) -> list[dict[str, Any]]:
    notices = (await who.get("/game/notifications"))["items"]
    return [each["data"] for each in notices if each["kind"] == "boss_defeated"]


async def test_all_members_are_told_and_fighters_are_paid(service: Service) -> None:
    company, (ada, bob, cy) = await found_party(service, "ada", "bob", "cy")
    stranger = await service.learner("eve@example.org")
    await add_boss(service.parts.database, "kraken", **KRAKEN)
    battle = await fight(ada, "kraken", company.id)
    await leave(company, cy)

    await strike(ada)

    told = {
        "kind": "party", "battle_id": battle["id"], "week_id": None, "boss": "Kraken",
        "xp": 150, "gold": 40,
    }  # fmt: skip
    assert await list_falls(ada) == [told]
    assert await list_falls(bob) == [told | {"xp": 0, "gold": 0}]
    assert (await bob.get("/game/profile"))["xp"] == 0
    assert (await list_falls(cy), await list_falls(stranger)) == ([], [])
    await check_party_battles(service)
    await check_books(service)


async def test_the_fall_spares_nobody_the_strikes_before_it(service: Service) -> None:
    company, (ada, bob) = await found_party(service, "ada", "bob")
    await add_boss(service.parts.database, "kraken", **KRAKEN, strikes_back=True)
    await fight(ada, "kraken", company.id)
    await wake(service, ada, "2026-03-05T12:00:00+00:00")
    await strike(ada)
    struck = ["2026-03-02", "2026-03-03", "2026-03-04"]
    for fellow in (ada, bob):
        assert [day for day, _ in await list_strikes(service, fellow)] == struck
    await wake(service, bob, service.clock.now())
    assert len(await list_falls(bob)) == 1
    await check_books(service)
