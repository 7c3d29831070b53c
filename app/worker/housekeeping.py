"""Clearing away what has served its time: a job, once an hour."""

from datetime import timedelta

import structlog

from app.core.jobs import JobStatus
from app.core.limits import IDEMPOTENCY_KEY_SECONDS
from app.parts import Parts
from app.worker.audit_clearing import clear_audit_log

NOTIFICATIONS_KEPT_FOR = timedelta(days=90)
DONE_JOBS_KEPT_FOR = timedelta(days=14)
"""Longer than any schedule's period, so that a slot is never free again within it."""
DEAD_JOBS_KEPT_FOR = timedelta(days=90)
BATCH = 1000
"""Jobs erased in one transaction."""
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
    await clear_audit_log(parts)
    await clear_jobs(parts)


async def clear_jobs(parts: Parts) -> None:
    """Erase jobs that ended long ago, some in each transaction."""
    now = parts.clock.now()
    for status, kept_for in (
        (JobStatus.DONE, DONE_JOBS_KEPT_FOR),
        (JobStatus.DEAD, DEAD_JOBS_KEPT_FOR),
    ):
        erased = BATCH
        while erased == BATCH:
            async with parts.database.writing() as transaction:
                tasks = transaction.uow.background_tasks
                erased = await tasks.purge(status, now - kept_for, BATCH)
                await transaction.commit()
