"""Closing the leagues of weeks that are over, and measuring tables: jobs, once a week and once an hour."""

import structlog

from app.db.repositories.table_queries import Table, TableKind
from app.game.week import week_of
from app.parts import Parts
from app.services.league_closing import LeagueClosing, list_due
from app.worker.league_joining import join_leagues

_BATCH = 100

_log = structlog.get_logger(__name__)


async def close_leagues(parts: Parts) -> None:
    """Close every group that is due, each in a short transaction of its own.

    Whoever still waits for a place comes first: a place may be in a group that is about to be closed.
    """
    await join_leagues(parts)
    closed = 0
    while due := await _list_due(parts):
        for group_id in due:
            async with parts.database.writing() as transaction:
                closed += await LeagueClosing(transaction.uow).close(group_id, parts.clock.now())
                await transaction.commit()
    if closed:
        _log.info("leagues_closed", groups=closed)


async def refresh_histograms(parts: Parts) -> None:
    """Measure the tables of all time, of the present week, and of the challenges for all."""
    now = parts.clock.now()
    async with parts.database.reading() as uow:
        tables = [Table(TableKind.ALL_TIME), Table(TableKind.WEEK, week_of(now))]
        tables += [
            Table(TableKind.CHALLENGE, challenge_id)
            for challenge_id in await uow.tables.list_running_challenges(now)
        ]
        histograms = {table: await uow.tables.measure(table) for table in tables}
    async with parts.database.writing() as transaction:
        await transaction.uow.tables.replace_buckets(histograms)
        await transaction.commit()


async def _list_due(parts: Parts) -> list[int]:
    async with parts.database.reading() as uow:
        return list(await list_due(uow, parts.clock.now(), _BATCH))
