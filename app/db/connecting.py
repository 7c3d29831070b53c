"""Why a database can't be connected to, in one line for the operator."""

from asyncpg import PostgresError
from sqlalchemy.exc import DBAPIError


def explain_failure(error: Exception) -> str | None:
    """What to look at, without the address and its password; None where it is a defect of ours.

    Errors of asyncpg and of sockets reach us unwrapped while connecting, and wrapped afterwards.
    """
    if isinstance(error, PostgresError):
        return f"the server refuses: {str(error).splitlines()[0]}"
    if isinstance(error, OSError):
        return f"the server is out of reach ({type(error).__name__})"
    if isinstance(error, DBAPIError) and "unable to open database file" in str(error.orig):
        return "the file can't be opened"
    return None
