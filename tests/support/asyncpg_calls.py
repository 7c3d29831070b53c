"""What is sent to PostgreSQL, heard between whoever sends it and the driver.

asyncpg's own query logger neither sees prepared statements, which is how SQLAlchemy runs everything, nor
tells at once of the others. So the methods by which statements are sent are replaced, once and for all.
"""

from collections.abc import Awaitable, Callable, Generator, Iterable, Sequence
from typing import Any

from asyncpg import Connection
from asyncpg.prepared_stmt import PreparedStatement

Listener = Callable[[Any, str, Sequence[Any]], Awaitable[None]]
"""Is given the connection, the statement and its values, and awaited before it is sent. Of a statement
that is sent for many rows at once it is given the first."""

_listeners: list[Listener] = []


def listen(listener: Listener) -> None:
    """From now on."""
    _listeners.append(listener)


def stop_listening(listener: Listener) -> None:
    """The end of ``listen``."""
    _listeners.remove(listener)


async def _tell(connection: Any, sql: str, values: Sequence[Any]) -> None:
    for listener in _listeners.copy():
        await listener(connection, sql, values)


def _hear_connection(name: str) -> None:
    unheard = getattr(Connection, name)

    async def heard(self: Any, sql: str, *values: Any, **options: Any) -> Any:
        await _tell(self, sql, values)
        return await unheard(self, sql, *values, **options)

    setattr(Connection, name, heard)


def _hear_statement(name: str) -> None:
    unheard = getattr(PreparedStatement, name)

    async def heard(self: Any, *values: Any, **options: Any) -> Any:
        await _tell(self._connection, self.get_query(), values)
        return await unheard(self, *values, **options)

    setattr(PreparedStatement, name, heard)


class _Cursor:
    """What ``cursor`` gives, as far as SQLAlchemy uses it: it is awaited."""

    def __init__(self, statement: Any, values: Sequence[Any], opening: Awaitable[Any]) -> None:
        self._statement = statement
        self._values = values
        self._opening = opening

    def __await__(self) -> Generator[Any, Any, Any]:
        return self._open().__await__()

    async def _open(self) -> Any:
        await _tell(self._statement._connection, self._statement.get_query(), self._values)
        return await self._opening


_cursor_unheard = PreparedStatement.cursor


def _cursor(self: Any, *values: Any, **options: Any) -> _Cursor:
    return _Cursor(self, values, _cursor_unheard(self, *values, **options))


_executemany_unheard = Connection.executemany


async def _executemany(self: Any, sql: str, rows: Iterable[Sequence[Any]], **options: Any) -> None:
    rows = list(rows)
    await _tell(self, sql, rows[0])
    await _executemany_unheard(self, sql, rows, **options)


for _name in ("execute", "fetch", "fetchrow", "fetchval"):
    _hear_connection(_name)
for _name in ("fetch", "fetchrow", "fetchval"):
    _hear_statement(_name)
PreparedStatement.cursor = _cursor
Connection.executemany = _executemany
