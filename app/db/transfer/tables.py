"""What is carried: every table of the metadata, so that one that is added later is carried as well."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Column, MetaData, Table

from app.db.models import User
from app.db.transfer.errors import BadRowError
from app.db.transfer.statements import Statements, build_statements
from app.db.transfer.values import Codec, Scalar, choose_codec

Row = Sequence[Scalar]
"""The values of a row as JSON has them, in the order of the table's columns."""

_SHOWN = 80
"""Characters of a key that are shown."""


@dataclass(frozen=True, slots=True)
class Field:
    """A column, and how its values are carried."""

    name: str
    codec: Codec
    nullable: bool


@dataclass(frozen=True, slots=True)
class CarriedTable:
    """A table.

    ``counter`` is the column that the database numbers, never the same twice; None where it numbers none.
    ``encoders`` and ``decoders`` (each with whether its column may be NULL) are those of the fields, at
    hand: millions of values go through them.
    """

    name: str
    fields: Sequence[Field]
    key: Sequence[int]
    counter: str | None
    statements: Statements
    encoders: Sequence[Callable[[Any], Scalar]]
    decoders: Sequence[tuple[Callable[[Any], Any], bool]]

    @property
    def columns(self) -> Sequence[str]:
        """The names of its columns, in the order of a row's values."""
        return [field.name for field in self.fields]

    def encode(self, values: Sequence[Any]) -> list[Scalar]:
        """A row as it is carried, from what was read.

        Raises:
            BadRowError: a value is not one of its column.
        """
        try:
            return [
                None if value is None else encode(value)
                for encode, value in zip(self.encoders, values, strict=True)
            ]
        except ValueError:
            raise self._explain(values, is_read=True) from None

    def decode(self, row: Row) -> list[Any]:
        """A row as it is written.

        Raises:
            BadRowError: a value is not one of its column, or the database would not take it.
        """
        if len(row) != len(self.fields):
            raise BadRowError(f"{self.name}: a row has {len(row)} values, not {len(self.fields)}")
        try:
            return [
                None if value is None and nullable else decode(value)
                for (decode, nullable), value in zip(self.decoders, row, strict=True)
            ]
        except (ValueError, OverflowError):
            raise self._explain(row, is_read=False) from None

    def _explain(self, row: Sequence[Any], *, is_read: bool) -> BadRowError:
        """Which value of the row won't do, and why; of the row itself only the key is told."""
        key = ", ".join(f"{self.fields[place].name} {_show(row[place])}" for place in self.key)
        for field, value in zip(self.fields, row, strict=True):
            convert = field.codec.encode if is_read else field.codec.decode
            if value is None and (is_read or field.nullable):
                continue
            try:
                convert(value)
            except (ValueError, OverflowError) as error:
                why = "is missing" if value is None else error
                return BadRowError(f"{self.name}, row with {key}: the value of {field.name} {why}")
        return BadRowError(f"{self.name}, row with {key}: a value can't be carried")


def _show(key: Any) -> str:
    """Part of a key for a terminal: an archive may hold anything."""
    return ascii(str(key)[:_SHOWN]).strip("'\"")


@cache
def list_tables(dialect: str) -> Sequence[CarriedTable]:
    """All tables, each after those that it refers to; ``dialect`` is the database's that holds them."""
    return [_describe(table, dialect) for table in User.metadata.sorted_tables]


def _describe(table: Table, dialect: str) -> CarriedTable:
    fields = [
        Field(
            column.name,
            choose_codec(column.type, allows_nul=dialect != "postgresql"),
            bool(column.nullable),
        )
        for column in table.columns
    ]
    names = [field.name for field in fields]
    keys = {column.name for column in table.primary_key}
    counter = None if table.autoincrement_column is None else table.autoincrement_column.name
    # As the model's, but with columns of the types that are carried.
    stored = Table(
        table.name,
        MetaData(),
        *(Column(field.name, field.codec.type, primary_key=field.name in keys) for field in fields),
    )
    return CarriedTable(
        name=table.name,
        fields=fields,
        key=[names.index(column.name) for column in table.primary_key],
        counter=counter,
        statements=build_statements(
            stored, counter, [field.name for field in fields if field.codec.cast_to_read]
        ),
        encoders=[field.codec.encode for field in fields],
        decoders=[(field.codec.decode, field.nullable) for field in fields],
    )
