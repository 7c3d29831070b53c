"""How long a large course takes: ``python -m tests.benchmarks.courses [--database postgresql]``.

Writes a course of 52 weeks with five questions a day as files, seeds it by the command as an operator
would, and asks the real service for its tree, whole and unchanged (304), one request after the other.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from app.core.database_url import SQLITE_SCHEME
from app.services.curriculum.writer import write_course
from tests.support.courses import small_course
from tests.support.databases import POSTGRESQL, SQLITE, migrate_url, provide_server
from tests.support.process import ROOT, serve

WEEKS, QUESTIONS = 52, 5
REQUESTS = 30
MOST_SEED_SECONDS = 10.0


@contextmanager
def provide_database(kind: str, folder: Path) -> Iterator[str]:
    """The address of an empty, migrated database."""
    if kind == SQLITE:
        url = f"{SQLITE_SCHEME}:///{folder / 'bench.sqlite3'}"
        migrate_url(url)
        yield url
        return
    with provide_server() as server:
        server.create_database("bench")
        migrate_url(server.url("bench"))
        yield server.url("bench")


def write_files(folder: Path) -> None:
    """The course as an author would have it."""
    course = small_course(weeks=WEEKS, questions=QUESTIONS, slug="large")
    for name, data in write_course(course).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def seed(folder: Path, url: str) -> float:
    """Run the command; how long it took in seconds, the start of Python included."""
    begun = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "commands.seed", str(folder)],
        cwd=ROOT,
        env={"DATABASE_URL": url, "DATA_DIR": str(folder.parent)},
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return time.perf_counter() - begun


def log_in(base_url: str) -> httpx.Client:
    """A client of somebody who has just registered."""
    client = httpx.Client(base_url=base_url, timeout=30)
    password = "correct horse battery"
    body = {"email": "ada@example.org", "password": password}
    client.post("/auth/register", json=body).raise_for_status()
    form = {"username": "ada@example.org", "password": password}
    answer = client.post("/auth/login", data=form).raise_for_status()
    client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
    return client


def time_requests(ask: Callable[[], httpx.Response], status: int) -> tuple[float, int]:
    """The median in milliseconds, and how many bytes an answer has."""
    waits = []
    for _ in range(REQUESTS):
        begun = time.perf_counter()
        answer = ask()
        waits.append((time.perf_counter() - begun) * 1000)
        assert answer.status_code == status, answer.text
    return statistics.median(waits), len(answer.content)


def measure(kind: str, folder: Path) -> float:
    """Print the figures; how long the seeding took."""
    course = folder / "large"
    write_files(course)
    with provide_database(kind, folder) as url:
        first, again = seed(course, url), seed(course, url)
        print(f"{kind}: {WEEKS} weeks, {WEEKS * 7} days, {WEEKS * 7 * QUESTIONS} questions")
        print(f"  seeded in {first:.2f} s, again without a change in {again:.2f} s")
        with serve(DATABASE_URL=url, DATA_DIR=str(folder), LOG_LEVEL="warning") as server:
            client = log_in(server.url)
            etag = client.get("/courses/large").headers["ETag"]
            whole, size = time_requests(lambda: client.get("/courses/large"), 200)
            same, _ = time_requests(
                lambda: client.get("/courses/large", headers={"If-None-Match": etag}), 304
            )
            client.post("/courses/large/enrollment").raise_for_status()
            progress, _ = time_requests(lambda: client.get("/courses/large/progress"), 200)
    print(f"  tree {whole:.1f} ms ({size // 1024} KiB), unchanged (304) {same:.1f} ms")
    print(f"  progress {progress:.1f} ms; medians of {REQUESTS} requests")
    return first


def main() -> int:
    """Run the benchmark; fails if seeding takes longer than it may."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=[SQLITE, POSTGRESQL, "both"], default="both")
    chosen = parser.parse_args().database
    slowest = 0.0
    for kind in [SQLITE, POSTGRESQL] if chosen == "both" else [chosen]:
        with tempfile.TemporaryDirectory() as name:
            slowest = max(slowest, measure(kind, Path(name)))
    return int(slowest > MOST_SEED_SECONDS)


if __name__ == "__main__":
    sys.exit(main())
