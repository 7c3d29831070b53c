"""Giving places in leagues to those who wait for one, in the background of every process."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog

from app.core.errors import QuestboardError
from app.parts import Parts
from app.services.league_joining import LeagueJoining, list_waiting
from app.worker.beside import run_beside

PAUSE_SECONDS = 5.0
"""How long whoever does not look waits at most. Whoever looks at the league has a place at once."""

_log = structlog.get_logger(__name__)


async def join_leagues(parts: Parts) -> None:
    """Give a place to everybody who waits, some in each transaction. Other processes may do so as well."""
    while True:
        async with parts.database.reading() as uow:
            waiting = await list_waiting(uow)
        if waiting is None:
            return
        async with parts.database.writing() as transaction:
            await LeagueJoining(transaction.uow).join(*waiting)
            await transaction.commit()


@asynccontextmanager
async def fill_leagues(parts: Parts) -> AsyncIterator[None]:
    """Look every few seconds, for as long as the service runs."""
    async with run_beside(_join_always(parts), "league_joining"):
        yield


async def _join_always(parts: Parts) -> None:
    while True:
        # As background work, whose failures are logged and do not end this loop.
        parts.background.spawn("league_joining", _try_to_join(parts))
        await asyncio.sleep(PAUSE_SECONDS)


async def _try_to_join(parts: Parts) -> None:
    try:
        await join_leagues(parts)
    except QuestboardError as error:  # out of reach or busy: the next time will do
        _log.warning("joining_leagues_failed", code=error.code)
