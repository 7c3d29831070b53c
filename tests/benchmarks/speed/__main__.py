"""How fast the service is beside a yardstick of hand-written code: ``./start.sh bench [--quick]``.

Both run as they are served, on one private PostgreSQL without fsync, under the same load by wrk, in turn. The
status is 1 where a ratio is below what is wanted.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from tests.benchmarks.speed.agreement import DisagreementError, require_agreement
from tests.benchmarks.speed.comparing import Comparison, Match
from tests.benchmarks.speed.database import Postgres, prepare, provide_postgres
from tests.benchmarks.speed.load import Load, Loader, NoLoadToolError, require_wrk
from tests.benchmarks.speed.report import tabulate, to_json
from tests.benchmarks.speed.servers import OURS, YARDSTICK, ServerError, serve
from tests.benchmarks.speed.shape import Shape
from tests.benchmarks.speed.works import WORKS

_begun = time.monotonic()


def note(line: str) -> None:
    """Tell how far it is."""
    print(f"[{time.monotonic() - _begun:5.0f} s] {line}", file=sys.stderr, flush=True)


def read_options() -> argparse.Namespace:
    """What is asked for."""
    parser = argparse.ArgumentParser(prog="./start.sh bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one short round")
    parser.add_argument("--rounds", type=int, help="of each work (3)")
    parser.add_argument("--seconds", type=float, help="of each load (5)")
    names = ",".join(work.name for work in WORKS)
    parser.add_argument("--only", metavar="WORK,...", default=names, help=f"some of {names}")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures there as well")
    options = parser.parse_args()
    options.rounds = options.rounds or (1 if options.quick else 3)
    options.seconds = options.seconds or (2.0 if options.quick else 5.0)
    unknown = set(options.only.split(",")) - {work.name for work in WORKS}
    if unknown:
        parser.error(f"no such work: {', '.join(sorted(unknown))}")
    return options


def run(options: argparse.Namespace) -> Sequence[Comparison]:
    """Measure what is asked for."""
    only = options.only.split(",")
    load = Load(options.seconds)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url = stack.enter_context(provide_postgres())
        shape = Shape()
        filled = prepare(url, folder, shape)
        database = Postgres(url, shape)
        database.settle()
        note("the database is filled")
        services = [stack.enter_context(serve(name, url, folder)) for name in (OURS, YARDSTICK)]
        require_agreement(services[0], services[1], filled)
        database.reset()
        note("both services answer the same")
        match = Match(services, Loader(filled, folder), database, options.rounds)
        return [match.compare(work, load, note) for work in WORKS if work.name in only]


def main() -> int:
    """Run the benchmark."""
    options = read_options()
    try:
        require_wrk()
        comparisons = run(options)
    except (NoLoadToolError, ServerError, DisagreementError) as error:
        print(error, file=sys.stderr)
        return 2
    print("\n".join(tabulate(comparisons)))
    if options.json is not None:
        options.json.write_text(json.dumps(to_json(comparisons), indent=1) + "\n")
    missed = [each for each in comparisons if each.work.target and each.ratio < each.work.target]
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main())
