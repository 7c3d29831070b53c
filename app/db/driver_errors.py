"""What the drivers raise, in SQLAlchemy's words."""

import sqlite3
from typing import Any

from asyncpg import IntegrityConstraintViolationError, InterfaceError, PostgresError
from sqlalchemy.exc import DBAPIError, IntegrityError

DRIVER_ERRORS = (PostgresError, InterfaceError, sqlite3.Error, OSError)
"""What the drivers raise, unwrapped."""


def is_closed(driver: Any) -> bool:
    """Whether a connection is known to be of no use any more."""
    closed = getattr(driver, "is_closed", None)
    return bool(closed and closed())


def wrap(error: Exception, text: str, *, is_lost: bool) -> DBAPIError:
    """A driver's error as SQLAlchemy would have raised it. PostgreSQL's detail repeats the row: it goes."""
    if getattr(error, "detail", None):
        vars(error)["detail"] = None
        error.args = tuple(str(part).partition("\nDETAIL:")[0] for part in error.args)
    is_integrity = isinstance(error, IntegrityConstraintViolationError | sqlite3.IntegrityError)
    kind = IntegrityError if is_integrity else DBAPIError
    return kind(text, None, error, hide_parameters=True, connection_invalidated=is_lost)
