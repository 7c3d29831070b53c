"""Clearing away what has served its time, in the background of every process."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

import structlog

from app.core.errors import QuestboardError
from app.core.limits import IDEMPOTENCY_KEY_SECONDS
from app.parts import Parts

INTERVAL_SECONDS = 3600
SESSIONS_KEPT_FOR = timedelta(days=7)
"""Ended sessions are kept so long, so that a replay of their tokens is still known for one."""

_log = structlog.get_logger(__name__)


async def clear_away(parts: Parts) -> None:
    """Erase answers that no retry will ask for any more, and sessions long expired."""
    now = parts.clock.now()
    async with parts.database.writing() as transaction:
        uow = transaction.uow
        answers = await uow.idempotency.purge(now - timedelta(seconds=IDEMPOTENCY_KEY_SECONDS))
        sessions = await uow.sessions.purge(now, SESSIONS_KEPT_FOR)
        await transaction.commit()
    if answers or sessions:
        _log.info("cleared_away", answers=answers, sessions=sessions)


@asynccontextmanager
async def keep_house(parts: Parts) -> AsyncIterator[None]:
    """Clear away at the start and every hour, for as long as the service runs."""
    task = asyncio.create_task(_clear_away_hourly(parts))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _clear_away_hourly(parts: Parts) -> None:
    while True:
        # As background work, whose failures are logged and do not end this loop.
        parts.background.spawn("housekeeping", _try_to_clear_away(parts))
        await asyncio.sleep(INTERVAL_SECONDS)


async def _try_to_clear_away(parts: Parts) -> None:
    try:
        await clear_away(parts)
    except QuestboardError as error:  # out of reach or busy: an hour later will do
        _log.warning("clearing_away_failed", code=error.code)
