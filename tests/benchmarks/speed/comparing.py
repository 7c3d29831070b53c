"""Both services under the same load, in turn."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

from tests.benchmarks.speed.database import Postgres
from tests.benchmarks.speed.load import Load, Loader, Sample
from tests.benchmarks.speed.servers import OURS, YARDSTICK, Served, ServerError
from tests.benchmarks.speed.works import Work


@dataclass(frozen=True, slots=True)
class Summary:
    """The medians of a service's rounds."""

    rate: float
    p50_ms: float
    p99_ms: float
    cpu_microseconds: float

    @property
    def tail(self) -> float:
        """How many times its p50 the p99 is."""
        return self.p99_ms / self.p50_ms


@dataclass(frozen=True, slots=True)
class Comparison:
    """One work on both services: samples in the order of the rounds."""

    work: Work
    ours: Sequence[Sample]
    yardstick: Sequence[Sample]

    @property
    def summaries(self) -> dict[str, Summary]:
        """By the service's name."""
        return {OURS: summarize(self.ours), YARDSTICK: summarize(self.yardstick)}

    @property
    def ratio(self) -> float:
        """Of the median rates."""
        return summarize(self.ours).rate / summarize(self.yardstick).rate

    @property
    def ratios(self) -> Sequence[float]:
        """Of the rates of each round."""
        return [a.rate / b.rate for a, b in zip(self.ours, self.yardstick, strict=True)]


def summarize(samples: Sequence[Sample]) -> Summary:
    """The medians."""
    return Summary(
        median(sample.rate for sample in samples),
        median(sample.p50_ms for sample in samples),
        median(sample.p99_ms for sample in samples),
        median(sample.cpu_microseconds for sample in samples),
    )


class Match:
    """The services side by side on one PostgreSQL."""

    def __init__(
        self, services: Sequence[Served], loader: Loader, database: Postgres, rounds: int
    ) -> None:
        """``services``: ours, then the yardstick."""
        self.ours, self.yardstick = services
        self._loader = loader
        self._database = database
        self._rounds = rounds

    def compare(self, work: Work, load: Load, note: Callable[[str], None]) -> Comparison:
        """Measure the work on both, in turn; which is first changes with each round.

        Raises:
            ServerError: something was answered that should not, or a completion was not paid.
        """
        samples: dict[str, list[Sample]] = {OURS: [], YARDSTICK: []}
        order = [self.ours, self.yardstick]
        for number in range(1, self._rounds + 1):
            for served in order:
                sample = self._measure(served, work, load)
                samples[served.name].append(sample)
                note(f"{work.name} {number}/{self._rounds} {served.name}: {sample.rate:,.0f}/s")
            order.reverse()
        return Comparison(work, samples[OURS], samples[YARDSTICK])

    def _measure(self, served: Served, work: Work, load: Load) -> Sample:
        try:
            sample = self._loader.warm_and_measure(served, work, load)
            if work.completes:
                self._require_paid(served)
        finally:
            if work.writes:
                self._database.reset()
        return sample

    def _require_paid(self, served: Served) -> None:
        completed, paid = self._database.count_paid()
        if completed == 0 or completed != paid:
            raise ServerError(f"{served.name}: {completed} tasks were completed, {paid} paid")
