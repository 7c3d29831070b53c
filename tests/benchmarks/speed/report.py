"""The figures as tables for people, and as JSON."""

import os
import platform
import subprocess
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.benchmarks.speed.comparing import Comparison, Summary
from tests.benchmarks.speed.findings import tabulate_findings
from tests.benchmarks.speed.results import Results
from tests.benchmarks.speed.servers import OURS, YARDSTICK
from tests.support.process import ROOT

_HEAD = (
    "| work | service | requests/s | p50 ms | p99 ms | CPU µs | ratio | by round | by CPU |",
    "|---|---|---:|---:|---:|---:|---:|---:|---:|",
)


def describe_machine() -> dict[str, Any]:
    """What the figures are measured on, and how busy it is with other things (the load average)."""
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
        "processor": _name_processor(),
        "processors": os.cpu_count(),
        "load_before": os.getloadavg()[0],
    }


def _name_processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()


def tabulate(comparisons: Sequence[Comparison]) -> list[str]:
    """Two rows for each work."""
    lines = list(_HEAD)
    for comparison in comparisons:
        summaries = comparison.summaries
        rounds = " ".join(
            f"{ours.rate / theirs.rate:.2f}"
            for ours, theirs in zip(comparison.ours, comparison.yardstick, strict=True)
        )
        ratios = f"{comparison.ratio:.2f} | {rounds} | {comparison.cpu_ratio:.2f}"
        lines += [
            _show_row(comparison.work.title, OURS, summaries[OURS], ratios),
            _show_row("", YARDSTICK, summaries[YARDSTICK], " | | "),
        ]
    return lines


def _show_row(title: str, name: str, summary: Summary, rest: str) -> str:
    return (
        f"| {title} | {name} | {summary.rate:,.0f} | {summary.p50_ms:.1f} | {summary.p99_ms:.1f} |"
        f" {summary.cpu_microseconds:,.0f} | {rest} |"
    )


def to_json(
    machine: dict[str, Any], comparisons: Sequence[Comparison], results: Results
) -> dict[str, Any]:
    """All figures, for machines; the tables for people among them."""
    return {
        "machine": machine,
        "works": {each.work.name: _list_figures(each) for each in comparisons},
        "findings": {
            each.name: asdict(each) | {"is_met": each.is_met} for each in results.findings
        },
        "curves": [asdict(curve) for curve in results.curves],
        "tables": {
            "works": tabulate(comparisons),
            "findings": tabulate_findings(results.findings),
        },
    }


def _list_figures(comparison: Comparison) -> dict[str, Any]:
    samples = {OURS: comparison.ours, YARDSTICK: comparison.yardstick}
    return {
        "title": comparison.work.title,
        "ratio": comparison.ratio,
        "ratio_of_rounds": comparison.ratio_of_rounds,
        "cpu_ratio": comparison.cpu_ratio,
        "services": {name: asdict(each) for name, each in comparison.summaries.items()},
        "samples": {
            name: [asdict(sample) | {"rate": sample.rate} for sample in each]
            for name, each in samples.items()
        },
    }
