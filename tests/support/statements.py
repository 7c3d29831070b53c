"""Counts SQL statements at the driver, where nothing can hide (DESIGN 9).

SQLite's trace callback sees all. asyncpg's query logger does not see prepared statements, which is how
SQLAlchemy runs everything, so on PostgreSQL their ``fetch`` and ``cursor`` are listened to as well.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from asyncpg.prepared_stmt import PreparedStatement
from sqlalchemy import event

from app.db.engines import Engines

_LEFT_OUT = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "SET", "PRAGMA", "--")

_fetch_unheard = PreparedStatement.fetch
_cursor_unheard = PreparedStatement.cursor
_logs: set["StatementLog"] = set()


async def _fetch(self: Any, *args: Any, **kwargs: Any) -> Any:
    for log in _logs:
        log.hear(self.get_query())
    return await _fetch_unheard(self, *args, **kwargs)


def _cursor(self: Any, *args: Any, **kwargs: Any) -> Any:
    for log in _logs:
        log.hear(self.get_query())
    return _cursor_unheard(self, *args, **kwargs)


PreparedStatement.fetch = _fetch
PreparedStatement.cursor = _cursor


class StatementLog:
    """The statements that reached the database, but for those that frame transactions."""

    def __init__(self) -> None:
        self.statements: list[str] = []

    def watch(self, engines: Engines) -> None:
        """Listen on every connection that the engines open from now on."""
        for pool in {engines.reading.sync_engine.pool, engines.writing.sync_engine.pool}:
            event.listen(pool, "connect", self._attach)

    @contextmanager
    def count(self) -> Iterator[list[str]]:
        """The statements of a block, of all connections."""
        self.statements = []
        _logs.add(self)
        try:
            yield self.statements
        finally:
            _logs.discard(self)

    def hear(self, statement: str) -> None:
        """Take a statement down, while a block is counted."""
        if self in _logs and not statement.lstrip().upper().startswith(_LEFT_OUT):
            self.statements.append(statement)

    def _attach(self, connection: Any, _record: Any) -> None:
        driver = connection.driver_connection
        if hasattr(driver, "add_query_logger"):
            driver.add_query_logger(lambda record: self.hear(record.query))
        else:
            connection.await_(driver.set_trace_callback(self.hear))
