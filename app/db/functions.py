"""SQL that the two databases say differently."""

from datetime import date
from typing import Any

from sqlalchemy import (
    ARRAY,
    JSON,
    BindParameter,
    Boolean,
    Date,
    String,
    bindparam,
    func,
    select,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction
from sqlalchemy.types import TypeEngine


class JsonArrayHas(GenericFunction[bool]):
    """Whether a JSON array of texts (first argument) has a text (second) among its elements."""

    name = "json_array_has"
    type = Boolean()
    inherit_cache = True


@compiles(JsonArrayHas, "postgresql")
def _has_on_postgresql(element: JsonArrayHas, compiler: SQLCompiler, **kwargs: Any) -> str:
    array, text = (compiler.process(clause, **kwargs) for clause in element.clauses)
    return f"{array} @> jsonb_build_array({text})"


@compiles(JsonArrayHas, "sqlite")
def _has_on_sqlite(element: JsonArrayHas, compiler: SQLCompiler, **kwargs: Any) -> str:
    array, text = element.clauses
    elements = func.json_each(array).table_valued("value")
    return compiler.process(text.in_(select(elements.c.value)), **kwargs)


class IsOneOf(GenericFunction[bool]):
    """Whether a value (first argument) is in a list (second) of any length: one statement for all lengths.

    The list is a parameter made by ``list_of``.
    """

    name = "is_one_of"
    type = Boolean()
    inherit_cache = True


@compiles(IsOneOf, "postgresql")
def _is_on_postgresql(element: IsOneOf, compiler: SQLCompiler, **kwargs: Any) -> str:
    value, values = (compiler.process(clause, **kwargs) for clause in element.clauses)
    return f"{value} = ANY ({values})"


@compiles(IsOneOf, "sqlite")
def _is_on_sqlite(element: IsOneOf, compiler: SQLCompiler, **kwargs: Any) -> str:
    value, values = element.clauses
    elements = func.json_each(values).table_valued("value")
    return compiler.process(value.in_(select(elements.c.value)), **kwargs)


def list_of(name: str, item_type: TypeEngine[Any]) -> BindParameter[Any]:
    """A parameter that is a list; for ``IsOneOf``."""
    return bindparam(name, type_=ARRAY(item_type).with_variant(JSON(), "sqlite"))


class IsoDate(GenericFunction[str]):
    """A date as text, in the form of ISO 8601 whatever the server is set to."""

    name = "iso_date"
    type = String()
    inherit_cache = True


@compiles(IsoDate, "postgresql")
def _write_on_postgresql(element: IsoDate, compiler: SQLCompiler, **kwargs: Any) -> str:
    return f"to_char({compiler.process(element.clauses, **kwargs)}, 'YYYY-MM-DD')"


@compiles(IsoDate, "sqlite")
def _write_on_sqlite(element: IsoDate, compiler: SQLCompiler, **kwargs: Any) -> str:
    return f"date({compiler.process(element.clauses, **kwargs)})"


class WeekOn(GenericFunction[date]):
    """The Monday of the ISO week, in UTC, in which an instant lies."""

    name = "week_on"
    type = Date()
    inherit_cache = True


@compiles(WeekOn, "postgresql")
def _find_week_on_postgresql(element: WeekOn, compiler: SQLCompiler, **kwargs: Any) -> str:
    instant = compiler.process(element.clauses, **kwargs)
    return f"CAST(date_trunc('week', {instant} AT TIME ZONE 'UTC') AS DATE)"


@compiles(WeekOn, "sqlite")
def _find_week_on_sqlite(element: WeekOn, compiler: SQLCompiler, **kwargs: Any) -> str:
    # The next Sunday, if it is none, less six days.
    return f"date({compiler.process(element.clauses, **kwargs)}, 'weekday 0', '-6 days')"
