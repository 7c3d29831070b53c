"""What measurements give: findings, and curves for the plots."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tests.benchmarks.speed.comparing import summarize
from tests.benchmarks.speed.findings import Finding
from tests.benchmarks.speed.load import Sample


@dataclass(frozen=True, slots=True)
class Point:
    """The medians at one place of the axis."""

    x: float
    rate: float
    p99_ms: float


@dataclass(frozen=True, slots=True)
class Curve:
    """A work of both services along an axis; points by the service's name."""

    name: str
    title: str
    axis: str
    points: Mapping[str, Sequence[Point]]


@dataclass(frozen=True, slots=True)
class Results:
    """Of one measurement, or of all."""

    findings: list[Finding] = field(default_factory=list)
    curves: list[Curve] = field(default_factory=list)

    def add(self, more: "Results") -> None:
        """Take over those of another measurement."""
        self.findings.extend(more.findings)
        self.curves.extend(more.curves)


def make_point(x: float, samples: Sequence[Sample]) -> Point:
    """The medians of samples."""
    summary = summarize(samples)
    return Point(x, summary.rate, summary.p99_ms)
