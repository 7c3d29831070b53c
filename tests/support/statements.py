"""Counts SQL statements at the driver, where nothing can hide (DESIGN 9).

SQLite's trace callback sees all; what goes to PostgreSQL is heard by ``asyncpg_calls``.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from weakref import WeakSet

from sqlalchemy import event

from app.db.engines import Engines
from tests.support import asyncpg_calls

_LEFT_OUT = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "SET", "PRAGMA", "--")


class StatementLog:
    """The statements that reached the database, but for those that frame transactions."""

    def __init__(self) -> None:
        self.statements: list[str] = []
        self._is_counting = False
        self._connections: WeakSet[Any] = WeakSet()

    def watch(self, engines: Engines) -> None:
        """Listen on every connection that the engines open from now on."""
        for pool in {engines.reading.sync_engine.pool, engines.writing.sync_engine.pool}:
            event.listen(pool, "connect", self._attach)

    @contextmanager
    def count(self) -> Iterator[list[str]]:
        """The statements of a block, of all connections."""
        self.statements = []
        self._is_counting = True
        asyncpg_calls.listen(self._hear_call)
        try:
            yield self.statements
        finally:
            asyncpg_calls.stop_listening(self._hear_call)
            self._is_counting = False

    def hear(self, statement: str) -> None:
        """Take a statement down, while a block is counted."""
        if self._is_counting and not statement.lstrip().upper().startswith(_LEFT_OUT):
            self.statements.append(statement)

    async def _hear_call(self, connection: Any, statement: str, _values: Sequence[Any]) -> None:
        if connection in self._connections:
            self.hear(statement)

    def _attach(self, connection: Any, _record: Any) -> None:
        driver = connection.driver_connection
        if hasattr(driver, "set_trace_callback"):
            connection.await_(driver.set_trace_callback(self.hear))
        else:
            self._connections.add(driver)
