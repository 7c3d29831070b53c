"""The engines: one pool for PostgreSQL; a single writer and many readers for SQLite."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import event, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

STATEMENT_TIMEOUT_MS = 15_000
LOCK_TIMEOUT_MS = 5_000
"""How long a request waits for another's lock; also what a second request with one key waits."""

_SQLITE_BUSY_TIMEOUT_MS = LOCK_TIMEOUT_MS


@dataclass(frozen=True, slots=True)
class Engines:
    """Where reads and writes go, and how many of each may be under way at once."""

    reading: AsyncEngine
    writing: AsyncEngine
    reading_slots: int
    writing_slots: int

    async def dispose(self) -> None:
        """Close all connections."""
        await self.reading.dispose()
        if self.writing.sync_engine.pool is not self.reading.sync_engine.pool:
            await self.writing.dispose()


def create_engines(url: str, pool_size: int) -> Engines:
    """Make the engines for ``url``; nothing is connected yet."""
    if make_url(url).get_backend_name() == "sqlite":
        return _create_sqlite_engines(url, pool_size)
    engine = create_async_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        connect_args={
            "server_settings": {
                "application_name": "questboard",
                "statement_timeout": str(STATEMENT_TIMEOUT_MS),
                "lock_timeout": str(LOCK_TIMEOUT_MS),
                "timezone": "UTC",
            }
        },
    )
    # In autocommit a read needs no round trips for BEGIN and ROLLBACK; the pool is the same.
    return Engines(
        engine.execution_options(isolation_level="AUTOCOMMIT"), engine, pool_size, pool_size
    )


def _create_sqlite_engines(url: str, pool_size: int) -> Engines:
    writing = create_async_engine(url, pool_size=1, max_overflow=0)
    reading = create_async_engine(url, pool_size=pool_size, max_overflow=0)
    for engine, begin in ((writing, "BEGIN IMMEDIATE"), (reading, "BEGIN")):
        event.listen(engine.sync_engine, "connect", _prepare_sqlite)
        event.listen(engine.sync_engine, "begin", _begin_with(begin))
    return Engines(reading, writing, pool_size, 1)


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver's own transactions begin too late to be read-modify-write safe: ours begin by hand.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")  # an acknowledged write survives a power cut
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute(f"PRAGMA busy_timeout={_SQLITE_BUSY_TIMEOUT_MS}")
    cursor.close()


def _begin_with(statement: str) -> Any:
    def begin(connection: Any) -> None:
        connection.exec_driver_sql(statement)

    return begin
