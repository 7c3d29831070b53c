"""Workers as processes of their own: they die amid jobs, and none is lost or done by two at once."""

import asyncio
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.core.jobs import JobRequest, JobStatus
from tests.support.process import ROOT, make_environment
from tests.support.redis import provide_redis
from tests.support.service import Service
from tests.worker.job_steps import KIND, list_jobs

DONE_SECONDS = 90
LOOKS_A_SECOND = 5


@contextmanager
def run_workers(
    service: Service, record: Path, how: str, count: int, **settings: str
) -> Iterator[None]:
    """So many workers over the service's database."""
    environment = make_environment(
        DATABASE_URL=service.parts.settings.resolved_database_url,
        DATA_DIR=str(record.parent),
        JOB_LEASE_SECONDS="1",
        **settings,
    )
    command = [sys.executable, "-m", "tests.support.job_worker", str(record), how]
    workers = [subprocess.Popen(command, cwd=ROOT, env=environment) for _ in range(count)]
    try:
        yield
    finally:
        for worker in workers:
            worker.send_signal(signal.SIGTERM)
        for worker in workers:
            assert worker.wait(30) == 0


async def want_many(service: Service, count: int) -> None:
    now = service.clock.now()
    async with service.parts.database.writing() as transaction:
        for number in range(count):
            await transaction.uow.background_tasks.add(JobRequest(KIND, {"number": number}), now)
        await transaction.commit()


async def wait_until_done(service: Service) -> None:
    for _ in range(DONE_SECONDS * LOOKS_A_SECOND):
        states = Counter(job.status for job in await list_jobs(service))
        if set(states) == {JobStatus.DONE}:
            return
        await asyncio.sleep(1 / LOOKS_A_SECOND)
    pytest.fail(f"still to be done: {states}")


def read(record: Path) -> list[tuple[str, int, int, int]]:
    """What began and ended: event, job, process, try; in the order in which it happened."""
    lines = [line.split() for line in record.read_text().splitlines()]
    return [(event, int(job), int(process), int(n)) for event, job, process, n in lines]


def find_overlaps(record: Path) -> list[int]:
    """Jobs that were begun while a process that had begun them before was at them still."""
    overlaps: list[int] = []
    at_work: dict[int, int] = {}
    for event, job, process, _ in read(record):
        if event == "end":
            at_work.pop(job, None)
        else:
            if job in at_work:
                overlaps.append(job)
            at_work[job] = process
    return overlaps


async def test_a_worker_killed_in_the_middle_of_each_of_fifty_jobs(
    service: Service, tmp_path: Path
) -> None:
    record = tmp_path / "record"
    await want_many(service, 50)
    with run_workers(service, record, "kill", 1):
        await wait_until_done(service)
    jobs = await list_jobs(service)
    assert len(jobs) == 50
    assert all(job.attempts >= 2 for job in jobs)
    began = Counter(job for event, job, _, _ in read(record) if event == "begin")
    # Some ended twice: their process died after that, and before it had written down that they were done.
    assert {job for event, job, _, _ in read(record) if event == "end"} == {job.id for job in jobs}
    assert all(began[job.id] >= 2 for job in jobs)


@pytest.mark.parametrize("with_redis", [False, True])
async def test_two_workers_do_five_hundred_jobs_and_none_at_once(
    service: Service, tmp_path: Path, with_redis: bool
) -> None:
    record = tmp_path / "record"
    if not with_redis:
        await want_many(service, 500)
        with run_workers(service, record, "work", 2):
            await wait_until_done(service)
    else:
        with provide_redis(tmp_path) as redis:
            await want_many(service, 500)
            with run_workers(service, record, "work", 2, REDIS_URL=redis.url):
                await wait_until_done(service)
    assert find_overlaps(record) == []
    ended = Counter(job for event, job, _, _ in read(record) if event == "end")
    assert ended == Counter(job.id for job in await list_jobs(service))
    assert len({process for _, _, process, _ in read(record)}) == 2
