"""Direct statements in a session: alone, or on the driver's connection under its transaction.

A transaction is begun, committed and taken back by SQLAlchemy alone: its first statement goes through it,
which sends the BEGIN; those that follow may go to the driver at once.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession

from app.db.driver_calls import Rows, call_driver, is_lost
from app.db.lone_reads import LoneReads

_OPTION = "drivers"
_HELD = "driver_connection"
_NOTHING = (object(), None)


def dialect_of(session: AsyncSession) -> Dialect:
    """The database that the session is about."""
    return session.get_bind().dialect


async def fetch_rows(session: AsyncSession, text: str, values: Sequence[Any]) -> Rows:
    """Run a statement in the session's transaction or, if it is in none and reads, alone.

    Raises:
        DBAPIError: the database refused it, or is gone.
    """
    if session.in_transaction():
        begun, connection = session.info.get(_HELD, _NOTHING)
        if begun is session.sync_session.get_transaction():
            return await _drive(connection, text, values)
    elif (lone_reads := LoneReads.of(session.bind)) is not None:
        return await lone_reads.fetch(text, values)
    connection = await session.connection()
    result = await connection.exec_driver_sql(text, tuple(values))
    if isinstance(session.bind, AsyncEngine) and session.bind.get_execution_options().get(_OPTION):
        session.info[_HELD] = (session.sync_session.get_transaction(), connection)
    return result.fetchall() if result.returns_rows else []


def offer_drivers(engine: AsyncEngine) -> AsyncEngine:
    """The same engine, in whose transactions direct statements go to the driver at once."""
    return engine.execution_options(**{_OPTION: True})


async def _drive(connection: AsyncConnection, text: str, values: Sequence[Any]) -> Rows:
    raw = await connection.get_raw_connection()
    try:
        return await call_driver(raw.driver_connection, text, values)
    except BaseException as error:
        if not isinstance(error, DBAPIError) or is_lost(error):
            await connection.invalidate(error if isinstance(error, Exception) else None)
        raise
