"""Jobs in the metrics: how they ended, how long they took, how many wait."""

from collections.abc import Mapping
from typing import Any

import pytest

from app.core.jobs import JobFailedError, PermanentJobError
from app.core.metrics_output import render_metrics
from app.db.repositories.background_tasks import JobRow
from app.parts import Parts
from app.worker.job_counting import count_due_jobs
from app.worker.jobs import JobRunner
from tests.support.metrics import Watch, parse, value_of
from tests.support.service import Service
from tests.worker.job_steps import KIND, want


@pytest.mark.parametrize(
    ("failure", "outcome"),
    [
        (None, "done"),
        (JobFailedError("not now"), "retried"),
        (PermanentJobError("never"), "dead"),
    ],
)
async def test_a_job_is_counted_by_what_became_of_it(
    service: Service, failure: Exception | None, outcome: str
) -> None:
    async def handle(_parts: Parts, _job: JobRow) -> Mapping[str, Any] | None:
        if failure is not None:
            raise failure
        return None

    watch = Watch()
    await JobRunner(service.parts, {KIND: handle}).run(await want(service))

    assert watch.grown("questboard_jobs_total", kind=KIND.value, outcome=outcome) == 1
    assert watch.grown("questboard_job_seconds_count", kind=KIND.value) == 1


async def test_kinds_that_nobody_knows_are_one_label(service: Service) -> None:
    watch = Watch()
    await JobRunner(service.parts, {}).run(await want(service))

    assert watch.grown("questboard_jobs_total", kind="unknown", outcome="dead") == 1


async def test_those_that_wait_are_counted(service: Service) -> None:
    for due_in in (0, 0, 3600):
        service.clock.advance(seconds=due_in)
        await want(service, due_at=service.clock.now())
    service.clock.advance(seconds=-60)

    await count_due_jobs(service.parts)

    assert value_of(parse(render_metrics().decode()), "questboard_jobs_due") == 2
