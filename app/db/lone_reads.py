"""Reads of a single statement, on a connection that is taken and brought back for it alone.

Such a read needs no transaction: each statement sees one moment on both databases. Nothing is held while the
caller thinks, so a request that reads twice never holds two connections.
"""

import asyncio
from collections.abc import Sequence
from typing import Any

from sqlalchemy import PoolProxiedConnection
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.util.concurrency import greenlet_spawn

from app.db.driver_calls import Rows, call_driver, is_lost

_OPTION = "lone_reads"


class LoneReads:
    """Runs reads on connections of an engine's pool."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    @staticmethod
    def of(bind: object) -> "LoneReads | None":
        """Those that an engine offers, if it does; a connection has none."""
        if not isinstance(bind, AsyncEngine):
            return None
        reads: LoneReads | None = bind.get_execution_options().get(_OPTION)
        return reads

    async def fetch(self, text: str, values: Sequence[Any]) -> Rows:
        """The rows of one statement.

        Raises:
            DBAPIError: the database refused it, or is gone.
        """
        connection = await self._engine.raw_connection()
        try:
            rows = await call_driver(connection.driver_connection, text, values)
        except BaseException as error:
            await _bring_back_after(error, connection)
            raise
        await greenlet_spawn(connection.close)
        return rows


def offer_lone_reads(engine: AsyncEngine) -> AsyncEngine:
    """The same engine, whose sessions run a read alone where they may."""
    return engine.execution_options(**{_OPTION: LoneReads(engine)})


async def _bring_back_after(error: BaseException, connection: PoolProxiedConnection) -> None:
    def bring_back() -> None:
        if is_lost(error):
            connection.invalidate(error)
        else:
            connection.close()

    # Who is cancelled once more does not take the closing away.
    await asyncio.shield(asyncio.ensure_future(greenlet_spawn(bring_back)))
