"""How long statements take, and how many units of work hold and await connections."""

import time
from typing import Any

from sqlalchemy import Connection, Engine, event

from app.core.metrics import (
    DB_CONNECTIONS_IN_USE,
    DB_CONNECTIONS_MAX,
    DB_STATEMENT_SECONDS,
    DB_WAITING,
)

_OTHER = DB_STATEMENT_SECONDS.labels("other")
_BY_WORD = {
    word: DB_STATEMENT_SECONDS.labels(word.lower())
    for word in ("SELECT", "INSERT", "UPDATE", "DELETE", "BEGIN")
}
_LENGTH = 6
"""Of the longest of these words; no two begin alike."""


def measure_statements(engine: Engine) -> None:
    """Measure every statement that goes over the engine, from the driver's call to its return."""
    event.listen(engine, "before_cursor_execute", _begin)
    event.listen(engine, "after_cursor_execute", _end)


def _begin(
    _connection: Connection, _cursor: Any, _statement: str, _given: Any, context: Any, _many: bool
) -> None:
    context.begun_at = time.perf_counter()


def _end(
    _connection: Connection, _cursor: Any, statement: str, _given: Any, context: Any, _many: bool
) -> None:
    measure(statement, context.begun_at)


def measure(statement: str, begun_at: float) -> None:
    """Measure a statement that has returned; ``begun_at`` is of ``time.perf_counter``."""
    word = statement[:_LENGTH].split(" ", 1)[0]
    _BY_WORD.get(word, _OTHER).observe(time.perf_counter() - begun_at)


class PoolGauges:
    """What is told of one pool: ``reading``, ``writing``, or ``shared`` by both kinds."""

    def __init__(self, pool: str, size: int) -> None:
        self.in_use = DB_CONNECTIONS_IN_USE.labels(pool)
        self.waiting = DB_WAITING.labels(pool)
        DB_CONNECTIONS_MAX.labels(pool).set(size)
