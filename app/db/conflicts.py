"""From a database's integrity error to the constraint that it broke, alike on both databases."""

import re
from collections.abc import Mapping
from functools import cache

from asyncpg import PostgresError
from asyncpg.exceptions import TargetServerAttributeNotMatched
from sqlalchemy import Index, PrimaryKeyConstraint, UniqueConstraint
from sqlalchemy.exc import DBAPIError, IntegrityError

from app.core.errors import QuestboardError, UnauthenticatedError, UnavailableError
from app.db.base import Base

FOREIGN_KEY = "foreign key"
"""Stands for any foreign key: SQLite does not say which one was broken."""

CONNECTING_ERRORS = (OSError, PostgresError, TargetServerAttributeNotMatched)
"""What failing to connect raises: it reaches us unwrapped, unlike the errors of statements."""

_SQLITE_UNIQUE = re.compile(r"UNIQUE constraint failed: (.+)$")
_SQLITE_OUT_OF_REACH = re.compile(
    "unable to open database file|disk I/O error|database or disk is full|readonly database"
)
_RETRY_AFTER_SECONDS = 1

_UNIQUE_VIOLATION = "23505"
_FOREIGN_KEY_VIOLATION = "23503"
_LOCK_NOT_AVAILABLE = "55P03"
_TRANSIENT_SQLSTATES = {
    _LOCK_NOT_AVAILABLE,
    "40001",  # serialization_failure
    "40P01",  # deadlock_detected
    "57014",  # query_canceled: the statement timeout
    "57P03",  # cannot_connect_now
    "53100",  # disk_full
    "53200",  # out_of_memory
    "53300",  # too_many_connections
}
_GONE_SQLSTATES = (
    "08",  # connection_exception
    "57P01",  # admin_shutdown
    "57P02",  # crash_shutdown
)


class OwnerGoneError(UnauthenticatedError):
    """The account was deleted while its request was under way."""

    detail = "This account is no more."


class DatabaseBusyError(UnavailableError):
    """The database could not take the request in time; nothing was changed."""

    code = "database_busy"
    detail = "The database is busy. Nothing was changed; try again."


class DatabaseUnavailableError(UnavailableError):
    """The database is out of reach."""

    code = "database_unavailable"
    detail = "The database is out of reach at the moment. Try again later."


def sqlstate_of(error: DBAPIError) -> str | None:
    """PostgreSQL's five-character code, or None on SQLite."""
    return getattr(error.orig, "sqlstate", None)


def is_lock_timeout(error: DBAPIError) -> bool:
    """Whether a row's lock, or SQLite's one writer, was not free in time."""
    return sqlstate_of(error) == _LOCK_NOT_AVAILABLE or "database is locked" in str(error.orig)


def constraint_of(error: IntegrityError) -> str | None:
    """The name of the broken key, unique constraint or index, ``FOREIGN_KEY``, or None for any other."""
    sqlstate = sqlstate_of(error)
    if sqlstate == _FOREIGN_KEY_VIOLATION or "FOREIGN KEY constraint failed" in str(error.orig):
        return FOREIGN_KEY
    if sqlstate == _UNIQUE_VIOLATION:
        cause = getattr(error.orig, "__cause__", None) or error.orig
        name = getattr(cause, "constraint_name", None)
        return None if name is None else str(name)
    match = _SQLITE_UNIQUE.search(str(error.orig))
    return _unique_names().get(match.group(1)) if match else None


@cache
def _unique_names() -> Mapping[str, str]:
    """SQLite names the columns of a broken unique constraint; this names the constraint of the columns."""
    names: dict[str, str] = {}
    for table in Base.metadata.tables.values():
        uniques: list[PrimaryKeyConstraint | UniqueConstraint | Index] = [
            constraint
            for constraint in table.constraints
            if isinstance(constraint, PrimaryKeyConstraint | UniqueConstraint)
        ]
        uniques += [index for index in table.indexes if index.unique]
        for unique in uniques:
            columns = ", ".join(f"{table.name}.{column.name}" for column in unique.columns)
            names[columns] = str(unique.name)
    return names


def translate(error: Exception) -> QuestboardError | None:
    """The refusal that an error of the database means, or None where it is a defect of ours."""
    if isinstance(error, IntegrityError):
        return OwnerGoneError() if constraint_of(error) == FOREIGN_KEY else None
    if isinstance(error, DBAPIError):
        if not is_out_of_reach(error):
            is_busy = is_lock_timeout(error) or sqlstate_of(error) in _TRANSIENT_SQLSTATES
            return DatabaseBusyError(retry_after=_RETRY_AFTER_SECONDS) if is_busy else None
    elif not isinstance(error, CONNECTING_ERRORS):
        return None
    return DatabaseUnavailableError(retry_after=_RETRY_AFTER_SECONDS)


def is_out_of_reach(error: DBAPIError) -> bool:
    """Whether the connection is of no use any more, or the file of SQLite."""
    return (
        error.connection_invalidated
        or (sqlstate_of(error) or "").startswith(_GONE_SQLSTATES)
        or _SQLITE_OUT_OF_REACH.search(str(error.orig)) is not None
    )
