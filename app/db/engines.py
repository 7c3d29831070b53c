"""The engines: one pool for PostgreSQL; a single writer and many readers for SQLite."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from pydantic_core import from_json
from sqlalchemy import Engine, PoolResetState, event, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from app.db.driving import offer_drivers
from app.db.lone_reads import offer_lone_reads
from app.db.measuring import measure_statements
from app.db.postgres_engines import create_postgres_engine, is_behind_pooler
from app.db.postgres_limits import DEFAULT_LIMITS, TimeLimits

_MOST_SQLITE_READERS = 8
"""Each has a thread, pages and statements of its own, 1 MB and more; and one interpreter feeds them all."""
_SQLITE_READER_PAGES_KIB = 512
"""Of 2 MB by default. The system keeps the file's pages as well, once for all: reading took no longer."""

_SQLITE_BUSY_TIMEOUT_MS = round(DEFAULT_LIMITS.lock * 1000)


@dataclass(frozen=True, slots=True)
class Engines:
    """Where reads and writes go, and how many of each may be under way at once.

    What is read in one transaction of ``snapshots`` is as it was at one moment; on ``reading`` each
    statement may see a later moment than the one before.
    """

    reading: AsyncEngine
    snapshots: AsyncEngine
    writing: AsyncEngine
    reading_slots: int
    writing_slots: int

    @property
    def pooled(self) -> Sequence[Engine]:
        """One for each pool: what is listened for on these is heard of all."""
        engines = [self.reading.sync_engine, self.writing.sync_engine]
        return engines if engines[0].pool is not engines[1].pool else engines[1:]

    async def dispose(self) -> None:
        """Close all connections."""
        await self.reading.dispose()
        if self.writing.sync_engine.pool is not self.reading.sync_engine.pool:
            await self.writing.dispose()


def create_engines(
    url: str,
    pool_size: int,
    *,
    connect_timeout_seconds: float | None = None,
    limits: TimeLimits = DEFAULT_LIMITS,
    by_driver: bool = True,
) -> Engines:
    """Make the engines for ``url``; nothing is connected yet.

    Of what goes to the driver at once SQLAlchemy's events say nothing: whoever listens for every statement
    does without (``by_driver``).
    """
    engines = (
        _create_sqlite_engines(url, pool_size)
        if make_url(url).get_backend_name() == "sqlite"
        else _create_postgres_engines(url, pool_size, connect_timeout_seconds, limits)
    )
    if not by_driver:
        return engines
    engines = replace(engines, writing=offer_drivers(engines.writing))
    if is_behind_pooler(url):
        return engines  # limits of time come with the BEGIN, which a read alone has not
    return replace(engines, reading=offer_lone_reads(engines.reading))


def _create_postgres_engines(
    url: str, pool_size: int, connect_timeout_seconds: float | None, limits: TimeLimits
) -> Engines:
    if connect_timeout_seconds is not None:
        limits = replace(limits, connect=connect_timeout_seconds)
    engine = create_postgres_engine(url, limits, pool_size=pool_size, max_overflow=0)
    measure_statements(engine.sync_engine)
    # In autocommit a read needs no round trips for BEGIN and ROLLBACK; the pool is the same. Behind a
    # pooler its limits of time come with the BEGIN.
    reading = (
        engine if is_behind_pooler(url) else engine.execution_options(isolation_level="AUTOCOMMIT")
    )
    snapshots = engine.execution_options(
        isolation_level="REPEATABLE READ", postgresql_readonly=True
    )
    return Engines(reading, snapshots, engine, pool_size, pool_size)


def _create_sqlite_engines(url: str, pool_size: int) -> Engines:
    readers = min(pool_size, _MOST_SQLITE_READERS)
    options = {
        "max_overflow": 0,
        "hide_parameters": True,
        "json_deserializer": from_json,
        "pool_reset_on_return": None,  # else a trip to the driver's thread for nothing; see "reset"
    }
    writing = create_async_engine(url, pool_size=1, **options)
    reading = create_async_engine(url, pool_size=readers, **options)
    for engine, begin in ((writing, "BEGIN IMMEDIATE"), (reading, "BEGIN")):
        event.listen(engine.sync_engine, "connect", _prepare_sqlite)
        event.listen(engine.sync_engine, "begin", _begin_with(begin))
        event.listen(engine.sync_engine, "invalidate", _end_broken_transaction)
        event.listen(engine.sync_engine, "reset", _end_uncommitted_transaction)
        measure_statements(engine.sync_engine)
    event.listen(reading.sync_engine, "connect", _keep_few_pages)
    return Engines(reading, reading, writing, readers, 1)


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver's own transactions begin too late to be read-modify-write safe: ours begin by hand.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")  # an acknowledged write survives a power cut
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute(f"PRAGMA busy_timeout={_SQLITE_BUSY_TIMEOUT_MS}")
    cursor.close()


def _keep_few_pages(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA cache_size=-{_SQLITE_READER_PAGES_KIB}")
    cursor.close()


def _end_broken_transaction(connection: Any, _record: Any, _error: BaseException | None) -> None:
    """Give the lock back before a connection is closed in mid-statement, as by a cancelled request.

    Closing alone does not: SQLite keeps a closed connection, and its transaction, for as long as a cursor
    of it is alive, and the error that ended the request holds on to one.
    """
    connection.rollback()


def _end_uncommitted_transaction(connection: Any, _record: Any, _state: PoolResetState) -> None:
    """Roll back what a failed commit left open on SQLite; SQLAlchemy takes it for ended."""
    if connection.driver_connection.in_transaction:
        connection.rollback()


def _begin_with(statement: str) -> Any:
    def begin(connection: Any) -> None:
        connection.exec_driver_sql(statement)

    return begin
