"""Badges that an activity may win or lose."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    Row,
    and_,
    bindparam,
    case,
    cast,
    delete,
    func,
    literal,
    or_,
    select,
)

from app.core.questing import QuestStatus
from app.db.models import (
    Badge,
    BadgeAward,
    Challenge,
    ChallengeMember,
    Player,
    PlayerCounter,
    Quest,
    QuestProgress,
)
from app.db.repositories.base import Repository
from app.db.types import Id
from app.game.metrics import Metric

BadgeRow = Row[Any]
"""id, key, title, metric, target, course_id, xp, gold, freezes, value; for those held also givers"""

_MOST_XP_AT_ONCE = 10_000
"""More than one activity can earn: definitions keep what bosses pay far below it."""
_MOST_AT_ONCE = 50
"""More than one activity can add to any other metric."""

_OF_USER = bindparam("of_user", type_=Id)
_SCOPE = case(
    (Badge.course_id.is_(None), Badge.metric),
    else_=Badge.metric + literal("@") + cast(Badge.course_id, PlayerCounter.metric.type),
)
_COUNTER = (
    select(PlayerCounter.value)
    .where(PlayerCounter.user_id == _OF_USER, PlayerCounter.metric == _SCOPE)
    .correlate(Badge)
    .scalar_subquery()
)
_LONGEST = select(Player.longest_streak).where(Player.user_id == _OF_USER).scalar_subquery()
_VALUE = case(
    (Badge.metric == Metric.STREAK_DAYS, func.coalesce(_LONGEST, 0)),
    else_=func.coalesce(_COUNTER, 0),
).label("value")
_BADGE = (
    Badge.id,
    Badge.key,
    Badge.title,
    Badge.metric,
    Badge.target,
    Badge.course_id,
    Badge.xp,
    Badge.gold,
    Badge.freezes,
    _VALUE,
)
_REACH = case((Badge.metric == Metric.XP_EARNED, _MOST_XP_AT_ONCE), else_=_MOST_AT_ONCE)
_OPEN = (
    select(*_BADGE)
    .outerjoin(BadgeAward, and_(BadgeAward.user_id == _OF_USER, BadgeAward.badge_key == Badge.key))
    .where(
        Badge.retired_at.is_(None),
        BadgeAward.user_id.is_(None),
        or_(
            Badge.key.in_(bindparam("prizes", expanding=True)),
            and_(Badge.metric.is_not(None), Badge.target <= _VALUE + _REACH),
        ),
    )
    .order_by(Badge.family, Badge.tier, Badge.id)
)
_COMPLETED_QUESTS = (
    select(func.count())
    .select_from(QuestProgress)
    .join(Quest, Quest.id == QuestProgress.quest_id)
    .where(
        QuestProgress.user_id == _OF_USER,
        QuestProgress.status == QuestStatus.COMPLETED,
        Quest.badge_key == Badge.key,
    )
    .correlate(Badge)
    .scalar_subquery()
)
_COMPLETED_CHALLENGES = (
    select(func.count())
    .select_from(ChallengeMember)
    .join(Challenge, Challenge.id == ChallengeMember.challenge_id)
    .where(
        ChallengeMember.user_id == _OF_USER,
        ChallengeMember.finished_at.is_not(None),
        Challenge.badge_key == Badge.key,
    )
    .correlate(Badge)
    .scalar_subquery()
)
# Only prizes are given by goals.
_GIVERS = case((Badge.metric.is_(None), _COMPLETED_QUESTS + _COMPLETED_CHALLENGES), else_=0)
_HELD = (
    select(*_BADGE, _GIVERS.label("givers"))
    .join(BadgeAward, BadgeAward.badge_id == Badge.id)
    .where(BadgeAward.user_id == _OF_USER)
    .order_by(Badge.id)
)
_TAKE_BACK = delete(BadgeAward).where(
    BadgeAward.user_id == _OF_USER, BadgeAward.badge_key.in_(bindparam("keys", expanding=True))
)


class AwardReader(Repository):
    """Looks badges up by what a learner has of them; ``value`` is the learner's present one."""

    async def list_open(self, user_id: int, prizes: Sequence[str]) -> Sequence[BadgeRow]:
        """Badges in force that the learner does not have and that one activity can bring, and those
        of ``prizes``; by family and tier.
        """
        parameters = {"of_user": user_id, "prizes": list(prizes)}
        return (await self._session.execute(_OPEN, parameters)).all()

    async def list_held(self, user_id: int) -> Sequence[BadgeRow]:
        """The learner's badges, each in the revision that was awarded, and how many of the learner's
        finished goals have it as their prize.
        """
        return (await self._session.execute(_HELD, {"of_user": user_id})).all()


class AwardRepository(AwardReader):
    """Awards badges, and takes them back."""

    async def add(self, rows: Sequence[dict[str, Any]]) -> None:
        """Award badges; one statement for all."""
        await self._session.execute(self._insert_into(BadgeAward).values(list(rows)))

    async def delete(self, user_id: int, keys: Sequence[str]) -> None:
        """Take badges back."""
        await self._session.execute(_TAKE_BACK, {"of_user": user_id, "keys": list(keys)})
