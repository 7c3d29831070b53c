"""Whether battles, goals, badges and weekly scores are what activities and entries say.

Every statement is about the users in ``(after_id, last_id]`` and gives only what does not fit, but for
that of the parties' battles, which belong to nobody alone.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any, TypeAlias

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    Row,
    and_,
    case,
    cast,
    except_,
    func,
    or_,
    select,
)
from sqlalchemy.orm import InstrumentedAttribute, aliased

from app.db.functions import WeekOn
from app.db.models import (
    ActivityRow,
    BattleFighter,
    BossBattle,
    PartyBattle,
    RewardEntry,
    WeeklyScore,
)
from app.db.repositories.base import Repository
from app.db.repositories.battles import STANDING_DAMAGE
from app.db.repositories.ledger import UNSCORED
from app.db.repositories.verification_goals import GOAL_FAULTS, GoalFaultRow
from app.db.repositories.verification_payments import BATTLE_SOURCE, FINISHED, PAID
from app.db.repositories.verification_terms import within

SourceRow: TypeAlias = Row[tuple[int, str, str]]
"""user_id, source_type, source_id"""

BattleRow: TypeAlias = Row[tuple[int, str, int, int, bool]]
"""user_id, source_id, damage that stands, cut at the hit points, damage kept, whether it is kept as won"""

PartyBattleRow: TypeAlias = Row[tuple[int, int, int, int, bool]]
"""id, hp, damage, that of its fighters, whether it is kept as won"""

ScoreRow: TypeAlias = Row[tuple[int, date, int]]
"""user_id, week_on, XP"""

_UNPAID = except_(FINISHED, PAID)
_UNFINISHED = except_(PAID, FINISHED)

_STANDING = case(
    (cast(STANDING_DAMAGE, Integer) > BossBattle.hp, BossBattle.hp),
    else_=cast(STANDING_DAMAGE, Integer),
)
_BATTLES = (
    select(
        BossBattle.user_id,
        BATTLE_SOURCE.label("source_id"),
        _STANDING.label("standing"),
        BossBattle.damage,
        BossBattle.won_at.is_not(None).label("is_won"),
        BossBattle.hp,
        BossBattle.won_sequence,
    )
    .where(within(BossBattle.user_id))
    .subquery()
)
_WRONG_BATTLES = select(
    _BATTLES.c.user_id,
    _BATTLES.c.source_id,
    _BATTLES.c.standing,
    _BATTLES.c.damage,
    _BATTLES.c.is_won,
).where(
    or_(
        _BATTLES.c.damage != _BATTLES.c.standing,
        _BATTLES.c.is_won != (_BATTLES.c.damage >= _BATTLES.c.hp),
        _BATTLES.c.is_won != _BATTLES.c.won_sequence.is_not(None),
    )
)

_DEALT = cast(func.coalesce(func.sum(BattleFighter.damage), 0), BigInteger)
# What accounts that are gone had dealt stays in the sum, so it may be more than the fighters'.
_WRONG_PARTY_BATTLES = (
    select(
        PartyBattle.id, PartyBattle.hp, PartyBattle.damage, _DEALT, PartyBattle.won_at.is_not(None)
    )
    .outerjoin(BattleFighter, BattleFighter.battle_id == PartyBattle.id)
    .group_by(PartyBattle.id)
    .having(
        or_(
            PartyBattle.damage < _DEALT,
            PartyBattle.won_at.is_not(None) != (PartyBattle.damage >= PartyBattle.hp),
        )
    )
    .order_by(PartyBattle.id)
)

_Original = aliased(RewardEntry)
_Giver = aliased(ActivityRow)
_WEEK_ON = WeekOn(RewardEntry.created_at)


def _since_first(week_on: ColumnElement[date] | InstrumentedAttribute[date]) -> ColumnElement[bool]:
    """Whether scores were kept for the whole week: the first one may have begun without them."""
    return week_on > select(func.min(WeeklyScore.week_on)).scalar_subquery()


# What a week paid and scored, without what was taken back within it.
_EARNED = (
    select(
        RewardEntry.user_id,
        _WEEK_ON.label("week_on"),
        cast(func.sum(RewardEntry.xp), BigInteger).label("xp"),
    )
    .outerjoin(
        _Original,
        and_(
            _Original.user_id == RewardEntry.user_id,
            _Original.id == RewardEntry.reverses_id,
        ),
    )
    .join(
        _Giver,
        and_(
            _Giver.user_id == RewardEntry.user_id,
            _Giver.sequence
            == func.coalesce(_Original.activity_sequence, RewardEntry.activity_sequence),
        ),
    )
    .where(
        _Giver.facts[UNSCORED].as_integer().is_(None),
        within(RewardEntry.user_id),
        or_(RewardEntry.reverses_id.is_(None), WeekOn(_Original.created_at) == _WEEK_ON),
        _since_first(_WEEK_ON),
    )
    .group_by(RewardEntry.user_id, _WEEK_ON)
    .having(func.sum(RewardEntry.xp) != 0)
)
_KEPT = select(WeeklyScore.user_id, WeeklyScore.week_on, WeeklyScore.xp).where(
    within(WeeklyScore.user_id), _since_first(WeeklyScore.week_on)
)
_NOT_KEPT, _NOT_EARNED = except_(_EARNED, _KEPT), except_(_KEPT, _EARNED)


class GameVerificationReader(Repository):
    """Reads what of battles, goals, badges and scores is wrong."""

    async def list_unpaid(self, after_id: int, last_id: int) -> Sequence[SourceRow]:
        """What is finished, won or awarded without a standing payment."""
        return await self._list(_UNPAID, after_id, last_id)

    async def list_unfinished(self, after_id: int, last_id: int) -> Sequence[SourceRow]:
        """What has a standing payment and is not finished, won or awarded."""
        return await self._list(_UNFINISHED, after_id, last_id)

    async def list_goals(self, after_id: int, last_id: int) -> Sequence[GoalFaultRow]:
        """Open quests and challenges that are not as far as what stands says."""
        return await self._list(GOAL_FAULTS, after_id, last_id)

    async def list_battles(self, after_id: int, last_id: int) -> Sequence[BattleRow]:
        """Learners' own battles whose damage is not that which stands, or that are won or not wrongly."""
        return await self._list(_WRONG_BATTLES, after_id, last_id, sequence=0)

    async def list_earned(self, after_id: int, last_id: int) -> Sequence[ScoreRow]:
        """What weeks earned by the entries where another score is kept, or none.

        Only of weeks after the first of which scores are kept.
        """
        return await self._list(_NOT_KEPT, after_id, last_id)

    async def list_scores(self, after_id: int, last_id: int) -> Sequence[ScoreRow]:
        """The scores that are kept of weeks that earned another one, or none; see ``list_earned``."""
        return await self._list(_NOT_EARNED, after_id, last_id)

    async def list_party_battles(self) -> Sequence[PartyBattleRow]:
        """Parties' battles with less damage than their fighters dealt, or that are won or not wrongly."""
        return (await self._session.execute(_WRONG_PARTY_BATTLES)).all()

    async def _list(
        self, statement: Any, after_id: int, last_id: int, **others: int
    ) -> Sequence[Any]:
        parameters = {"after_id": after_id, "last_id": last_id, **others}
        return (await self._session.execute(statement, parameters)).all()
