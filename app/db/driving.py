"""The driver's connection under a session, and what its errors are in SQLAlchemy's words.

A transaction is begun, committed and taken back by SQLAlchemy alone: its first statement goes through it,
which sends the BEGIN; those that follow may go to the driver at once.
"""

import time
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Dialect
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession

from app.db.driver_errors import DRIVER_ERRORS, is_closed, wrap
from app.db.lone_reads import LoneReads, Rows
from app.db.measuring import measure

_DRIVERS = "drivers"
_CONNECTION = "direct_connection"
_NONE = (object(), None)


def dialect_of(session: AsyncSession) -> Dialect:
    """The database that the session is about."""
    return session.get_bind().dialect


async def fetch_rows(session: AsyncSession, text: str, values: Sequence[Any]) -> Rows:
    """Run a statement in the session's transaction or, if it is in none and reads, alone.

    Raises:
        DBAPIError: the database refused it, or is gone.
    """
    if session.in_transaction():
        begun, connection = session.info.get(_CONNECTION, _NONE)
        if begun is session.sync_session.get_transaction():
            return await _drive(connection, text, values)
    elif (lone_reads := LoneReads.of(session)) is not None:
        return await lone_reads.fetch(text, values)
    connection = await session.connection()
    result = await connection.exec_driver_sql(text, tuple(values))
    if isinstance(session.bind, AsyncEngine) and session.bind.get_execution_options().get(_DRIVERS):
        session.info[_CONNECTION] = (session.sync_session.get_transaction(), connection)
    return result.fetchall() if result.returns_rows else []


def offer_drivers(engine: AsyncEngine) -> AsyncEngine:
    """The same engine, in whose transactions direct statements go to the driver at once."""
    return engine.execution_options(**{_DRIVERS: True})


async def _drive(connection: AsyncConnection, text: str, values: Sequence[Any]) -> Rows:
    raw = await connection.get_raw_connection()
    driver: Any = raw.driver_connection
    begun_at = time.perf_counter()
    try:
        if connection.dialect.name == "postgresql":
            rows: Rows = await driver.fetch(text, *values)
        else:
            rows = await driver.execute_fetchall(text, values)
    except DRIVER_ERRORS as error:
        is_lost = is_closed(driver) or isinstance(error, OSError)
        if is_lost:
            await connection.invalidate(error)
        raise wrap(error, text, is_lost=is_lost) from error
    measure(text, begun_at)
    return rows
