"""All that the database holds, to be compared."""

from functools import cache
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    CompoundSelect,
    LargeBinary,
    String,
    cast,
    func,
    literal,
    select,
    union_all,
)

from app.db.base import Base
from app.db.session import Database

_PASSING = {"user_sessions.last_used_at"}
"""What changes by merely asking."""

_OF_REFUSALS = {"audit_log"}
"""Where it is written down, in the background, that somebody was refused."""


async def read_state(database: Database) -> dict[str, str | None]:
    """Every row of every table, read by one statement: a test may ask for it thousands of times."""
    engine = database.engines.reading
    async with engine.connect() as connection:
        found = await connection.execute(_build(engine.dialect.name))
        return {row[0]: row[1] for row in found}


@cache
def _build(dialect: str) -> CompoundSelect[Any]:
    tables = []
    for table in Base.metadata.sorted_tables:
        if table.name in _OF_REFUSALS:
            continue
        row: ColumnElement[str] = literal("")
        for column in table.columns:
            if str(column) not in _PASSING:
                row = row + literal("|") + func.coalesce(_as_text(column, dialect), "\N{EMPTY SET}")
        tables.append(
            select(literal(table.name), func.aggregate_strings(row, "\n")).select_from(table)
        )
    return union_all(*tables)


def _as_text(column: Column[Any], dialect: str) -> Any:
    if not isinstance(column.type, LargeBinary):
        return cast(column, String)
    return func.hex(column) if dialect == "sqlite" else func.encode(column, "hex")
