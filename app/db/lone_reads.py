"""Reads of a single statement, on a connection that is taken and brought back for it alone.

Such a read needs no transaction: each statement sees one moment on both databases. Nothing is held while the
caller thinks, so a request that reads twice never holds two connections.
"""

import sqlite3
import time
from collections.abc import Sequence
from typing import Any, Protocol

from asyncpg import InterfaceError, PostgresError
from sqlalchemy import PoolProxiedConnection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.util.concurrency import greenlet_spawn

from app.db.measuring import measure

_OPTION = "lone_reads"

Rows = Sequence[Sequence[Any]]


class _Fetch(Protocol):
    async def __call__(self, driver: Any, text: str, values: Sequence[Any]) -> Rows: ...


class LoneReads:
    """Runs reads on connections of an engine's pool."""

    def __init__(self, engine: AsyncEngine, fetch: _Fetch) -> None:
        self._engine = engine
        self._fetch = fetch

    @staticmethod
    def of(engine: AsyncEngine) -> "LoneReads | None":
        """Those that the engine offers, if it does."""
        reads: LoneReads | None = engine.get_execution_options().get(_OPTION)
        return reads

    async def fetch(self, text: str, values: Sequence[Any]) -> Rows:
        """The rows of one statement.

        Raises:
            DBAPIError: the database refused it, or is gone.
        """
        connection = await self._engine.raw_connection()
        begun_at = time.perf_counter()
        try:
            rows = await self._fetch(connection.driver_connection, text, values)
        except BaseException as error:
            await greenlet_spawn(_bring_back, connection, error)
            if isinstance(error, PostgresError | InterfaceError | sqlite3.Error | OSError):
                raise _wrap(error, text, connection) from error
            raise
        measure(text, begun_at)
        await greenlet_spawn(connection.close)
        return rows


def offer_lone_reads(engine: AsyncEngine) -> AsyncEngine:
    """The same engine, whose sessions run a read alone where they may."""
    fetch = _fetch_postgres if engine.dialect.name == "postgresql" else _fetch_sqlite
    return engine.execution_options(**{_OPTION: LoneReads(engine, fetch)})


async def _fetch_postgres(driver: Any, text: str, values: Sequence[Any]) -> Rows:
    rows: Rows = await driver.fetch(text, *values)
    return rows


async def _fetch_sqlite(driver: Any, text: str, values: Sequence[Any]) -> Rows:
    rows: Rows = await driver.execute_fetchall(text, values)
    return rows


def _bring_back(connection: PoolProxiedConnection, error: BaseException) -> None:
    """A refusal leaves the connection as it was; what else ended the read may have left it in the middle."""
    if isinstance(error, PostgresError | sqlite3.Error) and not _is_closed(connection):
        connection.close()
    else:
        connection.invalidate(error if isinstance(error, Exception) else None)


def _is_closed(connection: PoolProxiedConnection) -> bool:
    is_closed = getattr(connection.driver_connection, "is_closed", None)
    return bool(is_closed and is_closed())


def _wrap(error: Exception, text: str, connection: PoolProxiedConnection) -> DBAPIError:
    return DBAPIError(
        text, None, error, hide_parameters=True, connection_invalidated=not connection.is_valid
    )
