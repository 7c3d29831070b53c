"""Telling a damaged database file from a defect of ours."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError

from app.core.errors import UnavailableError

_SAYINGS = ("disk image is malformed", "file is not a database")
"""What SQLite says of such files."""


class DatabaseDamagedError(UnavailableError):
    """The database's file can't be read."""

    code = "database_damaged"
    detail = "The database's file is damaged, or is no database."


@contextmanager
def explaining_damage() -> Iterator[None]:
    """Say it in a line.

    Raises:
        DatabaseDamagedError: the file can't be read.
    """
    try:
        yield
    except DBAPIError as error:
        if any(saying in str(error.orig) for saying in _SAYINGS):
            raise DatabaseDamagedError from error
        raise
