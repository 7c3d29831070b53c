"""Everything that goes on beside requests, in processes of the API and in workers."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from app.parts import Parts
from app.worker.config_following import follow_config
from app.worker.event_polling import poll_events
from app.worker.handlers import HANDLERS
from app.worker.job_counting import count_jobs
from app.worker.jobs import do_jobs
from app.worker.league_joining import fill_leagues
from app.worker.schedules import keep_schedules


@asynccontextmanager
async def work_beside(parts: Parts) -> AsyncIterator[None]:
    """All that a process of the API does beside requests: jobs as well, unless workers are to do them."""
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(follow_config(parts))
        await stack.enter_async_context(poll_events(parts))
        await stack.enter_async_context(count_jobs(parts))
        if parts.settings.run_jobs:
            await stack.enter_async_context(work(parts))
        yield


@asynccontextmanager
async def work(parts: Parts) -> AsyncIterator[None]:
    """All that a worker does."""
    async with do_jobs(parts, HANDLERS), keep_schedules(parts), fill_leagues(parts):
        yield
