"""Background jobs as learners and operators see them. Doing them is the workers' part."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.core.clock import Clock
from app.core.errors import NotFoundError
from app.core.jobs import JobStatus
from app.core.listing import Page
from app.db.repositories.background_tasks import JobFilter, JobRow
from app.db.unit_of_work import ReadUnitOfWork, UnitOfWork
from app.services.paging import NEWEST, cut_page, decode_id, encode_cursor
from app.services.principal import Principal

_LIST = "background_tasks"


class JobNotFoundError(NotFoundError):
    """No such job, or it is running and can't be dropped."""

    code = "job_not_found"
    detail = "There is no such job that this can be done to."


@dataclass(frozen=True, slots=True)
class JobView:
    """See ``app.schemas.background_tasks.BackgroundTaskRead`` for what the fields mean to clients."""

    id: int
    kind: str
    status: JobStatus
    attempts: int
    created_at: datetime
    due_at: datetime
    finished_at: datetime | None
    result: Mapping[str, Any] | None


class BackgroundTaskReadService:
    """Shows learners the jobs that are about them."""

    def __init__(self, uow: ReadUnitOfWork) -> None:
        self._uow = uow

    async def list_page(
        self, principal: Principal, limit: int, cursor: str | None
    ) -> Page[JobView]:
        """A page, newest first.

        Raises:
            BadCursorError: the cursor is not one of this list.
        """
        before_id = decode_id(_LIST, cursor, NEWEST)
        rows = await self._uow.background_tasks.list_of_user(
            principal.user_id, before_id, limit + 1
        )
        return cut_page(rows, limit, _show, lambda row: encode_cursor(_LIST, [row.id]))


class BackgroundTaskService:
    """What operators do with all jobs."""

    def __init__(self, uow: UnitOfWork, clock: Clock) -> None:
        self._uow = uow
        self._clock = clock

    async def list_newest(self, chosen: JobFilter, count: int) -> Sequence[JobRow]:
        """The newest ``count`` of the chosen jobs, with all that is known of them."""
        return await self._uow.background_tasks.list_page(chosen, NEWEST, count)

    async def get(self, job_id: int) -> JobRow:
        """One job.

        Raises:
            JobNotFoundError: there is none.
        """
        job = await self._uow.background_tasks.get(job_id)
        if job is None:
            raise JobNotFoundError
        return job

    async def retry(self, job_id: int | None) -> int:
        """Let a dead job be tried again, or without an id all of them; how many.

        Raises:
            JobNotFoundError: no dead job has the id.
        """
        retried = await self._uow.background_tasks.retry(job_id, self._clock.now())
        if job_id is not None and not retried:
            raise JobNotFoundError
        return len(retried)

    async def drop(self, job_id: int) -> None:
        """Erase a job that is not running.

        Raises:
            JobNotFoundError: there is none, or it is running.
        """
        if not await self._uow.background_tasks.drop(job_id):
            raise JobNotFoundError


def _show(row: JobRow) -> JobView:
    return JobView(
        id=row.id,
        kind=row.kind,
        status=JobStatus(row.status),
        attempts=row.attempts,
        created_at=row.created_at,
        due_at=row.due_at,
        finished_at=row.finished_at,
        result=row.result,
    )
