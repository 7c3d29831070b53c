"""What the service does without being asked, as steps."""

from app.core.jobs import JobKind, JobRequest
from app.worker.config_following import look_for_changes
from app.worker.event_polling import look_for_news
from app.worker.job_counting import count_due_jobs
from app.worker.league_joining import join_leagues
from app.worker.schedules import SCHEDULES
from tests.budgets.journey import Observe
from tests.support.service import Service

FIRST_REMINDERS = {"hours": 1, "seconds": 5}
"""After so long five learners of the population are to be reminded, and five more when it has grown."""


async def work(service: Service, observe: Observe) -> None:
    """All that is done every second, and every job that is done by a schedule."""
    parts = service.parts
    service.clock.advance(**FIRST_REMINDERS)
    async with observe("every second: settings"):
        await look_for_changes(parts)
    async with observe("every second: streams"), parts.events.subscribe(1):
        await look_for_news(parts, {})
    async with observe("every second: jobs"):
        await count_due_jobs(parts)
    async with observe("every second: leagues"):
        await join_leagues(parts)
    for kind in sorted({schedule.kind for schedule in SCHEDULES}):
        async with observe(f"job: {kind}"):
            await _want(service, kind)
            await service.settle()


async def _want(service: Service, kind: JobKind) -> None:
    async with service.parts.database.writing() as transaction:
        await transaction.uow.background_tasks.add(JobRequest(kind), service.clock.now())
        await transaction.commit()
