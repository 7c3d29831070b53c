"""Bosses strike back: a heart for each local day that went by without any activity."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.db.models import ActivityRow, Player
from app.db.repositories.strikes import StrikeFacts
from app.services.verification import VerificationService
from tests.api.task_steps import check_refusal, sleep, wake
from tests.bosses.boss_steps import add_boss, add_bosses, fight, strike
from tests.parties.party_steps import found_party, join, leave
from tests.support.clock import START
from tests.support.service import Learner, Service


async def list_strikes(service: Service, who: Learner) -> list[tuple[str, Any]]:
    """The struck days, and how many hearts each strike took."""
    statement = select(ActivityRow.source_id, ActivityRow.facts).where(
        ActivityRow.user_id == who.id, ActivityRow.kind == "struck"
    )
    async with service.parts.database.reading() as uow:
        found = await uow._session.execute(statement.order_by(ActivityRow.sequence))
        return [(day, facts.get("hearts", 0)) for day, facts in found]


async def count_hearts(who: Learner) -> int:
    hearts: int = (await who.get("/game/profile"))["hearts"]
    return hearts


async def check_books(service: Service) -> None:
    checked = [part async for part in VerificationService(service.parts.database).check()]
    assert [found for part in checked for found in part.differences] == []


@pytest.fixture
async def ada(service: Service) -> Learner:
    """Somebody who fights a boss that strikes back, since a Monday."""
    ada = await service.learner()
    await add_bosses(service, hp=100_000, strikes_back=True)
    await fight(ada)
    await strike(ada)
    return ada


async def test_each_day_without_activity_costs_a_heart(service: Service, ada: Learner) -> None:
    await wake(service, ada, "2026-03-05T00:30:00+00:00")
    await strike(ada)
    assert await list_strikes(service, ada) == [("2026-03-03", -1), ("2026-03-04", -1)]
    # The first grew back.
    assert await count_hearts(ada) == 4
    await check_books(service)


async def test_the_days_after_one_another_cost_nothing(service: Service, ada: Learner) -> None:
    for _ in range(3):
        await sleep(service, ada, days=1)
        await strike(ada)
    assert await list_strikes(service, ada) == []


async def test_a_strike_is_told_with_its_day(service: Service, ada: Learner) -> None:
    await sleep(service, ada, days=2)
    await strike(ada)
    notices = (await ada.get("/game/notifications"))["items"]
    assert [n["data"] for n in notices if n["kind"] == "boss_struck"] == [
        {"on": "2026-03-03", "hearts": -1}
    ]


async def test_strikes_come_before_what_is_done_then(service: Service, ada: Learner) -> None:
    await wake(service, ada, "2026-03-04T00:30:00+00:00")
    check_refusal(await ada.client.post("/game/shop/full_hearts/purchase"), 409, "not_enough_gold")
    assert await list_strikes(service, ada) == []  # a refusal changes nothing
    check_refusal(await ada.client.post("/game/shop/heart/purchase"), 409, "not_enough_gold")
    await strike(ada)
    async with service.parts.database.reading() as uow:
        statement = select(ActivityRow.kind).order_by(ActivityRow.sequence)
        kinds = (await uow._session.scalars(statement)).all()
    assert kinds == ["fight_started", "task_completed", "struck", "task_completed"]


async def test_a_day_is_struck_once_however_often_the_player_is_locked(
    service: Service, ada: Learner
) -> None:
    done = await strike(ada)
    await sleep(service, ada, days=2)
    for _ in range(3):  # repeats of what is done record no activity
        await ada.post(f"/tasks/{done}/complete")
        task = await ada.create_task()
        await ada.post(f"/tasks/{task['id']}/undo")
        await ada.client.put("/game/pause", json={"days": 1})
    assert [day for day, _ in await list_strikes(service, ada)] == ["2026-03-03"]
    await check_books(service)


async def test_unpaid_activities_keep_the_boss_away(service: Service, ada: Learner) -> None:
    await sleep(service, ada, days=1)
    assert (await ada.client.put("/game/pause", json={"days": 1})).is_success
    assert (await ada.client.delete("/game/pause")).is_success
    await sleep(service, ada, days=1)
    await strike(ada)
    assert await list_strikes(service, ada) == []


async def test_whoever_pauses_is_not_struck(service: Service, ada: Learner) -> None:
    assert (await ada.client.put("/game/pause", json={"days": 3})).is_success
    await sleep(service, ada, days=4)  # the pause lasts from the 2nd to the 4th
    await strike(ada)
    assert [day for day, _ in await list_strikes(service, ada)] == ["2026-03-05"]


async def test_hearts_never_go_below_none(service: Service, ada: Learner) -> None:
    async with service.parts.database.writing() as transaction:
        player = await transaction.uow.players.lock(ada.id)
        assert player is not None
        player.hearts, player.hearts_since = 0, START + timedelta(hours=35)
        await transaction.uow.players.save(player)
        await transaction.commit()
    await wake(service, ada, "2026-03-04T00:30:00+00:00")
    await strike(ada)
    assert await list_strikes(service, ada) == [("2026-03-03", 0)]
    assert await count_hearts(ada) == 0


async def test_only_the_newest_strikes_are_recorded_after_a_long_absence(
    service: Service, ada: Learner
) -> None:
    await sleep(service, ada, days=30)
    await strike(ada)
    days = [day for day, _ in await list_strikes(service, ada)]
    assert days == [f"2026-03-{day}" for day in range(25, 32)]
    await check_books(service)


async def test_a_boss_that_does_not_strike_back(service: Service) -> None:
    ada = await service.learner()
    await add_boss(service.parts.database)
    await fight(ada)
    await sleep(service, ada, days=5)
    await strike(ada)
    assert await list_strikes(service, ada) == []


async def test_a_fallen_boss_strikes_no_more(service: Service) -> None:
    ada = await service.learner()
    await add_boss(service.parts.database, hp=10, strikes_back=True)
    await fight(ada)
    await strike(ada)
    await sleep(service, ada, days=5)
    await strike(ada)
    assert await list_strikes(service, ada) == []


async def test_a_party_s_boss_strikes_each_member_who_does_nothing(service: Service) -> None:
    await add_bosses(service, hp=100_000, strikes_back=True)
    company, (ada, eve, bob) = await found_party(service, "ada", "eve", "bob")
    await fight(ada, "kraken", company.id)
    for who in (ada, eve):
        await strike(who)
    await wake(service, ada, START + timedelta(days=1))
    await strike(ada)
    await wake(service, ada, START + timedelta(days=2))
    for who in (eve, bob):
        who.client = service.client(await service.open_session(who.id))
    for who in (ada, eve, bob):
        await strike(who)
    assert await list_strikes(service, ada) == []
    assert await list_strikes(service, eve) == [("2026-03-03", -1)]
    assert await list_strikes(service, bob) == [("2026-03-02", -1), ("2026-03-03", -1)]


async def test_whoever_joins_later_is_struck_from_then_on(service: Service) -> None:
    await add_bosses(service, hp=100_000, strikes_back=True)
    company, (ada,) = await found_party(service)
    eve = await service.learner("eve@example.org")
    await fight(ada, "kraken", company.id)
    for who in (ada, eve):
        await wake(service, who, START + timedelta(days=2))
    await join(company, eve)
    for who in (ada, eve):
        await wake(service, who, START + timedelta(days=4))
    await strike(eve)
    assert [day for day, _ in await list_strikes(service, eve)] == ["2026-03-04", "2026-03-05"]


async def test_whoever_left_is_not_struck(service: Service) -> None:
    await add_bosses(service, hp=100_000, strikes_back=True)
    company, (ada, eve) = await found_party(service, "ada", "eve")
    await fight(ada, "kraken", company.id)
    await leave(company, eve)
    await wake(service, eve, START + timedelta(days=4))
    await strike(eve)
    assert await list_strikes(service, eve) == []


async def test_days_are_those_of_the_learner(service: Service) -> None:
    kiri = await service.learner(timezone="Pacific/Kiritimati", day_starts_at=4)
    await add_boss(service.parts.database, hp=100_000, strikes_back=True)
    await fight(kiri)
    await strike(kiri)  # at 2 o'clock there, when the 2nd is not over yet
    await wake(service, kiri, "2026-03-03T14:30:00+00:00")  # the 4th, 4:30
    await strike(kiri)
    assert [day for day, _ in await list_strikes(service, kiri)] == ["2026-03-03"]


async def test_a_journey_moves_no_day_away(service: Service, ada: Learner) -> None:
    """Done at noon in UTC, which is the 3rd on Kiritimati: no day there was without activity."""
    answer = await ada.client.patch("/users/me", json={"timezone": "Pacific/Kiritimati"})
    assert answer.is_success
    await wake(service, ada, "2026-03-03T11:00:00+00:00")  # the 4th there
    await strike(ada)
    assert await list_strikes(service, ada) == []


async def test_whoever_was_here_yesterday_costs_no_statement(
    service: Service, ada: Learner
) -> None:
    async def count() -> int:
        task = await ada.create_task()
        await service.settle()
        with service.statements.count() as statements:
            await ada.post(f"/tasks/{task['id']}/complete")
        return len([one for one in statements if "strikes_back" in one and "min(" in one.lower()])

    assert await count() == 0
    await sleep(service, ada, days=1)
    assert await count() == 0
    await sleep(service, ada, days=2)
    assert await count() == 1


async def test_facts_of_who_never_did_anything(service: Service) -> None:
    ada = await service.learner()
    async with service.parts.database.reading() as uow:
        facts = await uow.strikes.get_facts([ada.id])
        player = await uow._session.get(Player, ada.id)
    assert player is not None
    assert facts == {ada.id: StrikeFacts(0, None, None, None, None, None)}
