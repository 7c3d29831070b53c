"""The yardstick answers as the service does: else the benchmark would compare different works."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from tests.benchmarks.speed.agreement import DisagreementError, require_agreement
from tests.benchmarks.speed.data import Filled
from tests.benchmarks.speed.database import Postgres, prepare
from tests.benchmarks.speed.servers import OURS, YARDSTICK, Served, serve
from tests.benchmarks.speed.shape import PASSWORD, Shape
from tests.support.databases import provide_server

# Filled yesterday: a run that goes on over midnight measures the same.
SMALL = Shape(users=3, tasks=24, hot_tasks=4, now=datetime.now(UTC) - timedelta(days=1))


@dataclass(frozen=True)
class Bench:
    """Both services on one database, with few learners."""

    ours: Served
    yardstick: Served
    filled: Filled
    database: Postgres


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    folder: Path = tmp_path_factory.mktemp("bench")
    with provide_server() as server:
        server.create_database("bench")
        url = server.url("bench")
        filled = prepare(url, folder, SMALL)
        database = Postgres(url, SMALL)
        database.settle()
        with serve(OURS, url, folder) as ours, serve(YARDSTICK, url, folder) as yardstick:
            yield Bench(ours, yardstick, filled, database)


@pytest.fixture
def bench(running: Bench) -> Iterator[Bench]:
    """What a test writes is taken back."""
    yield running
    running.database.reset()


def test_both_answer_the_same(bench: Bench) -> None:
    require_agreement(bench.ours, bench.yardstick, bench.filled)

    completed, paid = bench.database.count_paid()
    assert completed == paid == 4  # one of a learner's and one of the hot one's, by each service


def test_a_reset_takes_all_of_it_back(bench: Bench) -> None:
    require_agreement(bench.ours, bench.yardstick, bench.filled)
    bench.database.reset()

    assert bench.database.count_paid() == (0, 0)
    require_agreement(bench.ours, bench.yardstick, bench.filled)


def test_a_difference_is_seen(bench: Bench) -> None:
    token = bench.filled.tokens[1]
    task_id = SMALL.number_of_task(SMALL.tasks, 2)
    path = f"{bench.ours.url}/api/v1/tasks/{task_id}"
    headers = {"Authorization": f"Bearer {token}"}
    harder = httpx.patch(path, headers=headers, json={"difficulty": "hard"})
    assert harder.status_code == 200

    with pytest.raises(DisagreementError, match="complete"):
        require_agreement(bench.ours, bench.yardstick, bench.filled)
    httpx.patch(path, headers=headers, json={"difficulty": "easy"}).raise_for_status()


def test_both_log_learners_in(bench: Bench) -> None:
    form = {"username": "learner2@example.org", "password": PASSWORD}
    for served in (bench.ours, bench.yardstick):
        answer = httpx.post(f"{served.url}/api/v1/auth/login", data=form)
        assert answer.status_code == 200
        # Either takes the other's token: it is the same session.
        token = answer.json()["access_token"]
        for asked in (bench.ours, bench.yardstick):
            profile = httpx.get(
                f"{asked.url}/api/v1/game/profile", headers={"Authorization": f"Bearer {token}"}
            )
            assert profile.status_code == 200
