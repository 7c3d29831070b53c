"""Closing leagues and measuring tables: once, in time, and told to whom it concerns."""

import asyncio
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from app.core.notices import NoticeKind
from app.db.models import LeagueGroup, LeagueMember
from app.db.repositories.table_queries import Table, TableKind
from app.game.ranking import Bucket
from app.services.league_closing import LeagueClosing
from app.worker.standings import (
    close_leagues,
    refresh_histograms,
)
from tests.api.table_steps import add_challenge, add_party
from tests.support.clock import START
from tests.support.logs import listen
from tests.support.service import Service
from tests.support.standings import add_players, list_groups, record, record_all
from tests.support.state import read_state

END = datetime(2026, 3, 9, tzinfo=UTC)
CLOSING = END + timedelta(minutes=5)


async def list_results(service: Service) -> list[tuple[int, int | None, int | None]]:
    async with service.parts.database.reading() as uow:
        found = await uow._session.execute(
            select(LeagueMember.user_id, LeagueMember.final_rank, LeagueMember.move).order_by(
                LeagueMember.week_on, LeagueMember.user_id
            )
        )
    return [(row.user_id, row.final_rank, row.move) for row in found]


async def count_closed(service: Service) -> int:
    async with service.parts.database.reading() as uow:
        found = await uow._session.scalars(select(LeagueGroup.closed_at))
    return sum(closed_at is not None for closed_at in found)


async def test_a_group_is_closed_five_minutes_after_its_week(service: Service) -> None:
    players = await add_players(service.parts.database, 3)
    await record_all(service.parts.database, dict(zip(players, (10, 30, 20), strict=True)))
    service.clock.set(CLOSING - timedelta(microseconds=1))
    await close_leagues(service.parts)
    assert await list_results(service) == [(user_id, None, None) for user_id in players]
    service.clock.set(CLOSING)

    await close_leagues(service.parts)

    ranks = zip(players, (3, 1, 2), (0, 1, 0), strict=True)
    assert await list_results(service) == list(ranks)


async def test_members_are_told(service: Service) -> None:
    players = await add_players(service.parts.database, 2)
    await record_all(service.parts.database, dict(zip(players, (10, 30), strict=True)))
    service.clock.set(CLOSING)

    await close_leagues(service.parts)

    async with service.parts.database.reading() as uow:
        told = [(await uow.notifications.list_page(one, 9, 9)) for one in players]
    assert [len(notices) for notices in told] == [1, 1]
    assert {notices[0].kind for notices in told} == {NoticeKind.LEAGUE_CLOSED}
    common = {"week_on": "2026-03-02", "tier": 1, "members": 2}
    assert [notices[0].data for notices in told] == [
        {**common, "rank": 2, "zone": "stay", "next_tier": 1},
        {**common, "rank": 1, "zone": "up", "next_tier": 2},
    ]


async def test_nothing_is_closed_twice(service: Service) -> None:
    for user_id in await add_players(service.parts.database, 2):
        await record(service.parts.database, user_id, 10)
    service.clock.set(CLOSING)
    await close_leagues(service.parts)
    before = await read_state(service.parts.database)
    service.clock.advance(days=30)

    await close_leagues(service.parts)

    assert await read_state(service.parts.database) == before


async def test_parallel_closers_close_once(service: Service) -> None:
    """Each group once, however many are at it; meanwhile its members play on."""
    database = service.parts.database
    players = await add_players(database, 70)
    await record_all(database, {user_id: 100 + n for n, user_id in enumerate(players)})
    service.clock.set(CLOSING)
    with listen() as log:
        await asyncio.gather(
            *(close_leagues(service.parts) for _ in range(8)),
            *(record(database, user_id, 5, CLOSING) for user_id in players),
        )
    assert await count_closed(service) == 3
    closed = [line["groups"] for line in log.lines if line["event"] == "leagues_closed"]
    assert sum(closed) == 3
    assert sum(size for _, size, _ in await list_groups(database)) == 140
    async with database.reading() as uow:
        notices = [len(await uow.notifications.list_page(one, 9, 9)) for one in players]
    assert set(notices) == {1}


async def test_a_closed_or_missing_group_is_left_alone(service: Service) -> None:
    database = service.parts.database
    (ada,) = await add_players(database, 1)
    await record(database, ada, 10)
    async with database.reading() as uow:
        (membership,) = await uow.leagues.list_newest(ada, START.date(), 1)
    results = []
    for group_id in (membership.group_id, membership.group_id, membership.group_id + 1):
        async with database.writing() as transaction:
            results.append(await LeagueClosing(transaction.uow).close(group_id, CLOSING))
            await transaction.commit()
    assert results == [True, False, False]


async def test_a_group_whose_members_are_gone_is_closed(service: Service) -> None:
    learner = await service.learner()
    await record(service.parts.database, learner.id, 10)
    user = await service.parts.manager.user_db.get(learner.id)
    assert user is not None
    await service.parts.manager.user_db.delete(user)
    service.clock.set(CLOSING)

    await close_leagues(service.parts)

    assert await count_closed(service) == len(await list_groups(service.parts.database))


async def test_tables_are_measured(service: Service) -> None:
    database = service.parts.database
    ada, bob, cy = await add_players(database, 3)
    await record(database, ada, 7, START - timedelta(days=7))
    await record_all(database, {ada: 10, bob: 10, cy: 30})
    race = await add_challenge(database, {ada: 3, bob: 4})
    party = await add_party(database, ada)
    small = await add_challenge(database, {ada: 3}, party_id=party)

    await refresh_histograms(service.parts)

    week = Table(TableKind.WEEK, START.date())
    async with database.reading() as uow:
        assert await uow.tables.list_buckets(week) == [Bucket(10, 3)]
        assert await uow.tables.list_buckets(Table(TableKind.ALL_TIME)) == [Bucket(10, 3)]
        challenge = Table(TableKind.CHALLENGE, race)
        assert await uow.tables.list_buckets(challenge) == [Bucket(3, 2)]
        assert await uow.tables.list_buckets(Table(TableKind.CHALLENGE, small)) == []
    service.clock.set(END)
    await refresh_histograms(service.parts)
    async with database.reading() as uow:
        assert await uow.tables.list_buckets(week) == []


async def test_parallel_measurements_leave_one_histogram(service: Service) -> None:
    database = service.parts.database
    players = await add_players(database, 200)
    await record_all(database, {user_id: 1 + n for n, user_id in enumerate(players)})
    await asyncio.gather(*(refresh_histograms(service.parts) for _ in range(6)))
    async with database.reading() as uow:
        buckets = await uow.tables.list_buckets(Table(TableKind.ALL_TIME))
    assert buckets == [Bucket(1 + 50 * n, 50) for n in range(4)]
