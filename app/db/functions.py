"""SQL that the two databases say differently."""

from datetime import date
from typing import Any

from sqlalchemy import Boolean, Date, String, func, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction


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
