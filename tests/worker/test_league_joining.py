"""Places in leagues: given by the job and to whoever looks, once each, weeks in order."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert

from app.db.models import WeeklyScore
from app.game.week import week_of
from app.services.league_joining import BATCH, list_waiting
from app.worker.league_joining import fill_leagues, join_leagues
from app.worker.standings import close_leagues
from tests.support.clock import START
from tests.support.logs import listen
from tests.support.process import free_port
from tests.support.service import Learner, Service, run_service
from tests.support.standings import add_players, list_groups, read_scores

WEEK = timedelta(days=7)
LOOKS = 2000


async def score(service: Service, user_ids: list[int], weeks_ago: int = 0) -> None:
    """Scores that wait for a place, as the first XP of a week leaves them."""
    week_on = week_of(service.clock.now() - weeks_ago * WEEK)
    rows = [
        {"user_id": user_id, "week_on": week_on, "xp": 10 + n, "shown": True, "awaits_group": True}
        for n, user_id in enumerate(user_ids)
    ]
    async with service.parts.database.writing() as transaction:
        await transaction.uow._session.execute(insert(WeeklyScore).values(rows))
        await transaction.commit()


async def is_anybody_waiting(service: Service) -> bool:
    async with service.parts.database.reading() as uow:
        return await list_waiting(uow) is not None


async def complete_one(who: Learner) -> int:
    task: int = (await who.create_task())["id"]
    await who.post(f"/tasks/{task}/complete")
    return task


async def test_the_first_xp_of_a_week_waits_for_a_place(service: Service) -> None:
    ada = await service.learner()
    await complete_one(ada)
    assert (await list_groups(service.parts.database), await is_anybody_waiting(service)) == (
        [],
        True,
    )
    await join_leagues(service.parts)
    await complete_one(ada)
    assert await list_groups(service.parts.database) == [(1, 1, 1)]
    assert not await is_anybody_waiting(service)


async def test_whoever_looks_has_a_place_at_once(service: Service) -> None:
    ada, bob = [await service.learner(f"{name}@example.org") for name in ("ada", "bob")]
    for who in (ada, bob):
        await complete_one(who)
    league = await ada.get("/game/league")
    assert [(member["rank"], member["is_me"]) for member in league["members"]] == [(1, True)]
    assert len((await bob.get("/game/league"))["members"]) == 2
    assert await list_groups(service.parts.database) == [(1, 2, 2)]


async def test_who_takes_all_back_before_has_no_place(service: Service) -> None:
    ada = await service.learner()
    task = await complete_one(ada)
    await ada.post(f"/tasks/{task}/undo")
    await join_leagues(service.parts)
    assert (
        await read_scores(service.parts.database),
        await list_groups(service.parts.database),
    ) == (
        {},
        [],
    )


async def test_more_than_a_batch_in_several_weeks(service: Service) -> None:
    """The first of a group of the earlier week goes up, so that week has to be joined first."""
    players = await add_players(service.parts.database, BATCH + 11)
    await score(service, players, weeks_ago=1)
    await score(service, [players[29]])
    await join_leagues(service.parts)
    groups = await list_groups(service.parts.database)
    assert sorted(groups) == [(1, 1, 1), (1, 30, 30), (1, 30, 30), (2, 1, 1)]


async def test_two_processes_at_once_give_one_place_each(service: Service) -> None:
    players = await add_players(service.parts.database, 70)
    await score(service, players)
    await asyncio.gather(*(join_leagues(service.parts) for _ in range(4)))
    assert await list_groups(service.parts.database) == [(1, 30, 30), (1, 30, 30), (1, 10, 10)]


async def test_a_week_is_joined_before_it_is_closed(service: Service) -> None:
    (player,) = await add_players(service.parts.database, 1)
    await score(service, [player])
    service.clock.set(START + WEEK)
    await close_leagues(service.parts)
    async with service.parts.database.reading() as uow:
        (membership,) = await uow.leagues.list_newest(player, week_of(START), 1)
    assert (membership.final_rank, membership.move) == (1, 0)


async def test_a_late_one_gets_a_group_that_is_still_open(service: Service) -> None:
    """Who was missed by the closing (which no order of events should lead to) is in no closed group."""
    early, late = await add_players(service.parts.database, 2)
    await score(service, [early])
    service.clock.set(START + WEEK)
    await close_leagues(service.parts)
    await score(service, [late], weeks_ago=1)
    await close_leagues(service.parts)
    assert await list_groups(service.parts.database) == [(1, 1, 1), (1, 1, 1)]
    assert not await is_anybody_waiting(service)


async def test_the_service_does_it_by_itself(service: Service) -> None:
    (player,) = await add_players(service.parts.database, 1)
    await score(service, [player])
    async with fill_leagues(service.parts):
        for _ in range(LOOKS):
            if not await is_anybody_waiting(service):
                return
            await asyncio.sleep(0.01)
    pytest.fail("nobody was given a place")


async def test_a_database_out_of_reach_ends_nothing(tmp_path: Path) -> None:
    nowhere = f"postgresql://nobody:secret@127.0.0.1:{free_port()}/nothing"
    async with run_service(nowhere, tmp_path) as service:
        with listen() as log:
            async with fill_leagues(service.parts):
                for _ in range(LOOKS):
                    if "work_put_off" in log.getvalue():
                        break
                    await asyncio.sleep(0.01)
        assert "work_put_off" in log.getvalue()
        assert "secret" not in log.getvalue()
