"""Wake-ups for those who do jobs, within the process or over Redis to any other: ids and nothing else."""

import asyncio
from collections.abc import Collection

from app.core.jobs import JobWaker, RunJob


class InProcessWaker:
    """Calls whoever does jobs in this process."""

    def __init__(self) -> None:
        self._run: RunJob | None = None
        self._under_way: set[asyncio.Future[object]] = set()

    def wake(self, job_ids: Collection[int]) -> None:
        """Let these be done soon. Never waits and never fails."""
        if self._run is None:
            return
        for job_id in job_ids:
            call = asyncio.ensure_future(self._run(job_id))
            self._under_way.add(call)
            call.add_done_callback(self._under_way.discard)

    async def start(self, run: RunJob) -> None:
        """Begin to call ``run``, which must not fail, for each wake-up."""
        self._run = run

    async def stop(self) -> None:
        """Wake nobody any more."""
        self._run = None
        await asyncio.gather(*self._under_way, return_exceptions=True)


def create_waker(redis_url: str | None) -> JobWaker:
    """Within the process, or over this Redis."""
    if redis_url is None:
        return InProcessWaker()
    # Redis, taskiq and what they bring are heavy, and most servers have no Redis.
    from app.infra.redis_wakeups import RedisWaker

    return RedisWaker(redis_url)
