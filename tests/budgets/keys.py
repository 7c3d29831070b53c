"""The indexes that the models have, those of constraints among them."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Table, UniqueConstraint

from app.db.base import Base


@dataclass(frozen=True)
class TableKey:
    """An index: its name, its columns in order, and which rows it holds (all, if nothing is said)."""

    name: str
    columns: tuple[str, ...]
    where: str = ""


def list_keys(table: Table) -> Iterator[TableKey]:
    """Those of one table."""
    yield TableKey(f"pk_{table.name}", tuple(column.name for column in table.primary_key))
    for constraint in table.constraints:
        if isinstance(constraint, UniqueConstraint):
            yield TableKey(
                str(constraint.name), tuple(column.name for column in constraint.columns)
            )
    for index in table.indexes:
        where = index.dialect_options["postgresql"]["where"]
        columns = tuple(column.name for column in index.columns)
        yield TableKey(str(index.name), columns, "" if where is None else str(where))


FIRST_COLUMNS = {
    key.name: key.columns[0] for table in Base.metadata.sorted_tables for key in list_keys(table)
}
"""By the names of indexes."""
