"""What a page of a table costs: ``python -m tests.benchmarks.tables [--database postgresql]``.

Fills a database with 1,000 learners and another with a million, and asks the real service for pages at the
top, deep in the table and around somebody in its middle. Prints statements and medians in milliseconds.
"""

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from app.core.tables import TablePeriod
from app.db.repositories.table_queries import Table, TableKind
from app.db.session import Database
from app.infra.cache import NoGroups
from app.services.kept_tables import KeptTables
from app.services.sealed_cursors import CursorSeal
from app.services.table_windows import Part
from app.services.tables import TableService
from tests.benchmarks.courses import provide_database
from tests.support.clock import START, FakeClock
from tests.support.crowds import CHALLENGE_ID, add_crowd, list_scores
from tests.support.databases import POSTGRESQL, SQLITE
from tests.support.game import principal
from tests.support.statements import StatementLog

SIZES = (1_000, 1_000_000)
REQUESTS = 30
LIMIT = 20
MOST_TIMES_SLOWER = 5.0
"""A page of a million, than one of a thousand: a greater index is deeper, and less of it is in memory."""

Show = Callable[[TableService], Awaitable[Any]]


def list_pages(size: int, seal: CursorSeal) -> dict[str, Show]:
    """The pages that are asked for; positions are those of an exact rank, and of one far below."""
    scores = list_scores(size)
    deep = scores[len(scores) * 9 // 10]
    caller, me = principal(1), principal(scores[len(scores) // 2][1])
    week = Table(TableKind.WEEK, START.date()).key
    cursor = {name: seal.encode(name, list(deep)) for name in ("all", week)}
    cursor["challenge"] = seal.encode(f"challenge/{CHALLENGE_ID}", list(deep))
    part, around = Part(LIMIT), Part(LIMIT, around_me=True)
    return {
        "week, top": lambda tables: tables.everybody(caller, TablePeriod.WEEK, part),
        "week, deep": lambda tables: tables.everybody(
            caller, TablePeriod.WEEK, Part(LIMIT, cursor[week])
        ),
        "week, around me": lambda tables: tables.everybody(me, TablePeriod.WEEK, around),
        "all time, top": lambda tables: tables.everybody(caller, TablePeriod.ALL, part),
        "all time, deep": lambda tables: tables.everybody(
            caller, TablePeriod.ALL, Part(LIMIT, cursor["all"])
        ),
        "all time, around me": lambda tables: tables.everybody(me, TablePeriod.ALL, around),
        "challenge, deep": lambda tables: tables.challenge(
            caller, CHALLENGE_ID, Part(LIMIT, cursor["challenge"])
        ),
    }


async def fill(database: Database, size: int) -> float:
    """Make the learners, and measure the tables as the job does; how long that took in seconds."""
    async with database.engines.writing.begin() as connection:
        if connection.dialect.name == POSTGRESQL:
            await connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        await add_crowd(connection, 1, size)
    tables = [
        Table(TableKind.ALL_TIME),
        Table(TableKind.WEEK, START.date()),
        Table(TableKind.CHALLENGE, CHALLENGE_ID),
    ]
    begun = time.perf_counter()
    async with database.reading() as uow:
        histograms = {table: await uow.tables.measure(table) for table in tables}
    async with database.writing() as transaction:
        await transaction.uow.tables.replace_buckets(histograms)
        await transaction.commit()
    return time.perf_counter() - begun


async def time_page(database: Database, seal: CursorSeal, show: Show) -> float:
    """The median in milliseconds."""
    waits = []
    for _ in range(REQUESTS):
        begun = time.perf_counter()
        async with database.reading() as uow:
            page = await show(TableService(uow, FakeClock(), seal, KeptTables(NoGroups())))
        waits.append((time.perf_counter() - begun) * 1000)
        assert page.items
    return statistics.median(waits)


async def measure(url: str, size: int) -> dict[str, float]:
    """Print the figures of one size; the medians by page."""
    database, seal, log = Database.from_url(url, 2), CursorSeal("a key"), StatementLog()
    log.watch(database.engines)
    try:
        refreshed = await fill(database, size)
        print(f"  {size} learners: histograms of three tables in {refreshed:.2f} s")
        medians = {}
        for name, show in list_pages(size, seal).items():
            with log.count() as statements:
                async with database.reading() as uow:
                    await show(TableService(uow, FakeClock(), seal, KeptTables(NoGroups())))
            medians[name] = await time_page(database, seal, show)
            print(f"    {name:<20} {len(statements)} statements, {medians[name]:.1f} ms")
        return medians
    finally:
        await database.dispose()


def compare(kind: str) -> float:
    """The greatest factor by which a page of the larger table is slower."""
    print(f"{kind}:")
    medians = []
    for size in SIZES:
        with (
            tempfile.TemporaryDirectory() as folder,
            provide_database(kind, Path(folder)) as url,
        ):
            medians.append(asyncio.run(measure(url, size)))
    small, large = medians
    return max(large[name] / small[name] for name in small)


def main() -> int:
    """Run the benchmark; fails if a page of a million takes much longer than one of a thousand."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=[SQLITE, POSTGRESQL, "both"], default="both")
    chosen = parser.parse_args().database
    kinds = [SQLITE, POSTGRESQL] if chosen == "both" else [chosen]
    slowest = max(compare(kind) for kind in kinds)
    print(f"slowest page of the large table: {slowest:.1f} times that of the small one")
    return int(slowest > MOST_TIMES_SLOWER)


if __name__ == "__main__":
    sys.exit(main())
