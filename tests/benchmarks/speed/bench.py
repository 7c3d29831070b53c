"""The bench: both services on one filled PostgreSQL, ready for load."""

import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.speed.agreement import require_agreement
from tests.benchmarks.speed.comparing import Comparison, Note, alternate
from tests.benchmarks.speed.data import Filled
from tests.benchmarks.speed.database import Postgres, prepare, provide_server
from tests.benchmarks.speed.load import Load, Loader, Sample
from tests.benchmarks.speed.profiling import Profiler
from tests.benchmarks.speed.servers import OURS, YARDSTICK, Served, ServerError, serve
from tests.benchmarks.speed.shape import Shape
from tests.benchmarks.speed.works import Work
from tests.support.postgres import PrivatePostgres


@dataclass(frozen=True, slots=True)
class Plan:
    """How long and how often to measure."""

    rounds: int
    seconds: float
    note: Note
    profiler: Profiler | None = None

    def load(self, connections: int) -> Load:
        return Load(self.seconds, connections)


@dataclass(frozen=True, slots=True)
class Bench:
    """What measurements need."""

    plan: Plan
    folder: Path
    server: PrivatePostgres
    url: str
    filled: Filled
    database: Postgres
    loader: Loader
    ours: Served
    yardstick: Served

    def measure(self, served: Served, work: Work, load: Load) -> Sample:
        """Measure one load, after a warm-up; what it writes is taken back.

        Raises:
            ServerError: something was answered that should not, or a completion was not paid.
        """
        try:
            sample = self.loader.warm_and_measure(served, work, load)
            if work.completes:
                self._require_paid(served)
        finally:
            if work.writes:
                self.database.reset()
        return sample

    def compare(self, work: Work, load: Load) -> Comparison:
        """Measure a work on both services.

        Raises:
            ServerError: as ``measure``.
        """
        contestants = {
            OURS: lambda: self._measure_ours(work, load),
            YARDSTICK: lambda: self.measure(self.yardstick, work, load),
        }
        samples = alternate(work.name, self.plan.rounds, contestants, self.plan.note)
        return Comparison(work, samples[OURS], samples[YARDSTICK])

    def _measure_ours(self, work: Work, load: Load) -> Sample:
        if self.plan.profiler is None:
            return self.measure(self.ours, work, load)
        with self.plan.profiler.watch(self.ours, work, load):
            return self.measure(self.ours, work, load)

    def _require_paid(self, served: Served) -> None:
        completed, paid = self.database.count_paid()
        if completed == 0 or completed != paid:
            raise ServerError(f"{served.name}: {completed} tasks were completed, {paid} paid")


@contextmanager
def open_bench(plan: Plan) -> Iterator[Bench]:
    """Fill a database, start both services, and see that they answer the same.

    Raises:
        DisagreementError: they do not.
        ServerError: one of them did not start.
    """
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        server = stack.enter_context(provide_server())
        shape = Shape()
        url = make_database(server, "bench")
        begun = time.monotonic()
        filled = prepare(url, folder, shape)
        database = Postgres(url, shape)
        database.settle()
        plan.note(f"the database was filled in {time.monotonic() - begun:.0f} s")
        ours, yardstick = (
            stack.enter_context(serve(name, url, folder)) for name in (OURS, YARDSTICK)
        )
        require_agreement(ours, yardstick, filled)
        database.reset()
        plan.note("both services answer the same")
        loader = Loader(filled, folder / "tokens.txt")
        yield Bench(plan, folder, server, url, filled, database, loader, ours, yardstick)


def make_database(server: PrivatePostgres, name: str) -> str:
    """The address of a new, empty database."""
    server.create_database(name)
    return server.url(name)
