"""Doing jobs: claimed under a lease, tried again with growing pauses, left for an operator in the end.

However often a wake-up comes and whichever process dies, a job is done by one worker at a time, and until it
is done.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from secrets import SystemRandom
from typing import Any
from uuid import uuid4

import structlog

from app.core.errors import QuestboardError
from app.core.jobs import JobFailedError, JobStatus, PermanentJobError
from app.core.metrics import record_job
from app.db.repositories.background_tasks import JobEnd, JobRow
from app.parts import Parts
from app.worker.beside import look_once, run_beside

Handle = Callable[[Parts, JobRow], Awaitable[Mapping[str, Any] | None]]
"""Does a job; what it gives is kept as the job's result (plain JSON values, no secrets)."""

Handlers = Mapping[str, Handle]
"""By kind."""

MAX_ATTEMPTS = 8
FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(hours=1)
_PAUSE_FACTOR = 4
_JITTER = 0.25

AT_ONCE = 8
"""Jobs that one process does at a time: few, so that requests keep connections, and more than may wait for
a mail server."""

LOOK_SECONDS = 2.0
"""How often a process looks for jobs whose wake-up was lost, whose time has come, or whose worker died."""

JOB_SECONDS = 900.0
"""How long one try may take: whatever hangs is tried again elsewhere."""

DRAIN_SECONDS = 5.0
"""How long jobs under way may still take when the process leaves."""

_random = SystemRandom()
_log = structlog.get_logger(__name__)


def measure_pause(attempts: int, spread: float) -> timedelta:
    """How long to wait after so many tries (1 or more); ``spread``, 0 to 1, keeps jobs from coming together.

    Exponential backoff: 5 s, 20 s, 80 s and so on up to an hour, up to a quarter longer.
    """
    pause: timedelta = min(FIRST_PAUSE * _PAUSE_FACTOR ** (attempts - 1), LONGEST_PAUSE)
    return pause * (1 + _JITTER * spread)


@dataclass(frozen=True, slots=True)
class _Claim:
    job: JobRow
    lease: str


