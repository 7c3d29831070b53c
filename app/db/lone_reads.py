"""Reads of a single statement, on a connection that is taken and brought back for it alone.

Such a read needs no transaction: each statement sees one moment on both databases. Nothing is held while the
caller thinks, so a request that reads twice never holds two connections.
"""

import sqlite3
import time
from collections.abc import Sequence
from typing import Any, Protocol

from asyncpg import PostgresError
from sqlalchemy import PoolProxiedConnection
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession
from sqlalchemy.util.concurrency import greenlet_spawn

from app.db.driver_errors import DRIVER_ERRORS, is_closed, wrap
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
    def of(session: AsyncSession) -> "LoneReads | None":
        """Those that the session's engine offers, if it does."""
        if not isinstance(session.bind, AsyncEngine):
            return None
        reads: LoneReads | None = session.bind.get_execution_options().get(_OPTION)
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
            if isinstance(error, DRIVER_ERRORS):
                raise wrap(error, text, is_lost=not connection.is_valid) from error
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
    is_refusal = isinstance(error, PostgresError | sqlite3.Error)
    if is_refusal and not is_closed(connection.driver_connection):
        connection.close()
    else:
        connection.invalidate(error if isinstance(error, Exception) else None)
