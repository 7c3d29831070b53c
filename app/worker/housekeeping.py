"""Clearing away what has served its time: a job, once an hour."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import structlog

from app.core.jobs import JobStatus
from app.core.limits import IDEMPOTENCY_KEY_SECONDS
from app.db.unit_of_work import UnitOfWork
from app.parts import Parts
from app.worker.audit_clearing import clear_audit_log

NOTIFICATIONS_KEPT_FOR = timedelta(days=90)
DONE_JOBS_KEPT_FOR = timedelta(days=14)
"""Longer than any schedule's period, so that a slot is never free again within it."""
DEAD_JOBS_KEPT_FOR = timedelta(days=90)
BATCH = 1000
"""Rows erased in one transaction: others wait for it no longer than for any."""
SESSIONS_KEPT_FOR = timedelta(days=7)
"""Ended sessions are kept so long, so that a replay of their tokens is still known for one."""

Erase = Callable[[UnitOfWork], Awaitable[int]]
"""Erases at most ``BATCH`` rows; how many there were."""

_log = structlog.get_logger(__name__)


async def clear_away(parts: Parts) -> None:
    """Erase answers that no retry will ask for any more, sessions long expired, and old notifications."""
    now = parts.clock.now()
    too_old = now - timedelta(seconds=IDEMPOTENCY_KEY_SECONDS)
    answers = await _erase_all(parts, lambda uow: uow.idempotency.purge(too_old, BATCH))
    sessions = await _erase_all(
        parts, lambda uow: uow.sessions.purge(now - SESSIONS_KEPT_FOR, BATCH)
    )
    notifications = await _erase_all(
        parts, lambda uow: uow.notifications.purge(now - NOTIFICATIONS_KEPT_FOR, BATCH)
    )
    if answers or sessions or notifications:
        _log.info("cleared_away", answers=answers, sessions=sessions, notifications=notifications)
    await clear_audit_log(parts)
    await clear_jobs(parts)


async def clear_jobs(parts: Parts) -> None:
    """Erase jobs that ended long ago."""
    now = parts.clock.now()
    done, dead = now - DONE_JOBS_KEPT_FOR, now - DEAD_JOBS_KEPT_FOR
    await _erase_all(parts, lambda uow: uow.background_tasks.purge(JobStatus.DONE, done, BATCH))
    await _erase_all(parts, lambda uow: uow.background_tasks.purge(JobStatus.DEAD, dead, BATCH))


async def _erase_all(parts: Parts, erase: Erase) -> int:
    """Erase batch after batch, each in a transaction of its own; how many rows there were."""
    erased = count = await _erase_some(parts, erase)
    while count == BATCH:
        count = await _erase_some(parts, erase)
        erased += count
    return erased


async def _erase_some(parts: Parts, erase: Erase) -> int:
    async with parts.database.writing() as transaction:
        count = await erase(transaction.uow)
        await transaction.commit()
    return count
