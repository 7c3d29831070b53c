"""How fast the service is beside a yardstick of hand-written code: ``./start.sh bench [--quick]``.

Both run as they are served, on one private PostgreSQL without fsync, under the same load by wrk, in turn. The
status is 1 where something is not as it is wanted, and 2 where it could not be measured.
"""

import argparse
import json
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from tests.benchmarks.speed.agreement import DisagreementError
from tests.benchmarks.speed.alone import measure_memory, measure_sqlite, measure_start
from tests.benchmarks.speed.bench import Bench, Plan, open_bench
from tests.benchmarks.speed.comparing import Comparison
from tests.benchmarks.speed.curves import trace_connections
from tests.benchmarks.speed.load import CONNECTIONS, NoLoadToolError, require_wrk
from tests.benchmarks.speed.logins import measure_logins
from tests.benchmarks.speed.page import NoMarkError, write_page
from tests.benchmarks.speed.profiling import NoProfilerError, Profiler
from tests.benchmarks.speed.report import describe_machine, to_json
from tests.benchmarks.speed.results import Results
from tests.benchmarks.speed.scaling import measure_processes, measure_rows
from tests.benchmarks.speed.servers import ServerError
from tests.benchmarks.speed.works import WORKS

MORE: Mapping[str, Callable[[Bench], Results]] = {
    "memory": measure_memory,
    "processes": measure_processes,
    "logins": measure_logins,
    "start": measure_start,
    "sqlite": measure_sqlite,
    "rows": measure_rows,
    "connections": trace_connections,
}
"""What is measured beside the works, by name."""

_NAMES = [work.name for work in WORKS] + list(MORE)
_SLOW = ("rows", "connections")
"""Left out of ``--quick``, unless asked for."""
_REFUSALS = (NoLoadToolError, NoProfilerError, NoMarkError, ServerError, DisagreementError)
_begun = time.monotonic()


def note(line: str) -> None:
    """Tell how far it is."""
    print(f"[{time.monotonic() - _begun:5.0f} s] {line}", file=sys.stderr, flush=True)


def read_options() -> argparse.Namespace:
    """What is asked for."""
    parser = argparse.ArgumentParser(prog="./start.sh bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one short round")
    parser.add_argument("--rounds", type=int, help="of each measurement (3)")
    parser.add_argument("--seconds", type=float, help="of each load (5)")
    parser.add_argument("--only", metavar="NAME,...", help=f"some of {', '.join(_NAMES)}")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures there as well")
    parser.add_argument(
        "--plots",
        type=Path,
        metavar="PAGE",
        help="write the tables into that page (docs/performance.md), and plots beside it",
    )
    parser.add_argument("--profile", type=Path, metavar="FOLDER", help="flame graphs by py-spy")
    options = parser.parse_args()
    options.rounds = options.rounds or (1 if options.quick else 3)
    options.seconds = options.seconds or (2.0 if options.quick else 5.0)
    options.names = _choose(options)
    unknown = set(options.names) - set(_NAMES)
    if unknown:
        parser.error(f"nothing is called {', '.join(sorted(unknown))}")
    return options


def _choose(options: argparse.Namespace) -> list[str]:
    if options.only:
        return str(options.only).split(",")
    return [name for name in _NAMES if not (options.quick and name in _SLOW)]


def run(options: argparse.Namespace) -> tuple[Sequence[Comparison], Results]:
    """Measure what is asked for."""
    profiler = None if options.profile is None else Profiler(options.profile)
    plan = Plan(options.rounds, options.seconds, note, profiler)
    results = Results()
    with open_bench(plan) as bench:
        comparisons = [
            bench.compare(work, plan.load(CONNECTIONS))
            for work in WORKS
            if work.name in options.names
        ]
        for comparison in comparisons:
            results.add(Results(comparison.list_findings()))
        for name, measure in MORE.items():
            if name in options.names:
                results.add(measure(bench))
    return comparisons, results


def main() -> int:
    """Run the benchmark."""
    options = read_options()
    # Told to leave, it takes its services and its database down.
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    machine = {**describe_machine(), "rounds": options.rounds, "seconds": options.seconds}
    try:
        require_wrk()
        comparisons, results = run(options)
        figures = to_json(machine, comparisons, results)
        if options.json is not None:
            options.json.write_text(json.dumps(figures, indent=1) + "\n")
        if options.plots is not None:
            write_page(figures, options.plots)
    except _REFUSALS as error:
        print(error, file=sys.stderr)
        return 2
    print("\n\n".join("\n".join(table) for table in figures["tables"].values()))
    return int(not all(finding.is_met for finding in results.findings))


if __name__ == "__main__":
    sys.exit(main())
