"""Doing jobs: once at a time, until they are done, whatever goes wrong."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from app.core.errors import UnavailableError
from app.core.jobs import JobKind, JobRequest, JobStatus, PermanentJobError
from app.db.repositories.background_tasks import JobRow
from app.parts import Parts
from app.worker import jobs
from app.worker.jobs import MAX_ATTEMPTS, Handle, JobRunner, do_jobs, measure_pause
from tests.support.logs import listen
from tests.support.service import Service
from tests.worker.job_steps import KIND, list_jobs, load_job, want

DEAD_LEASE = str(UUID(int=1))
"""That of a worker that died."""


class Counter:
    """A handler that takes down which jobs it was given, and then does as told."""

    def __init__(self, *, fail: Exception | None = None, wait: asyncio.Event | None = None) -> None:
        self.seen: list[int] = []
        self.begun = asyncio.Event()
        self._fail = fail
        self._wait = wait

    async def __call__(self, _parts: Parts, job: JobRow) -> Mapping[str, Any]:
        self.seen.append(job.id)
        self.begun.set()
        if self._wait is not None:
            await self._wait.wait()
        if self._fail is not None:
            raise self._fail
        return {"doubled": 2 * job.data.get("number", 0)}


def runner(service: Service, handle: Handle) -> JobRunner:
    return JobRunner(service.parts, {KIND: handle})


async def wait_until_begun(handler: Counter) -> None:
    async with asyncio.timeout(10):
        await handler.begun.wait()


async def test_a_job_is_done_and_its_result_kept(service: Service) -> None:
    job_id = await want(service, number=21)
    await runner(service, Counter()).run(job_id)
    job = await load_job(service, job_id)
    assert (job.status, job.attempts, job.result) == (JobStatus.DONE, 1, {"doubled": 42})
    assert job.started_at == job.finished_at == service.clock.now()


async def test_what_is_taken_back_wants_nothing(service: Service) -> None:
    async with service.parts.database.writing() as transaction:
        await transaction.uow.background_tasks.add(JobRequest(KIND), service.clock.now())
    assert await list_jobs(service) == []


async def test_a_slot_is_for_one_job(service: Service) -> None:
    first = await want(service, slot="a@1")
    async with service.parts.database.writing() as transaction:
        again = JobRequest(KIND, slot="a@1")
        assert await transaction.uow.background_tasks.add(again, service.clock.now()) is None
        await transaction.commit()
    second = await want(service, slot="a@2")
    assert [job.id for job in await list_jobs(service)] == [first, second]


async def test_nothing_is_done_before_its_time(service: Service) -> None:
    job_id = await want(service, due_at=service.clock.now() + timedelta(seconds=1))
    handler = Counter()
    for expected in ([], [job_id]):
        await runner(service, handler).run(job_id)
        await runner(service, handler).run_due()
        assert handler.seen == expected
        service.clock.advance(seconds=1)


async def test_many_at_once_do_it_once(service: Service) -> None:
    job_id = await want(service)
    handler = Counter()
    workers = [runner(service, handler) for _ in range(3)]
    await asyncio.gather(*(worker.run(job_id) for worker in workers for _ in range(5)))
    assert handler.seen == [job_id]


@pytest.mark.parametrize(
    ("error", "reason"),
    [(UnavailableError(), UnavailableError.code), (ValueError("a secret"), "ValueError")],
)
async def test_a_failure_is_tried_again_until_it_is_dead(
    service: Service, error: Exception, reason: str
) -> None:
    job_id = await want(service)
    handler = Counter(fail=error)
    for attempt in range(1, MAX_ATTEMPTS):
        await runner(service, handler).run_due()
        job = await load_job(service, job_id)
        assert (job.status, job.attempts, job.error) == (JobStatus.QUEUED, attempt, reason)
        pause = job.due_at - service.clock.now()
        assert measure_pause(attempt, 0) <= pause <= measure_pause(attempt, 1)
        assert await runner(service, handler).run_due() == 0
        service.clock.set(job.due_at)
    await runner(service, handler).run_due()
    job = await load_job(service, job_id)
    assert (job.status, job.error, job.finished_at) == (JobStatus.DEAD, reason, service.clock.now())
    service.clock.advance(days=1)
    assert await runner(service, handler).run_due() == 0
    assert len(handler.seen) == MAX_ATTEMPTS


def test_pauses_grow_to_an_hour() -> None:
    pauses = [measure_pause(attempt, 0).total_seconds() for attempt in range(1, MAX_ATTEMPTS)]
    assert pauses == [5, 20, 80, 320, 1280, 3600, 3600]
    assert measure_pause(1, 1).total_seconds() == 6.25


async def test_what_can_never_succeed_is_not_tried_again(service: Service) -> None:
    job_id = await want(service)
    await runner(service, Counter(fail=PermanentJobError("no such address"))).run(job_id)
    job = await load_job(service, job_id)
    assert (job.status, job.attempts, job.error) == (JobStatus.DEAD, 1, "no such address")


async def test_a_kind_of_another_release_is_left_for_an_operator(service: Service) -> None:
    job_id = await want(service, kind=JobKind.MEASURE_TABLES)
    await runner(service, Counter()).run(job_id)
    assert (await load_job(service, job_id)).status == JobStatus.DEAD


async def test_the_dead_can_be_sent_again(service: Service) -> None:
    jobs = [await want(service) for _ in range(3)]
    for job_id in jobs[:2]:
        await runner(service, Counter(fail=PermanentJobError("no"))).run(job_id)
    for which, expected in ((jobs[2], []), (jobs[0], jobs[:1]), (None, jobs[1:2])):
        async with service.parts.database.writing() as transaction:
            tasks = transaction.uow.background_tasks
            assert list(await tasks.retry(which, service.clock.now())) == expected
            await transaction.commit()
    await runner(service, Counter()).run_due()
    done = await list_jobs(service)
    assert [(job.status, job.attempts, job.error) for job in done] == [("done", 1, None)] * 3


async def test_the_job_of_a_dead_worker_is_taken_over_when_its_lease_ends(service: Service) -> None:
    job_id = await want(service)
    lease = timedelta(seconds=service.parts.settings.job_lease_seconds)
    now = service.clock.now()
    async with service.parts.database.writing() as transaction:
        tasks = transaction.uow.background_tasks
        assert await tasks.claim(job_id, DEAD_LEASE, now, now + lease) is not None
        await transaction.commit()
    handler = Counter()
    assert await runner(service, handler).run_due() == 0
    service.clock.advance(seconds=lease.total_seconds())
    await runner(service, handler).run_due()
    job = await load_job(service, job_id)
    assert (job.status, job.attempts, handler.seen) == (JobStatus.DONE, 2, [job_id])


async def test_whoever_lost_the_lease_writes_nothing(service: Service) -> None:
    """As if the process had been stopped for longer than its lease."""
    job_id = await want(service, number=1)
    go_on = asyncio.Event()
    slow = Counter(wait=go_on)
    first = asyncio.create_task(runner(service, slow).run(job_id))
    await wait_until_begun(slow)
    service.clock.advance(seconds=service.parts.settings.job_lease_seconds)
    await runner(service, Counter(fail=PermanentJobError("the second"))).run(job_id)
    go_on.set()
    with listen() as log:
        await first
    assert (await load_job(service, job_id)).error == "the second"
    assert [line["event"] for line in log.lines] == ["job_lease_lost"]


async def test_a_job_whose_workers_always_die_is_not_tried_for_ever(service: Service) -> None:
    job_id = await want(service)
    for _ in range(MAX_ATTEMPTS):
        async with service.parts.database.writing() as transaction:
            now = service.clock.now()
            await transaction.uow.background_tasks.claim(job_id, DEAD_LEASE, now, now)
            await transaction.commit()
    handler = Counter()
    await runner(service, handler).run(job_id)
    assert (await load_job(service, job_id)).status == JobStatus.DEAD
    assert handler.seen == []


async def test_a_worker_that_leaves_gives_its_jobs_back(service: Service) -> None:
    job_id = await want(service)
    handler = Counter(wait=asyncio.Event())
    worker = runner(service, handler)
    task = asyncio.create_task(worker.run(job_id))
    await wait_until_begun(handler)
    await worker.stop(drain_seconds=0)
    assert task.cancelled()
    job = await load_job(service, job_id)
    assert (job.status, job.attempts) == (JobStatus.QUEUED, 0)
    await worker.run(job_id)
    assert handler.seen == [job_id]  # it begins nothing any more


async def test_one_that_takes_long_holds_up_no_other(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "LOOK_SECONDS", 0.01)
    go_on = asyncio.Event()
    slow, quick = Counter(wait=go_on), Counter()
    handlers: dict[str, Handle] = {KIND: slow, JobKind.MEASURE_TABLES: quick}
    worker = JobRunner(service.parts, handlers)
    first = await want(service)
    assert not await worker.begin_due()  # none was done yet
    await wait_until_begun(slow)
    second = await want(service, kind=JobKind.MEASURE_TABLES)
    while not quick.seen:
        await worker.begin_due()
    assert (slow.seen, quick.seen) == ([first], [second])
    go_on.set()
    await worker.stop(drain_seconds=10)
    assert {job.status for job in await list_jobs(service)} == {JobStatus.DONE}


async def test_while_nothing_can_be_claimed_there_are_pauses(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a full disk, where reads work and writes don't."""
    await want(service)
    worker = runner(service, Counter())

    async def refuse(job_id: int) -> None:
        raise OSError(job_id)

    monkeypatch.setattr(worker, "_claim", refuse)
    assert not await worker.begin_due()


async def test_what_hangs_is_tried_again(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "JOB_SECONDS", 0.01)
    job_id = await want(service)
    await runner(service, Counter(wait=asyncio.Event())).run(job_id)
    job = await load_job(service, job_id)
    assert (job.status, job.attempts, job.error) == (JobStatus.QUEUED, 1, "TimeoutError")


async def test_a_wake_up_comes_with_the_commit(service: Service) -> None:
    handler = Counter()
    async with do_jobs(service.parts, {KIND: handler}):
        job_id = await want(service)
        await wait_until_begun(handler)
    assert handler.seen == [job_id]
    assert (await load_job(service, job_id)).status == JobStatus.DONE
