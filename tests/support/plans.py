"""How a database would carry out a statement, on tables as they are when new."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import ClauseElement
from sqlalchemy.sql.expression import Executable

from app.db.base import Base

_WAYS = ("seqscan", "hashjoin", "mergejoin", "bitmapscan")


class _Explain(Executable, ClauseElement):
    inherit_cache = False

    def __init__(self, statement: ClauseElement) -> None:
        self.statement = statement


@compiles(_Explain)
def _compile(element: _Explain, compiler: SQLCompiler, **given: Any) -> str:
    explain = "EXPLAIN QUERY PLAN" if compiler.dialect.name == "sqlite" else "EXPLAIN"
    return f"{explain} {compiler.process(element.statement, **given)}"


async def explain(
    session: AsyncSession, statement: ClauseElement, parameters: Mapping[str, Any]
) -> Sequence[str]:
    """The steps of the plan.

    On PostgreSQL plans depend on how large tables grew and on what autovacuum saw: these are for tables
    as new, and no table is read whole where there is another way. Once in a transaction.
    """
    if session.get_bind().dialect.name == "sqlite":
        return [row[3] for row in await session.execute(_Explain(statement), parameters)]
    await session.execute(text("CREATE SCHEMA as_new"))
    await session.execute(text("SET LOCAL search_path TO as_new"))
    await (await session.connection()).run_sync(Base.metadata.create_all)
    for way in _WAYS:
        await session.execute(text(f"SET LOCAL enable_{way} = off"))
    return [row[0].strip() for row in await session.execute(_Explain(statement), parameters)]
