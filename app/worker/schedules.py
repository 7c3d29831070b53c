"""What is to be done once a period, however many processes there are.

Each wants the job of the present period; the slot, of which the database takes one, makes it a single job. A
period in which no process ran is made up for by nobody but the next.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

from app.core.jobs import JobKind, JobRequest
from app.parts import Parts
from app.services.league_closing import GRACE
from app.worker.beside import repeat, run_beside

LOOK_SECONDS = 1.0

_MONDAY = datetime(2024, 1, 1, tzinfo=UTC)
"""Periods are counted from midnight of a Monday, so that those of a week are ISO weeks in UTC."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """A job for each period, wanted so long after it began."""

    kind: JobKind
    period: timedelta
    after: timedelta = timedelta(0)

    def find_start(self, now: datetime) -> datetime:
        """When the present period's job was to begin."""
        since = now - _MONDAY - self.after
        return now - since % self.period

    def request(self, now: datetime) -> JobRequest:
        """The job of the present period."""
        slot = f"{self.kind}@{self.find_start(now):%Y-%m-%dT%H:%M}"
        return JobRequest(self.kind, slot=slot)


SCHEDULES: Sequence[Schedule] = (
    Schedule(JobKind.CLEAR_AWAY, timedelta(hours=1), timedelta(minutes=20)),
    Schedule(JobKind.MEASURE_TABLES, timedelta(hours=1)),
    Schedule(JobKind.WANT_MAILS, timedelta(minutes=5)),
    # Each challenge has a job of its own at its end; this finds what was left over.
    Schedule(JobKind.CLOSE_CHALLENGES, timedelta(hours=1), timedelta(minutes=40)),
    Schedule(JobKind.CLOSE_LEAGUES, timedelta(weeks=1), GRACE),
)


async def want_due(parts: Parts, known: set[str]) -> None:
    """Want the jobs of the present periods that this process has not wanted before (``known``)."""
    now = parts.clock.now()
    requests = [schedule.request(now) for schedule in SCHEDULES]
    fresh = [request for request in requests if request.slot not in known]
    if not fresh:
        return
    async with parts.database.writing() as transaction:
        for request in fresh:
            await transaction.uow.background_tasks.add(request, now)
        await transaction.commit()
    known.clear()
    known.update(request.slot for request in requests if request.slot is not None)


@asynccontextmanager
async def keep_schedules(parts: Parts) -> AsyncIterator[None]:
    """Look every second, for as long as the service runs."""
    wanting = repeat(partial(want_due, parts, set()), LOOK_SECONDS, "schedules")
    async with run_beside(wanting, "schedules"):
        yield
