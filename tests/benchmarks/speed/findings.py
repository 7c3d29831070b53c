"""What was found, beside what is wanted of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum


class Wanted(StrEnum):
    """Which side of the bound is the good one."""

    LEAST = "at least"
    MOST = "at most"


@dataclass(frozen=True, slots=True)
class Finding:
    """One figure that is held to a bound."""

    name: str
    title: str
    value: float
    wanted: Wanted
    bound: float
    unit: str = ""
    details: dict[str, float] = field(default_factory=dict)
    """Figures that it was made of, by what they are."""

    @property
    def is_met(self) -> bool:
        """Whether it lies on the good side."""
        if self.wanted is Wanted.LEAST:
            return self.value >= self.bound
        return self.value <= self.bound


def tabulate_findings(findings: Sequence[Finding]) -> list[str]:
    """A row for each."""
    lines = ["| what | measured | wanted | met | made of |", "|---|---:|---:|---|---|"]
    for each in findings:
        details = ", ".join(f"{name} {show(value)}" for name, value in each.details.items())
        lines.append(
            f"| {each.title} | {show(each.value)}{each.unit} | {each.wanted} {show(each.bound)}{each.unit} |"
            f" {'yes' if each.is_met else '**no**'} | {details} |"
        )
    return lines


def show(value: float) -> str:
    """A number with as many places as say something."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"
