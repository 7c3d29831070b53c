"""Telling the metrics how many jobs wait: also where workers in processes of their own do them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from app.core.errors import QuestboardError
from app.core.metrics import JOBS_DUE
from app.parts import Parts
from app.worker.beside import run_beside

COUNT_SECONDS = 15.0
"""Prometheus asks about as often."""


async def count_due_jobs(parts: Parts) -> None:
    """Count the jobs that are due and not done."""
    async with parts.database.reading() as uow:
        JOBS_DUE.set(await uow.background_tasks.count_due(parts.clock.now()))


@asynccontextmanager
async def count_jobs(parts: Parts) -> AsyncIterator[None]:
    """Count them now and then, for as long as the service runs."""
    async with run_beside(_count_always(parts), "job_counting"):
        yield


async def _count_always(parts: Parts) -> None:
    while True:
        with suppress(QuestboardError):  # out of reach or busy, which is logged where it happens
            await count_due_jobs(parts)
        await asyncio.sleep(COUNT_SECONDS)
