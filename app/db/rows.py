"""Direct statements that insert any number of rows at once. One is compiled for each number, and kept."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Insert, Table, bindparam
from sqlalchemy.dialects import postgresql, sqlite

from app.db.direct import Direct, no_row
from app.db.together import Write

T = TypeVar("T")

MOST_ROWS = 128
"""A boss that falls pays four entries to each of thirty. More go by several statements: drivers take 32,000
parameters, and each number is compiled once."""


def batched(items: Iterable[T], size: int = MOST_ROWS) -> Iterable[Sequence[T]]:
    """The items, so many at a time at most."""
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch


class RowInsert:
    """Inserts rows of some columns into a table."""

    def __init__(
        self,
        table: Table,
        names: Sequence[str],
        *,
        keys: Sequence[str] = (),
        changes: Callable[[Any], Mapping[str, ColumnElement[Any]]] | None = None,
        returning: Sequence[ColumnElement[Any]] = (),
        make: Callable[..., Any] = no_row,
    ) -> None:
        """``changes``, from what was given, are made instead where the row with these ``keys`` is there."""
        self._table = table
        self._names = names
        self._keys = keys
        self._changes = changes
        self._returning = returning
        self._make = make
        self._of_count: Callable[[int], Direct[Any]] = cache(self._make_statement)

    def write(self, rows: Sequence[Mapping[str, Any]]) -> Write:
        """Insert rows, ``MOST_ROWS`` at most; each has a value for each of the columns."""
        parameters = {
            f"{name}_{number}": row[name] for number, row in enumerate(rows) for name in self._names
        }
        return Write(self._of_count(len(rows)), parameters)

    def _make_statement(self, count: int) -> Direct[Any]:
        values = [
            {
                name: bindparam(f"{name}_{number}", type_=self._table.c[name].type)
                for name in self._names
            }
            for number in range(count)
        ]

        def write(dialect: str) -> Insert:
            insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
            statement = insert(self._table).values(values)
            if self._changes is not None:
                changes = self._changes(statement.excluded)
                statement = statement.on_conflict_do_update(
                    index_elements=list(self._keys), set_=dict(changes)
                )
            return statement.returning(*self._returning) if self._returning else statement

        return Direct(write, self._make)
