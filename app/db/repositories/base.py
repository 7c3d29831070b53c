"""What repositories have in common."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any, cast

from sqlalchemy import CursorResult, Result
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.errors import QuestboardError
from app.db.base import Base
from app.db.conflicts import constraint_of


class Repository:
    """Holds the session that its statements run in."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def _insert_into(self, model: type[Base]) -> postgresql.Insert | sqlite.Insert:
        """An INSERT that may say what to do ON CONFLICT: the same words on both databases."""
        if self._session.get_bind().dialect.name == "postgresql":
            return postgresql.insert(model)
        return sqlite.insert(model)

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
