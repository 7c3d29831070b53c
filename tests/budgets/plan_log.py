"""The plan of every statement that reaches PostgreSQL, with its real values, as it is about to run.

Each is explained in several ways, and what that changes is taken back.
"""

import json
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date, time
from enum import StrEnum
from typing import Any

from asyncpg import PostgresError

from tests.support import asyncpg_calls

_EXPLAINABLE = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")
_EXPLAIN = "EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON)"
_CHEAP_WHILE_SMALL = ("seqscan", "hashjoin", "mergejoin")
_AS_IF_LARGE = tuple(f"SET LOCAL enable_{way} = off" for way in _CHEAP_WHILE_SMALL)
_VALUES_UNKNOWN = "SET LOCAL plan_cache_mode = force_generic_plan"
_ALONE = ("BEGIN", "ROLLBACK")
_WITHIN = ("SAVEPOINT explained", "ROLLBACK TO explained; RELEASE explained")
_NAME = "values_unknown"
_LOOKS = 3
"""So often a statement is explained: the caller is looked up for every request."""
_is_explaining: ContextVar[bool] = ContextVar("is_explaining", default=False)


class Way(StrEnum):
    """How a statement is planned."""

    PLAIN = "as it is"
    LARGE = "as if tables were large"
    """A small table is read whole because that is cheaper: what shows is how it will be done some day."""
    BLIND = "as if tables were large, values unknown"
    """As PostgreSQL may do once a connection has sent the statement five times."""


@dataclass(frozen=True)
class Seen:
    """A statement and the root of its plan. ``step``: what was asked for."""

    step: str
    way: Way
    sql: str
    plan: Mapping[str, Any]


@dataclass
class PlanLog:
    """What was seen during the steps that were named to it; between them nothing is explained."""

    step: str | None = None
    seen: list[Seen] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)
    """Steps, and the errors of statements that the database refused."""
    _looks: Counter[str] = field(default_factory=Counter)

    @contextmanager
    def listen(self) -> Iterator[None]:
        """Explain in the block, on whatever connection."""
        asyncpg_calls.listen(self._look)
        try:
            yield
        finally:
            asyncpg_calls.stop_listening(self._look)

    @contextmanager
    def during(self, step: str) -> Iterator[None]:
        """What is sent in the block is for this step."""
        self.step = step
        try:
            yield
        finally:
            self.step = None

    async def _look(self, connection: Any, sql: str, values: Sequence[Any]) -> None:
        step = self.step
        is_explained = sql.lstrip().upper().startswith(_EXPLAINABLE)
        if step is None or not is_explained or _is_explaining.get() or self._looks[sql] == _LOOKS:
            return
        self._looks[sql] += 1
        token = _is_explaining.set(True)
        try:
            for way, explain in _WAYS.items():
                answer = await explain(connection, sql, values)
                # The service may have told its connection to read JSON, or not.
                read = json.loads(answer) if isinstance(answer, str) else answer
                self.seen.append(Seen(step, way, " ".join(sql.split()), read[0]["Plan"]))
        except PostgresError as error:
            # The database will refuse the statement itself, too: that is the service's affair.
            self.refused.append((step, repr(error)))
        finally:
            _is_explaining.reset(token)


async def _explain(connection: Any, sql: str, values: Sequence[Any]) -> Any:
    async with _taking_back(connection):
        return await connection.fetchval(f"{_EXPLAIN} {sql}", *values)


async def _explain_as_if_large(connection: Any, sql: str, values: Sequence[Any]) -> Any:
    async with _taking_back(connection, *_AS_IF_LARGE):
        return await connection.fetchval(f"{_EXPLAIN} {sql}", *values)


async def _explain_blindly(connection: Any, sql: str, values: Sequence[Any]) -> Any:
    given = f"({', '.join(map(_write, values))})" if values else ""
    await connection.execute(f"PREPARE {_NAME} AS {sql}")
    try:
        async with _taking_back(connection, *_AS_IF_LARGE, _VALUES_UNKNOWN):
            return await connection.fetchval(f"{_EXPLAIN} EXECUTE {_NAME}{given}")
    finally:
        await connection.execute(f"DEALLOCATE {_NAME}")


@asynccontextmanager
async def _taking_back(connection: Any, *settings: str) -> AsyncIterator[None]:
    begin, end = _WITHIN if connection.is_in_transaction() else _ALONE
    await connection.execute("; ".join([begin, *settings]))
    try:
        yield
    finally:
        await connection.execute(end)


def _write(value: Any) -> str:
    """A value as PostgreSQL reads it, of whatever type the statement wants."""
    if value is None:
        return "NULL"
    if isinstance(value, bytes):
        return rf"'\x{value.hex()}'"
    if isinstance(value, date | time):
        value = value.isoformat()
    if isinstance(value, list):
        value = "{" + ", ".join(json.dumps(str(item)) for item in value) + "}"
    return "'" + str(value).replace("'", "''") + "'"


_WAYS: Mapping[Way, Callable[[Any, str, Sequence[Any]], Awaitable[Any]]] = {
    Way.PLAIN: _explain,
    Way.LARGE: _explain_as_if_large,
    Way.BLIND: _explain_blindly,
}
