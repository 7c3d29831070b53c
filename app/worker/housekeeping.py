"""Clearing away what has served its time, in the background of every process."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import structlog

from app.core.errors import QuestboardError
from app.core.limits import IDEMPOTENCY_KEY_SECONDS
from app.parts import Parts
from app.worker.beside import run_beside

INTERVAL_SECONDS = 3600
NOTIFICATIONS_KEPT_FOR = timedelta(days=90)
SESSIONS_KEPT_FOR = timedelta(days=7)
"""Ended sessions are kept so long, so that a replay of their tokens is still known for one."""

_log = structlog.get_logger(__name__)


async def clear_away(parts: Parts) -> None:
    """Erase answers that no retry will ask for any more, sessions long expired, and old notifications."""
    now = parts.clock.now()
    async with parts.database.writing() as transaction:
        uow = transaction.uow
        answers = await uow.idempotency.purge(now - timedelta(seconds=IDEMPOTENCY_KEY_SECONDS))
        sessions = await uow.sessions.purge(now, SESSIONS_KEPT_FOR)
        notifications = await uow.notifications.purge(now - NOTIFICATIONS_KEPT_FOR)
        await transaction.commit()
    if answers or sessions or notifications:
        _log.info("cleared_away", answers=answers, sessions=sessions, notifications=notifications)


@asynccontextmanager
async def keep_house(parts: Parts) -> AsyncIterator[None]:
    """Clear away at the start and every hour, for as long as the service runs."""
    async with run_beside(_clear_away_hourly(parts), "housekeeping"):
        yield


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
