"""Closing the leagues of weeks that are over, and measuring tables, in the background of every process.

However many processes do it, each group is closed once. All measure the tables, since none knows of the
others; the last to finish is the one whose histograms stay.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

import structlog

from app.core.errors import QuestboardError
from app.db.repositories.table_queries import Table, TableKind
from app.game.week import end_of_week, week_of
from app.parts import Parts
from app.services.league_closing import GRACE, LeagueClosing, list_due
from app.worker.beside import run_beside

INTERVAL_SECONDS = 3600
"""How old histograms may get."""

_BATCH = 100

_log = structlog.get_logger(__name__)


async def close_leagues(parts: Parts) -> None:
    """Close every group that is due, each in a short transaction of its own."""
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


@asynccontextmanager
async def keep_standings(parts: Parts) -> AsyncIterator[None]:
    """Do both at the start, every hour, and when a week is to be closed, for as long as the service runs."""
    async with run_beside(_keep_standings(parts), "standings"):
        yield


async def _keep_standings(parts: Parts) -> None:
    while True:
        # As background work, whose failures are logged and do not end this loop.
        parts.background.spawn("standings", _try_to_keep_standings(parts))
        await asyncio.sleep(measure_pause(parts.clock.now()))


def measure_pause(now: datetime) -> float:
    """Seconds until the next time: an hour, or less if a week is to be closed before."""
    until_closing = end_of_week(week_of(now - GRACE)) + GRACE - now
    return min(INTERVAL_SECONDS, until_closing.total_seconds())


async def _try_to_keep_standings(parts: Parts) -> None:
    try:
        await close_leagues(parts)
        await refresh_histograms(parts)
    except QuestboardError as error:  # out of reach or busy: an hour later will do
        _log.warning("keeping_standings_failed", code=error.code)


async def _list_due(parts: Parts) -> list[int]:
    async with parts.database.reading() as uow:
        return list(await list_due(uow, parts.clock.now(), _BATCH))
