"""What repositories have in common."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, cast

from sqlalchemy import ColumnElement, CursorResult, Insert, Integer, Result, Table, literal_column
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.errors import QuestboardError
from app.db.base import Base
from app.db.conflicts import constraint_of

_ASKED: ColumnElement[int] = literal_column("1", Integer)


class Repository:
    """Holds the session that its statements run in."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    @property
    def _is_shared(self) -> bool:
        """Whether there are several writers at a time: so on PostgreSQL."""
        return self._session.get_bind().dialect.name == "postgresql"

    def _insert_into(self, model: type[Base] | Table) -> postgresql.Insert | sqlite.Insert:
        """An INSERT that may say what to do ON CONFLICT: the same words on both databases."""
        return postgresql.insert(model) if self._is_shared else sqlite.insert(model)

    async def _insert_all(self, statement: Insert, rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert rows, by one statement however many there are; ``statement`` is about a ``Table``."""
        # Asked for something back, SQLAlchemy makes one statement of all; else the driver runs it row by row.
        if rows:
            await self._session.execute(statement.returning(_ASKED), rows)

    @asynccontextmanager
    async def _refusing(
        self, conflicts: Mapping[str, Callable[[], QuestboardError]]
    ) -> AsyncIterator[None]:
        """Turn a broken constraint into its typed refusal, by its name.

        The writes inside run in a savepoint and are flushed at its end, so that the transaction can
        go on after the refusal.
        """
        try:
            async with self._session.begin_nested():
                yield
                await self._session.flush()
        except IntegrityError as error:
            refusal = conflicts.get(constraint_of(error) or "")
            if refusal is None:
                raise
            raise refusal() from error


def rows_affected(result: Result[Any]) -> int:
    """How many rows an INSERT, UPDATE or DELETE touched (its result is a cursor's; the type hides it)."""
    return cast(CursorResult[Any], result).rowcount


def table_of(model: type[Base]) -> Table:
    """The table of a model, for statements that are about rows and not about objects."""
    return Base.metadata.tables[model.__tablename__]


def rows_of(table: Table, objects: Sequence[Base]) -> list[dict[str, Any]]:
    """What objects that are in no session have for the columns of their table; what none says is left out."""
    said = {key for each in objects for key in vars(each)}
    keys = [column.key for column in table.columns if column.key in said]
    return [{key: getattr(each, key) for key in keys} for each in objects]
