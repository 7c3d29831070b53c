"""The XP of learners' weeks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import bindparam, case, delete, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.cache import TABLES
from app.db.models import WeeklyScore
from app.db.repositories.base import Repository, table_of
from app.db.repositories.changes import find_changed
from app.db.rows import RowInsert, batched
from app.db.together import Write, write_together

_OF_WEEK = (
    WeeklyScore.user_id == bindparam("of_user"),
    WeeklyScore.week_on == bindparam("of_week"),
)
# They change columns, not objects: the session holds no scores.
_UNSYNCHRONIZED: dict[str, Any] = {"synchronize_session": False}
_TABLE = table_of(WeeklyScore)
_ADD = RowInsert(
    _TABLE,
    ["user_id", "week_on", "xp", "shown", "awaits_group"],
    keys=["user_id", "week_on"],
    changes=lambda given: {"xp": _TABLE.c.xp + given.xp},
)
_TAKE_OFF = (
    update(WeeklyScore)
    .where(*_OF_WEEK)
    .values(
        xp=case((WeeklyScore.xp > bindparam("lost"), WeeklyScore.xp - bindparam("lost")), else_=0)
    )
    .returning(WeeklyScore.xp)
    .execution_options(**_UNSYNCHRONIZED)
)
_ERASE = (
    delete(WeeklyScore)
    .where(*_OF_WEEK)
    .returning(WeeklyScore.awaits_group)
    .execution_options(**_UNSYNCHRONIZED)
)
_SHOW = (
    update(WeeklyScore)
    .where(*_OF_WEEK)
    .values(shown=bindparam("is_shown"))
    .execution_options(**_UNSYNCHRONIZED)
)
# As the predicate of ix_weekly_scores_awaiting has it, so that SQLite sees that the index serves. There
# is next to nothing in it.
_AWAITS_GROUP = text("weekly_scores.awaits_group")
_WAITING = (
    select(WeeklyScore.week_on, WeeklyScore.user_id)
    .where(_AWAITS_GROUP)
    .order_by(WeeklyScore.week_on, WeeklyScore.user_id)
    .limit(bindparam("count"))
)
_WEEKS_WAITED = (
    select(WeeklyScore.week_on)
    .where(WeeklyScore.user_id == bindparam("of_user"), _AWAITS_GROUP)
    .order_by(WeeklyScore.week_on)
)
_STOP_WAITING = (
    update(WeeklyScore)
    .where(
        WeeklyScore.week_on == bindparam("of_week"),
        WeeklyScore.user_id.in_(bindparam("users", expanding=True)),
        WeeklyScore.awaits_group,
    )
    .values(awaits_group=False)
    .returning(WeeklyScore.user_id)
    .execution_options(**_UNSYNCHRONIZED)
)


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """Somebody who has a score of a week, but no place in its league yet."""

    week_on: date
    user_id: int


class ScoreReader(Repository):
    """Finds who waits for a place in a league."""

    async def list_waiting(self, count: int) -> Sequence[WaitingRow]:
        """At most ``count`` who wait, oldest weeks first, by user id."""
        found = await self._session.execute(_WAITING, {"count": count})
        return [WaitingRow(*row) for row in found]

    async def list_weeks_waited(self, user_id: int) -> Sequence[date]:
        """The weeks in which a user waits, the oldest first."""
        return (await self._session.scalars(_WEEKS_WAITED, {"of_user": user_id})).all()


class ScoreRepository(ScoreReader):
    """Changes scores, under the lock of the player whose they are."""

    def __init__(self, session: AsyncSession) -> None:
        super().__init__(session)
        self._changed = find_changed(session)

    async def add(self, week_on: date, gains: Mapping[int, tuple[int, bool]]) -> None:
        """Add to the scores of a week, by one statement; who had none waits for a place in the league.

        ``gains`` are by user id: XP above 0, and whether tables show the learner.
        """
        await write_together(self._session, self.score(week_on, gains))

    def score(self, week_on: date, gains: Mapping[int, tuple[int, bool]]) -> Sequence[Write]:
        """What ``add`` does, to be done together with other writes."""
        if gains:
            self._changed.add(TABLES)
        rows = [
            {
                "user_id": user_id,
                "week_on": week_on,
                "xp": xp,
                "shown": shown,
                "awaits_group": True,
            }
            for user_id, (xp, shown) in gains.items()
        ]
        return [_ADD.write(some) for some in batched(rows)]

    async def stop_waiting(self, week_on: date, user_ids: Sequence[int]) -> Sequence[int]:
        """Take note that these users are about to get places; gives those who still waited."""
        parameters = {"of_week": week_on, "users": list(user_ids)}
        return (await self._session.scalars(_STOP_WAITING, parameters)).all()

    async def take_off(self, user_id: int, week_on: date, xp: int) -> int | None:
        """Take XP off a score, but not below 0; what is left, or None if there was no score.

        A score of 0 is the caller's to erase.
        """
        parameters = {"of_user": user_id, "of_week": week_on, "lost": xp}
        self._changed.add(TABLES)
        return (await self._session.execute(_TAKE_OFF, parameters)).scalar_one_or_none()

    async def erase(self, user_id: int, week_on: date) -> bool:
        """Erase a score; whether its owner had a place in the league, which is to be given free."""
        parameters = {"of_user": user_id, "of_week": week_on}
        self._changed.add(TABLES)
        return not (await self._session.execute(_ERASE, parameters)).scalar_one()

    async def show(self, user_id: int, week_on: date, *, shown: bool) -> None:
        """Let tables show a score, or not."""
        parameters = {"of_user": user_id, "of_week": week_on, "is_shown": shown}
        await self._session.execute(_SHOW, parameters)
        self._changed.add(TABLES)