class JobRunner:
    """Does the jobs of one process."""

    def __init__(self, parts: Parts, handlers: Handlers, at_once: int = AT_ONCE) -> None:
        self._parts = parts
        self._handlers = handlers
        self._lease = timedelta(seconds=parts.settings.job_lease_seconds)
        self._places = asyncio.Semaphore(at_once)
        self._batch = at_once * 4
        self._running: set[asyncio.Task[Any]] = set()
        self._begun: dict[int, asyncio.Task[bool]] = {}
        self._is_leaving = False

    async def run(self, job_id: int) -> bool:
        """Do a job, if it is to be done and nobody is at it; whether it was. Never fails.

        When it is cancelled the job is given back, for others to do.
        """
        async with self._places:
            if self._is_leaving:
                return False
            with self._held():
                # Out of reach or busy: then the job is found by looking.
                return bool(await look_once(partial(self._claim_and_do, job_id), "job"))

    async def run_due(self) -> int:
        """Do all that is due, some at a time; how many were looked at."""
        due = await self._list_due()
        await asyncio.gather(*map(self.run, due))
        return len(due)

    async def begin_due(self) -> bool:
        """Begin what is due, and wait for it a little: one that takes long does not hold up the others.

        Whether any was done, so that there is a reason to look again at once.
        """
        due = [job_id for job_id in await self._list_due() if job_id not in self._begun]
        tasks = [asyncio.create_task(self.run(job_id), name="job") for job_id in due]
        for job_id, task in zip(due, tasks, strict=True):
            self._begun[job_id] = task
            task.add_done_callback(partial(self._forget, job_id))
        if not tasks:
            return False
        done, _ = await asyncio.wait(tasks, timeout=LOOK_SECONDS)
        return any(task.result() for task in done)

    def _forget(self, job_id: int, _task: asyncio.Task[bool]) -> None:
        del self._begun[job_id]

    async def _list_due(self) -> Sequence[int]:
        if self._is_leaving:
            return ()
        async with self._parts.database.reading() as uow:
            count = self._batch + len(self._begun)
            return await uow.background_tasks.list_due(self._parts.clock.now(), count)

    async def stop(self, drain_seconds: float) -> None:
        """Begin nothing more; give what runs so long to end, then give it back."""
        self._is_leaving = True
        if not self._running:
            return
        _, late = await asyncio.wait(self._running, timeout=drain_seconds)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    @contextmanager
    def _held(self) -> Iterator[None]:
        task = asyncio.current_task()
        running = set() if task is None else {task}
        self._running |= running
        try:
            yield
        finally:
            self._running -= running

    async def _claim_and_do(self, job_id: int) -> bool:
        claim = await self._claim(job_id)
        if claim is not None:
            await self._do(claim)
        return claim is not None

    async def _claim(self, job_id: int) -> _Claim | None:
        lease, now = str(uuid4()), self._parts.clock.now()
        async with self._parts.database.writing() as transaction:
            tasks = transaction.uow.background_tasks
            job = await tasks.claim(job_id, lease, now, now + self._lease)
            await transaction.commit()
        return None if job is None else _Claim(job, lease)

    async def _do(self, claim: _Claim) -> None:
        job = claim.job
        kind = job.kind if job.kind in self._handlers else "unknown"
        begun = time.perf_counter()
        with structlog.contextvars.bound_contextvars(job_id=job.id, job_kind=job.kind):
            try:
                async with run_beside(self._keep_lease(claim), "job_lease"):
                    end = await self._try(job)
            except asyncio.CancelledError:
                await asyncio.shield(self._give_back(claim))
                raise
            record_job(kind, end.status, time.perf_counter() - begun)
            await self._finish(claim, end)

    async def _try(self, job: JobRow) -> JobEnd:
        handle = self._handlers.get(job.kind)
        if handle is None:
            return self._end_dead("no such kind of job in this release")
        if job.attempts > MAX_ATTEMPTS:
            return self._end_dead("whoever tried it did not live to tell")
        # gather hands back whatever goes wrong, bugs included: they must not end the worker.
        work = asyncio.wait_for(handle(self._parts, job), JOB_SECONDS)
        [ended] = await asyncio.gather(work, return_exceptions=True)
        if isinstance(ended, PermanentJobError):
            return self._end_dead(str(ended))
        if isinstance(ended, BaseException):
            return self._end_failed(job, _describe(ended))
        now = self._parts.clock.now()
        return JobEnd(JobStatus.DONE, now, now, ended)

    def _end_dead(self, reason: str) -> JobEnd:
        now = self._parts.clock.now()
        return JobEnd(JobStatus.DEAD, now, now, error=reason)

    def _end_failed(self, job: JobRow, reason: str) -> JobEnd:
        if job.attempts >= MAX_ATTEMPTS:
            return self._end_dead(reason)
        now = self._parts.clock.now()
        next_at = now + measure_pause(job.attempts, _random.random())
        return JobEnd(JobStatus.QUEUED, now, next_at, error=reason)

    async def _finish(self, claim: _Claim, end: JobEnd) -> None:
        job = claim.job
        async with self._parts.database.writing() as transaction:
            tasks = transaction.uow.background_tasks
            is_ours = await tasks.finish(job.id, claim.lease, end)
            await transaction.commit()
        log = _log.info if end.status is JobStatus.DONE else _log.warning
        name = "job_ended" if is_ours else "job_lease_lost"
        log(name, status=end.status.value, attempts=job.attempts, reason=end.error)

    async def _give_back(self, claim: _Claim) -> None:
        try:
            async with self._parts.database.writing() as transaction:
                await transaction.uow.background_tasks.give_back(
                    claim.job.id, claim.lease, self._parts.clock.now()
                )
                await transaction.commit()
        except QuestboardError as error:  # then its lease runs out
            _log.warning("job_not_given_back", job_id=claim.job.id, code=error.code)

    async def _keep_lease(self, claim: _Claim) -> None:
        """Make the lease longer while the job runs. Should that fail once, another time will do."""
        while True:
            await asyncio.sleep(self._lease.total_seconds() / 3)
            try:
                async with self._parts.database.writing() as transaction:
                    until = self._parts.clock.now() + self._lease
                    tasks = transaction.uow.background_tasks
                    await tasks.renew(claim.job.id, claim.lease, until)
                    await transaction.commit()
            except QuestboardError as error:
                _log.warning("job_lease_not_renewed", code=error.code)


def _describe(error: BaseException) -> str:
    """What an operator may read of it. The text of an error that nobody foresaw may hold anything."""
    if isinstance(error, JobFailedError):
        return str(error)
    if isinstance(error, QuestboardError):
        return error.code
    _log.error("job_failed", exc_info=error)
    return type(error).__name__


@asynccontextmanager
async def do_jobs(parts: Parts, handlers: Handlers) -> AsyncIterator[None]:
    """Do jobs as they come and look for those that nobody told of, for as long as the service runs."""
    runner = JobRunner(parts, handlers)
    await parts.jobs.start(runner.run)
    async with run_beside(_look_always(runner), "jobs"):
        try:
            yield
        finally:
            await runner.stop(DRAIN_SECONDS)


async def _look_always(runner: JobRunner) -> None:
    while True:
        if not await look_once(runner.begin_due, "jobs"):
            await asyncio.sleep(LOOK_SECONDS)
