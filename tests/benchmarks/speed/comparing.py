"""Services under the same load, in turn."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from tests.benchmarks.speed.findings import Finding, Wanted
from tests.benchmarks.speed.load import Sample
from tests.benchmarks.speed.servers import OURS, YARDSTICK
from tests.benchmarks.speed.works import Work

MOST_TAIL = 5.0

Measure = Callable[[], Sample]
Note = Callable[[str], None]


def alternate(
    title: str, rounds: int, contestants: Mapping[str, Measure], note: Note
) -> dict[str, list[Sample]]:
    """Measure all of them once a round; who is first changes with each round."""
    samples: dict[str, list[Sample]] = {name: [] for name in contestants}
    order = list(contestants)
    for number in range(1, rounds + 1):
        for name in order:
            sample = contestants[name]()
            samples[name].append(sample)
            note(
                f"{title} {number}/{rounds}, {name}: {sample.rate:,.0f}/s, p99 {sample.p99_ms:.0f} ms"
            )
        order.reverse()
    return samples


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


def summarize(samples: Sequence[Sample]) -> Summary:
    """The medians."""
    return Summary(
        median(sample.rate for sample in samples),
        median(sample.p50_ms for sample in samples),
        median(sample.p99_ms for sample in samples),
        median(sample.cpu_microseconds for sample in samples),
    )


def median_ratio(first: Sequence[Sample], second: Sequence[Sample]) -> float:
    """The median of the rounds' ratios of rates."""
    return median(a.rate / b.rate for a, b in zip(first, second, strict=True))


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
    def ratio_of_rounds(self) -> float:
        """The median of the ratios of each round, which what else the machine does moves less."""
        return median_ratio(self.ours, self.yardstick)

    @property
    def cpu_ratio(self) -> float:
        """How the processor's time for a request compares, the other way round: larger is better."""
        return summarize(self.yardstick).cpu_microseconds / summarize(self.ours).cpu_microseconds

    def list_findings(self) -> list[Finding]:
        """The ratio, and how long the slowest wait."""
        summary = summarize(self.ours)
        name, title = self.work.name, self.work.title
        return [
            Finding(
                f"{name}-ratio",
                f"{title}: times the yardstick",
                self.ratio,
                Wanted.LEAST,
                self.work.target,
                details={"median of the rounds'": self.ratio_of_rounds, "by CPU": self.cpu_ratio},
            ),
            Finding(
                f"{name}-tail",
                f"{title}: p99 in p50s",
                summary.tail,
                Wanted.MOST,
                MOST_TAIL,
                details={
                    "p50 ms": summary.p50_ms,
                    "p99 ms": summary.p99_ms,
                    "the yardstick's": summarize(self.yardstick).tail,
                },
            ),
        ]
