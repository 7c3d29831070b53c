"""How fast the service starts, and what it holds in memory: ``python -m tests.benchmarks.starting``.

Starts the real service (one process, migrated and seeded) again and again, from the start of Python to the
first 200 of ``/health/ready``, with its bytecode written, as on every start but the first. Then forty
learners use most of it, and its memory is read. Their tokens are made by hand: no password is hashed before
the line that says so. The status is 1 where a figure is above what is wanted.
"""

import argparse
import asyncio
import http.client
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import httpx

from tests.benchmarks.speed.data import Filled
from tests.benchmarks.speed.database import prepare, provide_server, provide_sqlite
from tests.benchmarks.speed.servers import OURS, Served, ServerError
from tests.benchmarks.speed.shape import PASSWORD, Shape
from tests.benchmarks.starting_load import use
from tests.support.databases import POSTGRESQL, SQLITE

MOST_SECONDS, MOST_MEGABYTES = 2.5, 150.0
SHAPE = Shape(users=40, tasks=40, hot_tasks=1)
LOGINS = 8
READY = "/api/v1/health/ready"
_POLL_SECONDS = 0.005
_GIVE_UP_SECONDS = 60.0


@dataclass(frozen=True)
class Start:
    """One start: the time and the processor's seconds to the first 200, and megabytes then."""

    seconds: float
    cpu_seconds: float
    megabytes: float


@dataclass(frozen=True)
class Figures:
    """What was measured on a database. ``first`` is the start that has to compile everything."""

    database: str
    first: Start
    starts: Sequence[Start]
    requests: int
    megabytes_after_load: float
    megabytes: dict[str, float]
    """By what has happened until then, in this order, in one process."""

    @property
    def seconds(self) -> float:
        return statistics.median(start.seconds for start in self.starts)

    def describe(self) -> Iterator[str]:
        """Lines for people."""
        cpu = statistics.median(start.cpu_seconds for start in self.starts)
        fastest = min(start.seconds for start in self.starts)
        yield (
            f"{self.database}: first 200 after {self.seconds:.2f} s (median of {len(self.starts)};"
            f" fastest {fastest:.2f} s; {cpu:.2f} s of processor)"
        )
        yield f"  without bytecode, as the very first time: {self.first.seconds:.2f} s"
        for name, megabytes in self.megabytes.items():
            yield f"  {megabytes:6.1f} MB {name}"


@contextmanager
def provide_database(kind: str, folder: Path) -> Iterator[str]:
    """The address of an empty database."""
    if kind == SQLITE:
        yield provide_sqlite(folder)
        return
    with provide_server() as server:
        server.create_database("bench")
        yield server.url("bench")


def wait_for_200(served: Served) -> None:
    """Ask until it is ready.

    Raises:
        ServerError: it never is.
    """
    give_up_at = time.monotonic() + _GIVE_UP_SECONDS
    while time.monotonic() < give_up_at and served.process.poll() is None:
        connection = http.client.HTTPConnection("127.0.0.1", served.port)
        try:
            connection.request("GET", READY)
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(_POLL_SECONDS)
        finally:
            connection.close()
    raise ServerError(f"it did not start:\n{served.log.read_text()[-3000:]}")


@contextmanager
def run(url: str, folder: Path) -> Iterator[tuple[Served, Start]]:
    """The service, and how it started."""
    begun = time.perf_counter()
    served = Served(OURS, url, folder)
    try:
        wait_for_200(served)
        seconds = time.perf_counter() - begun
        yield served, Start(seconds, served.measure_cpu(), served.measure_memory())
    finally:
        served.stop()


async def log_in(url: str) -> None:
    """Have several people log in at once."""
    async with httpx.AsyncClient(base_url=url, timeout=60) as client:
        forms = [
            {"username": f"learner{number}@example.org", "password": PASSWORD}
            for number in range(1, LOGINS + 1)
        ]
        answers = await asyncio.gather(
            *(client.post("/api/v1/auth/login", data=form) for form in forms)
        )
    for answer in answers:
        answer.raise_for_status()


def measure_memory(
    url: str, folder: Path, filled: Filled, rounds: int
) -> tuple[int, float, dict[str, float]]:
    """How many requests were answered, the megabytes after them, and the same after each step."""
    with run(url, folder) as (served, start):
        steps = {"at the first 200": start.megabytes}
        requests = asyncio.run(use(served.url, filled.tokens[: SHAPE.users], rounds))
        loaded = served.measure_memory()
        steps[f"after {requests:,} requests of {SHAPE.users} learners"] = loaded
        asyncio.run(log_in(served.url))
        steps[f"after {LOGINS} logins at once (Argon2: 64 MiB each)"] = served.measure_memory()
        httpx.get(f"{served.url}/openapi.json", timeout=60).raise_for_status()
        steps["after the OpenAPI document was asked for"] = served.measure_memory()
    return requests, loaded, steps


def measure(kind: str, times: int, rounds: int) -> Figures:
    """All figures on a database of this kind."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url = stack.enter_context(provide_database(kind, folder))
        filled = prepare(url, folder, SHAPE)
        starts = []
        for _ in range(times + 1):
            with run(url, folder) as (_, start):
                starts.append(start)
        requests, loaded, megabytes = measure_memory(url, folder, filled, rounds)
    return Figures(kind, starts[0], starts[1:], requests, loaded, megabytes)


def main() -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.starting")
    parser.add_argument("--database", choices=[SQLITE, POSTGRESQL, "both"], default="both")
    parser.add_argument("--times", type=int, default=7, help="how many starts")
    parser.add_argument("--rounds", type=int, default=3, help="of what a learner does")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures there as well")
    options = parser.parse_args()
    kinds = [SQLITE, POSTGRESQL] if options.database == "both" else [options.database]
    found = []
    for kind in kinds:
        found.append(measure(kind, options.times, options.rounds))
        print("\n".join(found[-1].describe()), flush=True)
    if options.json is not None:
        options.json.write_text(json.dumps([asdict(each) for each in found], indent=1) + "\n")
    is_slow = any(each.seconds > MOST_SECONDS for each in found)
    return int(is_slow or any(each.megabytes_after_load > MOST_MEGABYTES for each in found))


if __name__ == "__main__":
    sys.exit(main())
