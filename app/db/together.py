"""Writes that do not look at one another, sent together: on PostgreSQL as one statement."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Dialect
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.direct import Direct, Parameters, Program
from app.db.driving import dialect_of, fetch_rows

_PLACEHOLDER = re.compile(r"\$(\d+)")
_MOST_TEXTS = 1000

_texts: dict[tuple[Program, ...], str] = {}


@dataclass(frozen=True, slots=True)
class Write:
    """A statement that writes, with its parameters."""

    statement: Direct[Any]
    parameters: Parameters


async def write_together(session: AsyncSession, writes: Sequence[Write]) -> list[Any]:
    """Run writes, no two of which touch the same row; the rows that the last one gives.

    PostgreSQL takes them as one statement (data-modifying CTEs): one round trip, and the time of the
    slowest. All see the tables as they were before, and foreign keys are checked when all are done.
    SQLite knows no such thing, and has no round trips: it runs them one after the other.
    """
    if not writes:
        return []
    *others, last = writes
    dialect = dialect_of(session)
    if dialect.name != "postgresql" or not others:
        for write in others:
            await write.statement.fetch(session, write.parameters)
        return await last.statement.fetch(session, last.parameters)
    values = [
        value
        for write in writes
        for value in write.statement.compile(dialect).bind(write.parameters)
    ]
    rows = await fetch_rows(session, _join(writes, dialect), values)
    return last.statement.read(last.statement.compile(dialect), rows)


def _join(writes: Sequence[Write], dialect: Dialect) -> str:
    """The text of the one statement. Which go together is told by the code, so there are few."""
    programs = [write.statement.compile(dialect) for write in writes]
    key = tuple(programs)
    text = _texts.get(key)
    if text is None:
        text = _join_texts([(program.text, program.width) for program in programs])
        if len(_texts) < _MOST_TEXTS:
            _texts[key] = text
    return text


def _join_texts(parts: Sequence[tuple[str, int]]) -> str:
    texts, offset = [], 0
    for text, width in parts:
        texts.append(_renumber(text, offset))
        offset += width
    *others, last = texts
    named = ", ".join(f"write_{number} AS ({text})" for number, text in enumerate(others))
    return f"WITH {named} {last}"


def _renumber(text: str, offset: int) -> str:
    return _PLACEHOLDER.sub(lambda found: f"${int(found[1]) + offset}", text)
