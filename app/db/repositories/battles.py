"""Learners' own battles: with bosses of their choice, and with those of weeks."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Integer, Row, and_, bindparam, cast, exists, func, or_, select
from sqlalchemy.orm import aliased

from app.db.direct import Direct
from app.db.models import ActivityRow, BossBattle
from app.db.repositories.base import Repository
from app.db.types import Id
from app.game.activity import ActivityKind

_Undo = aliased(ActivityRow)
_OF_USER = bindparam("of_user", type_=Id)
_WEEK = bindparam("week", type_=Id)
_SEQUENCE = bindparam("sequence", type_=Id)
_BATTLE = bindparam("battle", type_=Id)
_MINE = select(BossBattle).where(BossBattle.user_id == _OF_USER).order_by(BossBattle.id)
_RUNS = or_(BossBattle.won_at.is_(None), BossBattle.week_id == _WEEK)
_RUNNING = _MINE.where(_RUNS)
_ARE_RUNNING = Direct(
    select(BossBattle.id).where(BossBattle.user_id == _OF_USER, _RUNS).limit(1), int
)

# What the standing activities dealt in the battle, but for one (`sequence`; 0 for none). With a boss of
# one's own choice those that hit it; with the boss of a week all of the week since it was hurt first.
STANDING_DAMAGE = (
    select(func.coalesce(func.sum(ActivityRow.damage), 0))
    .where(
        ActivityRow.user_id == BossBattle.user_id,
        ActivityRow.sequence > BossBattle.started_sequence,
        ActivityRow.sequence != _SEQUENCE,
        ActivityRow.damage > 0,
        or_(
            ActivityRow.battle_id == BossBattle.id,
            and_(
                ActivityRow.week_id == BossBattle.week_id,
                ActivityRow.kind.in_(
                    [ActivityKind.COURSE_TASK_COMPLETED, ActivityKind.QUIZ_ATTEMPTED]
                ),
            ),
        ),
        ~exists().where(_Undo.user_id == ActivityRow.user_id, _Undo.undoes == ActivityRow.sequence),
    )
    .correlate(BossBattle)
    .scalar_subquery()
)
# A battle won before the activity without it stays won (`won_sequence` is moved on whenever something
# later fills in).
_HOLDING = _MINE.add_columns(cast(STANDING_DAMAGE, Integer)).where(
    BossBattle.started_sequence < _SEQUENCE,
    or_(BossBattle.id == _BATTLE, BossBattle.week_id == _WEEK),
    or_(BossBattle.won_sequence.is_(None), BossBattle.won_sequence >= _SEQUENCE),
)


class BattleReader(Repository):
    """Looks battles up; always those of one user."""

    async def list_running(self, user_id: int, week_id: int | None) -> Sequence[BossBattle]:
        """Battles that run, by id; among them that with the boss of a week, won or not."""
        parameters = {"of_user": user_id, "week": week_id}
        if self._is_shared and not await _ARE_RUNNING.fetch(self._session, parameters):
            return []  # mostly so, and known for a tenth of what objects cost
        return (await self._session.execute(_RUNNING, parameters)).scalars().all()

    async def list_holding(
        self, user_id: int, sequence: int, battle_id: int | None, week_id: int | None
    ) -> Sequence[Row[tuple[BossBattle, Any]]]:
        """Battles in which the activity with this number counts (it hit this battle, and was done in
        this week of a course), each with the damage that stands without it, which may be more than
        the hit points.
        """
        parameters = {
            "of_user": user_id, "sequence": sequence, "battle": battle_id, "week": week_id
        }  # fmt: skip
        return (await self._session.execute(_HOLDING, parameters)).all()


class BattleRepository(BattleReader):
    """Writes battles."""

    async def save(self, battles: Sequence[BossBattle]) -> None:
        """Write new or changed battles; afterwards each has its id."""
        self._session.add_all(battles)
        await self._session.flush()

    async def delete(self, battle: BossBattle) -> None:
        """Forget a battle: that with a week's boss which nothing hurts any more."""
        await self._session.delete(battle)
        await self._session.flush()
