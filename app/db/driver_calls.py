"""One statement on a driver's connection, and what its errors are in SQLAlchemy's words."""

import sqlite3
import time
from collections.abc import Sequence
from typing import Any

from asyncpg import (
    IntegrityConstraintViolationError,
    InterfaceError,
    InternalClientError,
    PostgresError,
    ReadOnlySQLTransactionError,
)
from sqlalchemy.exc import DBAPIError, IntegrityError

from app.db.conflicts import is_out_of_reach
from app.db.measuring import measure
from app.db.postgres_connections import DatabaseConnection
from app.db.postgres_faults import hide_row

Rows = Sequence[Sequence[Any]]

_ERRORS = (PostgresError, InterfaceError, InternalClientError, sqlite3.Error, OSError)
_GONE = (TimeoutError, ReadOnlySQLTransactionError)
"""The server is silent, or takes no more writes: what ``postgres_faults`` notices where SQLAlchemy hears."""


async def call_driver(driver: Any, text: str, values: Sequence[Any]) -> Rows:
    """Run a statement; its rows.

    Raises:
        DBAPIError: as SQLAlchemy would have raised it; ``is_lost`` tells of the connection.
    """
    begun_at = time.perf_counter()
    try:
        if isinstance(driver, DatabaseConnection):
            rows: Rows = await driver.fetch(text, *values)
        else:
            rows = await driver.execute_fetchall(text, values)
    except _ERRORS as error:
        if isinstance(driver, DatabaseConnection) and isinstance(error, _GONE):
            driver.give_up()
        raise _wrap(error, text, driver) from error
    measure(text, begun_at)
    return rows


def is_lost(error: BaseException) -> bool:
    """Whether the connection is of no use any more.

    A refusal leaves it as it was; who was cancelled does not know how far it came.
    """
    return is_out_of_reach(error) if isinstance(error, DBAPIError) else True


def _wrap(error: Exception, text: str, driver: Any) -> DBAPIError:
    hide_row(error)
    is_integrity = isinstance(error, IntegrityConstraintViolationError | sqlite3.IntegrityError)
    is_closed = getattr(driver, "is_closed", None)
    kind = IntegrityError if is_integrity else DBAPIError
    return kind(
        text,
        None,
        error,
        hide_parameters=True,
        connection_invalidated=isinstance(error, OSError | InternalClientError)
        or bool(is_closed and is_closed()),
    )
