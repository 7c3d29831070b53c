"""Whether a database server lets us in, and if not, whether it is worth waiting."""

from dataclasses import dataclass

from asyncpg import CannotConnectNowError, PostgresError, TooManyConnectionsError

from app.db.conflicts import CONNECTING_ERRORS
from app.db.connecting import explain_failure
from app.db.engines import create_engines


@dataclass(frozen=True, slots=True)
class ConnectionFailure:
    """Why the server does not let us in, in one line without addresses and secrets."""

    reason: str
    may_pass: bool
    """False where waiting is no help: a wrong password, no such database."""


async def find_connection_failure(url: str) -> ConnectionFailure | None:
    """Connect once; None if that went well."""
    engines = create_engines(url, 1)
    try:
        async with engines.reading.connect():
            return None
    except CONNECTING_ERRORS as error:
        reason = explain_failure(error) or "no server of the wanted kind among the hosts"
        return ConnectionFailure(reason, _may_pass(error))
    finally:
        await engines.dispose()


def _may_pass(error: Exception) -> bool:
    # A pooler whose server is away says 08P01, one of the connection exceptions.
    passing = (CannotConnectNowError, TooManyConnectionsError)
    is_connecting = (getattr(error, "sqlstate", None) or "").startswith("08")
    return is_connecting or isinstance(error, passing) or not isinstance(error, PostgresError)
