"""Badges that an activity may win or lose."""

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from sqlalchemy import (
    and_,
    bindparam,
    case,
    cast,
    delete,
    func,
    literal,
    or_,
    select,
    tuple_,
)

from app.core.questing import QuestStatus
from app.db.direct import Direct
from app.db.functions import IsOneOf, list_of
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
from app.db.repositories.base import Repository, table_of
from app.db.rows import RowInsert, batched
from app.db.together import Write
from app.db.types import Id
from app.game.metrics import Metric


class BadgeRow(NamedTuple):
    """A badge, and what a learner has of it: ``value`` is the learner's present one."""

    user_id: int
    id: int
    key: str
    title: str
    metric: str | None
    target: int | None
    course_id: int | None
    xp: int
    gold: int
    freezes: int
    value: int
    givers: int = 0
    """How many of the learner's finished goals have it as their prize; told of those held."""


_MOST_XP_AT_ONCE = 10_000
"""More than one activity can earn: definitions keep what bosses pay far below it."""
_MOST_AT_ONCE = 50
"""More than one activity can add to any other metric."""

_OF_USER = bindparam("of_user", type_=Id)
_SCOPE = case(
    (Badge.course_id.is_(None), Badge.metric),
    else_=Badge.metric + literal("@") + cast(Badge.course_id, PlayerCounter.metric.type),
)
_ITS_COUNTER = and_(PlayerCounter.user_id == Player.user_id, PlayerCounter.metric == _SCOPE)
_VALUE = case(
    (Badge.metric == Metric.STREAK_DAYS, Player.longest_streak),
    else_=func.coalesce(PlayerCounter.value, 0),
).label("value")
_BADGE = (
    Player.user_id,
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
_OF_USERS = list_of("of_users", Id)
# Said of each table: PostgreSQL does not conclude from a list what it would from a single value, and read
# the counters of everybody.
_OPEN = (
    select(*_BADGE)
    .select_from(Player)
    .join(Badge, Badge.retired_at.is_(None))
    .outerjoin(PlayerCounter, and_(_ITS_COUNTER, IsOneOf(PlayerCounter.user_id, _OF_USERS)))
    .outerjoin(
        BadgeAward,
        and_(
            BadgeAward.user_id == Player.user_id,
            BadgeAward.badge_key == Badge.key,
            IsOneOf(BadgeAward.user_id, _OF_USERS),
        ),
    )
    .where(
        IsOneOf(Player.user_id, _OF_USERS),
        BadgeAward.user_id.is_(None),
        or_(
            IsOneOf(Badge.key, list_of("prizes", Badge.key.type)),
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
    .select_from(BadgeAward)
    .join(Badge, Badge.id == BadgeAward.badge_id)
    .join(Player, Player.user_id == BadgeAward.user_id)
    .outerjoin(PlayerCounter, _ITS_COUNTER)
    .where(BadgeAward.user_id == _OF_USER)
    .order_by(Badge.id)
)
_LIST_OPEN = Direct(_OPEN, BadgeRow)
_LIST_HELD = Direct(_HELD, BadgeRow)
_ADD = RowInsert(
    table_of(BadgeAward), ["user_id", "badge_key", "badge_id", "awarded_at", "activity_sequence"]
)
_TAKE_BACK = delete(BadgeAward).where(
    tuple_(BadgeAward.user_id, BadgeAward.badge_key).in_(bindparam("awards", expanding=True))
)


class AwardReader(Repository):
    """Looks badges up by what a learner has of them; ``value`` is the learner's present one."""

    async def list_open(
        self, user_ids: Collection[int], prizes: Collection[tuple[int, str]]
    ) -> Sequence[BadgeRow]:
        """Badges in force that learners do not have and that one activity can bring, and those of
        ``prizes`` (user id and key); each learner's by family and tier.
        """
        parameters = {"of_users": list(user_ids), "prizes": [key for _, key in prizes]}
        found = await _LIST_OPEN.fetch(self._session, parameters)
        # What is another's prize is left out: without a metric nothing else gives it.
        return [row for row in found if row.metric is not None or (row.user_id, row.key) in prizes]

    async def list_held(self, user_id: int) -> Sequence[BadgeRow]:
        """The learner's badges, each in the revision that was awarded, and how many of the learner's
        finished goals have it as their prize.
        """
        return await _LIST_HELD.fetch(self._session, {"of_user": user_id})


class AwardRepository(AwardReader):
    """Awards badges, and takes them back."""

    def award(self, rows: Sequence[dict[str, Any]]) -> Sequence[Write]:
        """Award badges, together with other writes."""
        return [_ADD.write(some) for some in batched(rows)]

    async def delete(self, awards: Sequence[tuple[int, str]]) -> None:
        """Take badges back: user id and key of each."""
        await self._session.execute(_TAKE_BACK, {"awards": list(awards)})
