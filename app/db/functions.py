"""SQL that the two databases say differently."""

from typing import Any

from sqlalchemy import Boolean, func, select
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
