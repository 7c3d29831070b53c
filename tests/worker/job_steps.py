"""Steps that the tests of jobs share."""

from collections.abc import Sequence
from datetime import datetime

from app.core.jobs import JobKind, JobRequest
from app.db.repositories.background_tasks import JobFilter, JobRow
from tests.support.service import Service

KIND = JobKind.CLEAR_AWAY
"""Tests bring handlers of their own; any kind will do."""


async def want(
    service: Service,
    due_at: datetime | None = None,
    slot: str | None = None,
    kind: JobKind = KIND,
    **data: object,
) -> int:
    """Want a job; its id."""
    request = JobRequest(kind, data, due_at=due_at, slot=slot)
    async with service.parts.database.writing() as transaction:
        job_id = await transaction.uow.background_tasks.add(request, service.clock.now())
        await transaction.commit()
    assert job_id is not None
    return job_id


async def load_job(service: Service, job_id: int) -> JobRow:
    async with service.parts.database.reading() as uow:
        job = await uow.background_tasks.get(job_id)
    assert job is not None
    return job


async def list_jobs(service: Service) -> Sequence[JobRow]:
    """All jobs, the oldest first."""
    async with service.parts.database.reading() as uow:
        jobs = await uow.background_tasks.list_page(JobFilter(), 2**62, 1000)
    return list(reversed(jobs))
