"""The XP of learners' weeks."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import bindparam, case, delete, update

from app.db.models import WeeklyScore
from app.db.repositories.base import Repository

_OF_WEEK = (
    WeeklyScore.user_id == bindparam("of_user"),
    WeeklyScore.week_on == bindparam("of_week"),
)
# They change columns, not objects: the session holds no scores.
_UNSYNCHRONIZED: dict[str, Any] = {"synchronize_session": False}
_TAKE_OFF = (
    update(WeeklyScore)
    .where(*_OF_WEEK)
    .values(
        xp=case((WeeklyScore.xp > bindparam("lost"), WeeklyScore.xp - bindparam("lost")), else_=0)
    )
    .returning(WeeklyScore.xp)
    .execution_options(**_UNSYNCHRONIZED)
)
_ERASE = delete(WeeklyScore).where(*_OF_WEEK).execution_options(**_UNSYNCHRONIZED)
_SHOW = (
    update(WeeklyScore)
    .where(*_OF_WEEK)
    .values(shown=bindparam("is_shown"))
    .execution_options(**_UNSYNCHRONIZED)
)


class ScoreRepository(Repository):
    """Changes scores, under the lock of the player whose they are."""

    async def add(self, week_on: date, gains: Mapping[int, tuple[int, bool]]) -> dict[int, int]:
        """Add to the scores of a week; the new ones by user id, by one statement.

        ``gains`` are by user id: XP above 0, and whether tables show the learner. Since no score is
        0, who has no more than was gained had none.
        """
        rows = [
            {"user_id": user_id, "week_on": week_on, "xp": xp, "shown": shown}
            for user_id, (xp, shown) in gains.items()
        ]
        statement = self._insert_into(WeeklyScore).values(rows)
        added = statement.on_conflict_do_update(
            index_elements=["user_id", "week_on"],
            set_={"xp": WeeklyScore.xp + statement.excluded.xp},
        ).returning(WeeklyScore.user_id, WeeklyScore.xp)
        found = await self._session.execute(added)
        return {row.user_id: row.xp for row in found}

    async def take_off(self, user_id: int, week_on: date, xp: int) -> int | None:
        """Take XP off a score, but not below 0; what is left, or None if there was no score.

        A score of 0 is the caller's to erase.
        """
        parameters = {"of_user": user_id, "of_week": week_on, "lost": xp}
        return (await self._session.execute(_TAKE_OFF, parameters)).scalar_one_or_none()

    async def erase(self, user_id: int, week_on: date) -> None:
        """Erase a score."""
        await self._session.execute(_ERASE, {"of_user": user_id, "of_week": week_on})

    async def show(self, user_id: int, week_on: date, *, shown: bool) -> None:
        """Let tables show a score, or not."""
        parameters = {"of_user": user_id, "of_week": week_on, "is_shown": shown}
        await self._session.execute(_SHOW, parameters)
