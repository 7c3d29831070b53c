"""Background jobs: what is wanted, and who is woken to do it.

What is to be done stands in the database, written in the transaction that wants it. A wake-up only makes it
happen soon; it may be lost or come twice, so every job may run twice, and workers also look by themselves.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol


class JobStatus(StrEnum):
    """How far a job is. Dead: it failed too often, and waits for an operator."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    DEAD = "dead"


class JobKind(StrEnum):
    """What is to be done; at most 64 characters."""

    CLEAR_AWAY = "clear_away"
    CLOSE_CHALLENGES = "close_challenges"
    CLOSE_LEAGUES = "close_leagues"
    MEASURE_TABLES = "measure_tables"
    WANT_MAILS = "want_mails"
    SEND_VERIFICATION = "send_verification"
    SEND_RESET_LINK = "send_reset_link"
    TELL_ACCOUNT_CHANGED = "tell_account_changed"
    SEND_REMINDER = "send_reminder"
    SEND_REPORT = "send_report"


@dataclass(frozen=True, slots=True)
class JobRequest:
    """A job that somebody wants.

    ``data`` are plain JSON values, and no secrets: operators read them. ``due_at``: not before then, None for
    at once. ``slot``: whatever is wanted in the same slot once more is the same job.
    """

    kind: JobKind
    data: Mapping[str, Any] = field(default_factory=dict)
    user_id: int | None = None
    due_at: datetime | None = None
    slot: str | None = None


class JobFailedError(Exception):
    """A job failed for a reason that is known. The message is for operators: no secrets."""


class PermanentJobError(JobFailedError):
    """It can never succeed, so it is not tried again."""


RunJob = Callable[[int], Awaitable[object]]


class JobWaker(Protocol):
    """Wakes those who do jobs."""

    def wake(self, job_ids: Collection[int]) -> None:
        """Let these be done soon, by any process that does jobs. Never waits and never fails."""
        ...

    async def start(self, run: RunJob) -> None:
        """Begin to call ``run`` for each wake-up. A process that does no jobs never calls this."""
        ...

    async def stop(self) -> None:
        """Wake nobody any more."""
        ...
