"""What moving, backing up and restoring cost: ``python -m tests.benchmarks.moving``.

Fills an SQLite database with 100,000 tasks, 50,000 rows of the ledger and a course, moves it to PostgreSQL
and back, backs it up and restores it, each by its command in a process of its own. Prints seconds and the
most memory that each held; fails if the first move takes longer or more than was promised.
"""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

from sqlalchemy import text

from app.core.database_url import SQLITE_SCHEME
from app.db.base import Base
from app.db.session import Database
from tests.support.courses import add_course, small_course
from tests.support.databases import migrate_url, provide_server
from tests.support.learning import study
from tests.support.process import ROOT
from tests.support.service import Learner, Service, run_service

LEARNERS = 500
TASKS, ENTRIES = 100_000, 50_000
TASKS_EACH, DONE_EACH = TASKS // LEARNERS, ENTRIES // LEARNERS
DONE_A_DAY = 20
MOST_SECONDS, MOST_MEGABYTES = 60.0, 300.0

_OFFSET = 1_000_000
"""Between the ids of one learner's rows and those of the next copy."""

_COPIED = ("users", "players", "player_counters", "tasks", "activities", "reward_entries",
           "weekly_scores", "notifications")  # fmt: skip
_SHIFTED = {
    ("users", "id"): "id + 10 + n",
    ("users", "email"): "'copy' || n || email",
    ("tasks", "id"): f"id + n * {_OFFSET}",
    ("reward_entries", "id"): f"id + n * {_OFFSET}",
    ("reward_entries", "reverses_id"): f"reverses_id + n * {_OFFSET}",
}

# By the kernel's mark of its memory alone: getrusage of a child counts its parent's before exec as well.
_MEASURED = """
import re, sys
from pathlib import Path
from commands.{0} import main
status = main(sys.argv[1:])
memory = re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())
print(memory[1], file=sys.stderr)
sys.exit(status)
"""


@dataclass(frozen=True)
class Run:
    """What a command took."""

    seconds: float
    megabytes: float
    result: Any


async def fill(url: str, folder: Path) -> dict[str, int]:
    """Fill the database; how many rows of some tables there are."""
    async with run_service(url, folder, log_level="warning") as service:
        learner = await service.learner("one@example.org")
        await play(service, learner)
        await add_course(service.parts.database, small_course(weeks=12, questions=5, slug="large"))
        await study(service, await service.learner("other@example.org"))
        async with service.parts.database.engines.writing.begin() as connection:
            for statement in list_copies(learner.id):
                await connection.execute(text(statement))
    return await count(url)


async def play(service: Service, learner: Learner) -> None:
    """One learner's tasks, and as many paid completions as are to be in the ledger."""
    ids = []
    for number in range(TASKS_EACH):
        fields = {"description": "What is to be done, in some words. " * 5, "tags": ["home", "ä"]}
        ids.append((await learner.create_task(title=f"Task {number}", **fields))["id"])
    for number, task_id in enumerate(ids[:DONE_EACH], start=1):
        await learner.post(f"/tasks/{task_id}/complete")
        if number % DONE_A_DAY == 0:
            service.clock.advance(days=1)
            learner.client = service.client(await service.open_session(learner.id))


def list_copies(user_id: int) -> Sequence[str]:
    """Statements that make all the others of one learner."""
    numbers = (
        "WITH RECURSIVE numbers(n) AS"
        f" (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {LEARNERS - 1})"
    )
    statements = []
    for name in _COPIED:
        columns = [f'"{column.name}"' for column in Base.metadata.tables[name].columns]
        values = [
            _SHIFTED.get((name, column.strip('"')))
            or ("user_id + 10 + n" if column == '"user_id"' else column)
            for column in columns
        ]
        owner = "id" if name == "users" else "user_id"
        statements.append(
            f"INSERT INTO {name} ({', '.join(columns)}) {numbers}"
            f" SELECT {', '.join(values)} FROM {name}, numbers WHERE {owner} = {user_id}"
        )
    return statements


async def count(url: str) -> dict[str, int]:
    """How many rows there are of what was promised."""
    database = Database.from_url(url, 1)
    try:
        async with database.engines.reading.connect() as connection:
            return {
                name: await connection.scalar(text(f"SELECT count(*) FROM {name}")) or 0
                for name in ("tasks", "reward_entries", "course_tasks")
            }
    finally:
        await database.dispose()


def run(folder: Path, name: str, *arguments: str) -> Run:
    """Run a command, and print what it took."""
    begun = perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", _MEASURED.format(name), *arguments, "--json"],
        cwd=ROOT,
        env={"DATA_DIR": str(folder), "PATH": os.defpath},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    took = Run(perf_counter() - begun, int(done.stderr) / 1024, json.loads(done.stdout))
    print(f"  {name:<14} {took.seconds:5.1f} s, at most {took.megabytes:.0f} MB", flush=True)
    return took


def main() -> int:
    """Run the benchmark."""
    with tempfile.TemporaryDirectory() as name, provide_server() as server:
        folder = Path(name)
        urls = [f"{SQLITE_SCHEME}:///{folder / file}.sqlite3" for file in ("from", "back", "again")]
        migrate_url(urls[0])
        counts = asyncio.run(fill(urls[0], folder))
        print(", ".join(f"{rows} {table}" for table, rows in counts.items()))
        assert counts["tasks"] >= TASKS
        assert counts["reward_entries"] >= ENTRIES
        server.create_database("target")
        archive = str(folder / "archive.jsonl.gz")
        there = run(folder, "move_database", urls[0], server.url("target"))
        back = run(folder, "move_database", server.url("target"), urls[1])
        run(folder, "backup", archive, "--database", urls[0])
        print(f"  the archive has {Path(archive).stat().st_size / 2**20:.1f} MB")
        restored = run(folder, "restore", archive, "--database", urls[2])
    results = [run.result for run in (there, back, restored)]
    assert all(result["tables"] == results[0]["tables"] for result in results), "not equal"
    assert all(result["differences"] == [] for result in results), "the ledger differs"
    print(
        f"{results[0]['rows']} rows are equal everywhere, {results[0]['players']} players checked"
    )
    return int(there.seconds > MOST_SECONDS or there.megabytes > MOST_MEGABYTES)


if __name__ == "__main__":
    sys.exit(main())
