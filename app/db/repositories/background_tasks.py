"""Background jobs in the database: wanted, claimed by one worker at a time, finished."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, func, insert, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.jobs import JobRequest, JobStatus
from app.db.models import BackgroundTask
from app.db.repositories.base import Repository, rows_affected

MAX_ERROR = 500

_UNSYNCHRONIZED: dict[str, Any] = {"synchronize_session": False}
# As the predicate of ix_background_tasks_due has it, so that both databases see that it serves.
_UNFINISHED = text("background_tasks.status IN ('queued', 'running')")
_ROW = (
    BackgroundTask.id,
    BackgroundTask.user_id,
    BackgroundTask.kind,
    BackgroundTask.data,
    BackgroundTask.status,
    BackgroundTask.attempts,
    BackgroundTask.created_at,
    BackgroundTask.due_at,
    BackgroundTask.slot,
    BackgroundTask.started_at,
    BackgroundTask.finished_at,
    BackgroundTask.result,
    BackgroundTask.error,
)
_DUE = (
    select(BackgroundTask.id)
    .where(_UNFINISHED, BackgroundTask.due_at <= bindparam("now"))
    .order_by(BackgroundTask.due_at, BackgroundTask.id)
    .limit(bindparam("count"))
)
_COUNT_DUE = (
    select(func.count())
    .select_from(BackgroundTask)
    .where(_UNFINISHED, BackgroundTask.due_at <= bindparam("now"))
)
_NEXT_DUE = select(func.min(BackgroundTask.due_at)).where(_UNFINISHED)
_GET = select(*_ROW).where(BackgroundTask.id == bindparam("of_job"))
_PAGE = (
    select(*_ROW)
    .where(BackgroundTask.id < bindparam("before_id"))
    .order_by(BackgroundTask.id.desc())
    .limit(bindparam("count"))
)
_PAGE_OF_USER = _PAGE.where(BackgroundTask.user_id == bindparam("of_user"))
_CLAIM = (
    update(BackgroundTask)
    .where(
        BackgroundTask.id == bindparam("of_job"),
        _UNFINISHED,
        BackgroundTask.due_at <= bindparam("now"),
    )
    .values(
        status=JobStatus.RUNNING,
        attempts=BackgroundTask.attempts + 1,
        lease=bindparam("by"),
        started_at=bindparam("now"),
        due_at=bindparam("until"),
    )
    .returning(*_ROW)
    .execution_options(**_UNSYNCHRONIZED)
)
_OWNED = (
    BackgroundTask.id == bindparam("of_job"),
    BackgroundTask.lease == bindparam("by"),
    BackgroundTask.status == JobStatus.RUNNING,
)
_RENEW = (
    update(BackgroundTask)
    .where(*_OWNED)
    .values(due_at=bindparam("until"))
    .execution_options(**_UNSYNCHRONIZED)
)
_FINISH = (
    update(BackgroundTask)
    .where(*_OWNED)
    .values(
        status=bindparam("to_status"),
        finished_at=bindparam("at"),
        due_at=bindparam("next_at"),
        lease=None,
        result=bindparam("with_result", type_=BackgroundTask.result.type),
        error=bindparam("with_error"),
    )
    .execution_options(**_UNSYNCHRONIZED)
)
_GIVE_BACK = (
    update(BackgroundTask)
    .where(*_OWNED)
    .values(
        status=JobStatus.QUEUED,
        attempts=BackgroundTask.attempts - 1,
        due_at=bindparam("now"),
        lease=None,
    )
    .execution_options(**_UNSYNCHRONIZED)
)
_RETRY = (
    update(BackgroundTask)
    .where(
        BackgroundTask.status == JobStatus.DEAD,
        or_(bindparam("all_of_them"), BackgroundTask.id == bindparam("of_job")),
    )
    .values(
        status=JobStatus.QUEUED, attempts=0, due_at=bindparam("now"), finished_at=None, error=None
    )
    .returning(BackgroundTask.id)
    .execution_options(**_UNSYNCHRONIZED)
)
_DROP = (
    delete(BackgroundTask)
    .where(BackgroundTask.id == bindparam("of_job"), BackgroundTask.status != JobStatus.RUNNING)
    .execution_options(**_UNSYNCHRONIZED)
)
_OLD = (
    select(BackgroundTask.id)
    .where(
        BackgroundTask.status == bindparam("of_status"),
        BackgroundTask.finished_at < bindparam("before"),
    )
    .order_by(BackgroundTask.finished_at)
    .limit(bindparam("count"))
    .scalar_subquery()
)
_PURGE = (
    delete(BackgroundTask).where(BackgroundTask.id.in_(_OLD)).execution_options(**_UNSYNCHRONIZED)
)


@dataclass(frozen=True, slots=True)
class JobRow:
    """A job as it stands. ``due_at`` of a running one is when its lease ends."""

    id: int
    user_id: int | None
    kind: str
    data: Mapping[str, Any]
    status: str
    attempts: int
    created_at: datetime
    due_at: datetime
    slot: str | None
    started_at: datetime | None
    finished_at: datetime | None
    result: Mapping[str, Any] | None
    error: str | None


@dataclass(frozen=True, slots=True)
class JobFilter:
    """Which jobs operators look at; None for any."""

    status: JobStatus | None = None
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class JobEnd:
    """How a try ended. ``next_at``: when to try again, or the same as ``at``."""

    status: JobStatus
    at: datetime
    next_at: datetime
    result: Mapping[str, Any] | None = None
    error: str | None = None


def find_wanted(session: AsyncSession) -> set[int]:
    """Where the ids of the jobs are collected that are wanted at once, in this session."""
    wanted: set[int] = session.info.setdefault("wanted", set())
    return wanted


class BackgroundTaskReader(Repository):
    """Looks jobs up."""

    async def list_due(self, now: datetime, count: int) -> Sequence[int]:
        """At most ``count`` jobs to be done now, those due first: queued ones, and those whose worker
        let the lease run out.
        """
        return (await self._session.scalars(_DUE, {"now": now, "count": count})).all()

    async def count_due(self, now: datetime) -> int:
        """How many are to be done now."""
        return (await self._session.execute(_COUNT_DUE, {"now": now})).scalar_one()

    async def find_next_due(self) -> datetime | None:
        """When the next one is due, or the next lease ends; None without any."""
        return (await self._session.execute(_NEXT_DUE)).scalar_one()

    async def get(self, job_id: int) -> JobRow | None:
        """One job."""
        row = (await self._session.execute(_GET, {"of_job": job_id})).one_or_none()
        return None if row is None else JobRow(*row)

    async def list_of_user(self, user_id: int, before_id: int, count: int) -> Sequence[JobRow]:
        """At most ``count`` jobs about a user with a smaller id than ``before_id``, newest first."""
        parameters = {"of_user": user_id, "before_id": before_id, "count": count}
        return [JobRow(*row) for row in await self._session.execute(_PAGE_OF_USER, parameters)]

    async def list_page(self, chosen: JobFilter, before_id: int, count: int) -> Sequence[JobRow]:
        """The same of all jobs, for operators."""
        statement = _PAGE
        if chosen.status is not None:
            statement = statement.where(BackgroundTask.status == chosen.status)
        if chosen.kind is not None:
            statement = statement.where(BackgroundTask.kind == chosen.kind)
        found = await self._session.execute(statement, {"before_id": before_id, "count": count})
        return [JobRow(*row) for row in found]


class BackgroundTaskRepository(BackgroundTaskReader):
    """Wants jobs, claims and finishes them."""

    def __init__(self, session: AsyncSession) -> None:
        super().__init__(session)
        self._wanted = find_wanted(session)

    async def add(self, request: JobRequest, now: datetime) -> int | None:
        """Want a job; its id, or None if it was wanted in the same slot before.

        Whoever does jobs is woken once this is committed, if it is due by then.
        """
        values = {
            "kind": request.kind,
            "user_id": request.user_id,
            "data": dict(request.data),
            "status": JobStatus.QUEUED,
            "attempts": 0,
            "created_at": now,
            "due_at": request.due_at or now,
            "slot": request.slot,
        }
        if request.slot is None:
            statement = insert(BackgroundTask).values(values).returning(BackgroundTask.id)
        else:
            statement = (
                self._insert_into(BackgroundTask)
                .values(values)
                .on_conflict_do_nothing(index_elements=["slot"])
                .returning(BackgroundTask.id)
            )
        job_id = (await self._session.execute(statement)).scalar_one_or_none()
        if job_id is not None and (request.due_at is None or request.due_at <= now):
            self._wanted.add(job_id)
        return job_id

    async def claim(self, job_id: int, by: str, now: datetime, until: datetime) -> JobRow | None:
        """Take a job that is due, until the lease ends; None if somebody else has it, or did it.

        ``by`` is new for each try.
        """
        parameters = {"of_job": job_id, "by": by, "now": now, "until": until}
        row = (await self._session.execute(_CLAIM, parameters)).one_or_none()
        return None if row is None else JobRow(*row)

    async def renew(self, job_id: int, by: str, until: datetime) -> bool:
        """Make a lease longer; False if it is lost."""
        parameters = {"of_job": job_id, "by": by, "until": until}
        return rows_affected(await self._session.execute(_RENEW, parameters)) > 0

    async def finish(self, job_id: int, by: str, end: JobEnd) -> bool:
        """Write down how a try ended; False if the lease is lost, and somebody else is at it."""
        parameters = {
            "of_job": job_id,
            "by": by,
            "to_status": end.status,
            "at": None if end.status is JobStatus.QUEUED else end.at,
            "next_at": end.next_at,
            "with_result": None if end.result is None else dict(end.result),
            "with_error": None if end.error is None else end.error[:MAX_ERROR],
        }
        return rows_affected(await self._session.execute(_FINISH, parameters)) > 0

    async def give_back(self, job_id: int, by: str, now: datetime) -> None:
        """Let others have a job that was not finished, as if it had not been tried."""
        await self._session.execute(_GIVE_BACK, {"of_job": job_id, "by": by, "now": now})

    async def retry(self, job_id: int | None, now: datetime) -> Collection[int]:
        """Let a dead job be tried again, or without an id all of them; the ids of those."""
        parameters = {"of_job": job_id, "all_of_them": job_id is None, "now": now}
        ids = (await self._session.scalars(_RETRY, parameters)).all()
        self._wanted.update(ids)
        return ids

    async def drop(self, job_id: int) -> bool:
        """Erase a job that is not running; False if there is none such."""
        return rows_affected(await self._session.execute(_DROP, {"of_job": job_id})) > 0

    async def purge(self, status: JobStatus, before: datetime, count: int) -> int:
        """Erase at most ``count`` jobs that ended so before then, the oldest first; how many there were."""
        parameters = {"of_status": status, "before": before, "count": count}
        return rows_affected(await self._session.execute(_PURGE, parameters))
