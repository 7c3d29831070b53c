"""What tells that a server is gone, and what is done about its connections."""

from functools import partial
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import InvalidatePoolError

from app.db.postgres_connections import DatabaseConnection
from app.db.postgres_hosts import PostgresHosts

READ_ONLY = "25006"
"""The SQLSTATE of a write to a server that takes none, as after a demotion."""


def watch_faults(engine: Engine, hosts: PostgresHosts) -> None:
    """Give up connections, and the whole pool, as soon as it shows that their server is gone."""
    event.listen(engine, "handle_error", _hide_row)
    event.listen(engine, "handle_error", partial(_notice_loss, hosts))
    event.listen(engine, "checkout", _refuse_closed)
    event.listen(engine, "before_cursor_execute", _follow_limits)
    event.listen(engine, "checkin", _restore_limits)


def hide_row(error: BaseException | None) -> bool:
    """PostgreSQL repeats the row that it refuses, as detail: it would go to the log as well.

    Whether there was any; ``error`` is the driver's.
    """
    has_detail = bool(getattr(error, "detail", None))
    if has_detail:
        vars(error)["detail"] = None
    return has_detail


def _hide_row(context: ExceptionContext) -> None:
    if not hide_row(context.original_exception.__cause__):
        return
    for error in (context.original_exception, context.sqlalchemy_exception):
        if error is not None:
            error.args = tuple(str(part).partition("\nDETAIL:")[0] for part in error.args)


def _notice_loss(hosts: PostgresHosts, context: ExceptionContext) -> None:
    """Have SQLAlchemy give up the pool, which it does by itself only for connections that are closed."""
    connection = context.connection
    if connection is None or connection.closed or connection.invalidated:
        return
    error, adapted = context.original_exception, connection.connection.dbapi_connection
    sqlstate = getattr(error, "sqlstate", None)
    if isinstance(error, TimeoutError):  # the server did not even end what it should have ended
        _driver_of(adapted).give_up()
        context.is_disconnect = True
    elif sqlstate == READ_ONLY and not _is_reading(adapted):
        hosts.forget()
        context.is_disconnect = True


def _refuse_closed(adapted: Any, _record: Any, _proxy: Any) -> None:
    """Let the pool connect anew, all of it, where a connection was closed while nobody used it.

    Or where its server was given up by a statement of which SQLAlchemy is not told.
    """
    driver = _driver_of(adapted)
    if driver.is_closed() or driver.is_doubtful:
        raise InvalidatePoolError


def _follow_limits(
    connection: Connection, _cursor: Any, statement: str, _given: Any, _context: Any, _many: bool
) -> None:
    _driver_of(connection.connection.dbapi_connection).follow(statement)


def _restore_limits(adapted: Any, _record: Any) -> None:
    if adapted is not None:  # a connection that was given up is none any more
        _driver_of(adapted).calm()


def _driver_of(adapted: Any) -> DatabaseConnection:
    driver: DatabaseConnection = adapted.driver_connection
    return driver


def _is_reading(adapted: Any) -> bool:
    """Whether the transaction was declared read-only by us, so that a write in it is our own defect."""
    return adapted.readonly is True
