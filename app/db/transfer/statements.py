"""The statements that carry a table."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Delete,
    Insert,
    Select,
    Table,
    bindparam,
    cast,
    delete,
    func,
    insert,
    literal,
    select,
)


@dataclass(frozen=True, slots=True)
class Statements:
    """What is said to the database about one table.

    ``find_any`` gives a row if there is any; ``find_last_id`` is None where the table numbers no rows.
    """

    read: Select[Any]
    count: Select[tuple[int]]
    find_any: Select[tuple[int]]
    find_last_id: Select[tuple[int]] | None
    write: Insert
    empty: Delete


def build_statements(table: Table, counter: str | None, cast_names: Collection[str]) -> Statements:
    """The statements for a table; ``counter`` is the column that the database numbers.

    The columns in ``cast_names`` are cast to their type when they are read.
    """
    columns = [
        cast(column, column.type) if column.name in cast_names else column
        for column in table.columns
    ]
    return Statements(
        read=select(*columns).order_by(*table.primary_key),
        count=select(func.count()).select_from(table),
        find_any=select(literal(1)).select_from(table).limit(1),
        find_last_id=None if counter is None else select(func.max(table.c[counter])),
        write=insert(table).values({column: bindparam(column.name) for column in table.columns}),
        empty=delete(table),
    )
