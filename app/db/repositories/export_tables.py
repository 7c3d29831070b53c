"""How a part of an export is described: a file, and the one statement that reads its rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import JSON, ColumnElement, Select, Text, bindparam, cast

from app.db.types import Id

OF_USER = bindparam("of_user", type_=Id)
"""Whose rows are read."""


@dataclass(frozen=True, slots=True)
class ExportTable:
    """Rows of a user's. Their columns are named one by one: a new one is not given out by itself.

    ``title`` says what they are, ``fields`` what the values of a row are called. Those in ``json_places``
    are read as text of JSON: it is decoded where it does not hold up the requests of others.
    """

    name: str
    title: str
    fields: Sequence[str]
    json_places: Sequence[int]
    statement: Select[Any]


def describe(name: str, title: str, statement: Select[Any]) -> ExportTable:
    """The part of an export that a statement reads, which takes ``OF_USER`` and says an order."""
    columns = list(statement.selected_columns)
    places = [place for place, column in enumerate(columns) if isinstance(column.type, JSON)]
    return ExportTable(
        name=name,
        title=title,
        fields=[str(column.key) for column in columns],
        json_places=places,
        statement=statement.with_only_columns(*map(_as_read, columns)),
    )


def _as_read(column: ColumnElement[Any]) -> ColumnElement[Any]:
    if isinstance(column.type, JSON):
        return cast(column, Text).label(str(column.key))
    return column
