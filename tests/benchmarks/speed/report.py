"""The figures as a table for people, and as JSON."""

import os
import platform
import subprocess
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.benchmarks.speed.comparing import Comparison, Summary
from tests.benchmarks.speed.servers import OURS, YARDSTICK
from tests.support.process import ROOT

_HEAD = (
    "| work | service | requests/s | p50 ms | p99 ms | p99/p50 | CPU µs | ratio | of rounds | wanted |",
    "|---|---|---:|---:|---:|---:|---:|---:|---:|---:|",
)


def describe_machine() -> dict[str, Any]:
    """What the figures were measured on."""
    model = platform.processor()
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    for line in lines:
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
            break
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return {
        "date": datetime.now(UTC).isoformat(timespec="minutes"),
        "commit": commit.stdout.strip(),
        "python": platform.python_version(),
        "system": platform.platform(),
        "processor": model,
        "processors": os.cpu_count(),
    }


def tabulate(comparisons: Sequence[Comparison]) -> list[str]:
    """Two rows for each work."""
    lines = list(_HEAD)
    for comparison in comparisons:
        work, summaries = comparison.work, comparison.summaries
        wanted = "" if work.target is None else f"{work.target:.2f}"
        rounds = " ".join(f"{ratio:.2f}" for ratio in comparison.ratios)
        ratio = f"{comparison.ratio:.2f}"
        lines += [
            _show_row(work.title, OURS, summaries[OURS], f"{ratio} | {rounds} | {wanted}"),
            _show_row("", YARDSTICK, summaries[YARDSTICK], " | | "),
        ]
    return lines


def _show_row(title: str, name: str, summary: Summary, rest: str) -> str:
    return (
        f"| {title} | {name} | {summary.rate:,.0f} | {summary.p50_ms:.1f} | {summary.p99_ms:.1f} |"
        f" {summary.tail:.1f} | {summary.cpu_microseconds:,.0f} | {rest} |"
    )


def to_json(comparisons: Sequence[Comparison]) -> dict[str, Any]:
    """All figures, for machines."""
    return {
        "machine": describe_machine(),
        "works": {
            comparison.work.name: {
                "title": comparison.work.title,
                "wanted": comparison.work.target,
                "ratio": comparison.ratio,
                "ratios": list(comparison.ratios),
                "services": {name: asdict(each) for name, each in comparison.summaries.items()},
                "samples": {
                    OURS: [asdict(sample) for sample in comparison.ours],
                    YARDSTICK: [asdict(sample) for sample in comparison.yardstick],
                },
            }
            for comparison in comparisons
        },
    }
