"""Telling the metrics how many jobs wait: also where workers in processes of their own do them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from app.core.metrics import JOBS_DUE
from app.parts import Parts
from app.worker.beside import repeat, run_beside

COUNT_SECONDS = 15.0
"""Prometheus asks about as often."""


async def count_due_jobs(parts: Parts) -> None:
    """Count the jobs that are due and not done."""
    async with parts.database.reading() as uow:
        JOBS_DUE.set(await uow.background_tasks.count_due(parts.clock.now()))


@asynccontextmanager
async def count_jobs(parts: Parts) -> AsyncIterator[None]:
    """Count them now and then, for as long as the service runs."""
    counting = repeat(partial(count_due_jobs, parts), COUNT_SECONDS, "job_counting")
    async with run_beside(counting, "job_counting"):
        yield
