"""What is to be done once a period is wanted once, however many processes there are."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.core.jobs import JobKind, JobStatus
from app.worker.handlers import HANDLERS
from app.worker.schedules import SCHEDULES, Schedule, keep_schedules, want_due
from tests.support.logs import listen
from tests.support.process import free_port
from tests.support.service import Service, run_service
from tests.worker.job_steps import list_jobs

HOURLY = Schedule(JobKind.CLEAR_AWAY, timedelta(hours=1), timedelta(minutes=20))
WEEKLY = Schedule(JobKind.CLOSE_LEAGUES, timedelta(weeks=1), timedelta(minutes=5))


@pytest.mark.parametrize(
    ("schedule", "now", "start"),
    [
        (HOURLY, "2026-03-02T12:20:00", "2026-03-02T12:20:00"),
        (HOURLY, "2026-03-02T12:19:59.999999", "2026-03-02T11:20:00"),
        (HOURLY, "2026-01-01T00:00:00", "2025-12-31T23:20:00"),
        (WEEKLY, "2026-03-09T00:05:00", "2026-03-09T00:05:00"),
        (WEEKLY, "2026-03-09T00:04:59", "2026-03-02T00:05:00"),
        (WEEKLY, "2026-03-15T23:59:59", "2026-03-09T00:05:00"),
    ],
)
def test_periods_begin_on_time(schedule: Schedule, now: str, start: str) -> None:
    at = datetime.fromisoformat(now).replace(tzinfo=UTC)
    assert schedule.find_start(at) == datetime.fromisoformat(start).replace(tzinfo=UTC)


def test_every_kind_of_job_has_somebody_who_does_it() -> None:
    assert set(HANDLERS) == set(JobKind)


async def test_processes_want_it_once_a_period(service: Service) -> None:
    for _ in range(2):
        for _ in range(2):
            await asyncio.gather(*(want_due(service.parts, set()) for _ in range(4)))
        service.clock.advance(hours=1)
    slots = [job.slot for job in await list_jobs(service)]
    begun_anew = [schedule for schedule in SCHEDULES if schedule.period <= timedelta(hours=1)]
    assert len(slots) == len(set(slots)) == len(SCHEDULES) + len(begun_anew)
    await service.settle()
    assert {job.status for job in await list_jobs(service)} == {JobStatus.DONE}


async def test_a_process_asks_the_database_once_a_period(service: Service) -> None:
    known: set[str] = set()
    for expected in (len(SCHEDULES), 0):
        with service.statements.count() as statements:
            await want_due(service.parts, known)
        assert len(statements) == expected


async def test_a_database_out_of_reach_ends_nothing(tmp_path: Path) -> None:
    nowhere = f"postgresql+asyncpg://nobody@127.0.0.1:{free_port()}/nothing"
    async with run_service(nowhere, tmp_path) as service:
        with listen() as log:
            async with keep_schedules(service.parts):
                for _ in range(2000):
                    if "work_put_off" in log.getvalue():
                        return
                    await asyncio.sleep(0.01)
    pytest.fail("the loop did not begin")
