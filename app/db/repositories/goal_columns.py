"""What is read of goals: the same columns of quests, the daily pool and challenges."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Date, Select, and_, bindparam, case, cast, func, literal, null, select

from app.db.functions import IsOneOf, list_of
from app.db.models import Challenge, ChallengeMember, Player, Quest, QuestProgress
from app.db.types import Id, Instant

ACTIVE = "active"
COMPLETED = "completed"

OF_USERS = list_of("of_users", Id)
TODAY = bindparam("today", type_=Date)
NOW = bindparam("now", type_=Instant)

_NO_INSTANTS = [cast(null(), Instant).label("starts_at"), cast(null(), Instant).label("ends_at")]
_NO_DATE = cast(null(), Date)
_CHALLENGE_KEY = cast(Challenge.id, QuestProgress.quest_key.type)


class GoalRow(NamedTuple):
    """What is read of a goal; ``kind`` is quest, pool or challenge."""

    user_id: int
    kind: str
    key: str
    definition_id: int
    cadence: str
    title: str
    metric: str
    target: int
    course_id: int | None
    xp: int
    gold: int
    freezes: int
    badge_key: str | None
    progress: int
    status: str
    period_on: Any
    last_on: Any
    after: int
    starts_at: datetime | None
    ends_at: datetime | None
    standing_progress: int | None = None
    """What stands without an activity that is to be undone; None where nothing is."""


def _define(
    user_id: Any, kind: str, model: type[Quest] | type[Challenge], key: Any, cadence: Any
) -> list[Any]:
    return [
        user_id.label("user_id"),
        literal(kind).label("kind"),
        key.label("key"),
        model.id.label("definition_id"),
        cadence.label("cadence"),
        model.title,
        model.metric,
        model.target,
        model.course_id,
        model.xp,
        model.gold,
        model.freezes,
        model.badge_key,
    ]


def _place(progress: Any, status: Any, period_on: Any, last_on: Any, after: Any) -> list[Any]:
    return [
        progress.label("progress"),
        status.label("status"),
        period_on.label("period_on"),
        last_on.label("last_on"),
        after.label("after"),
    ]


def select_quests(*where: Any) -> Select[Any]:
    """Quests of which learners have a row."""
    place = _place(
        QuestProgress.progress,
        QuestProgress.status,
        QuestProgress.period_on,
        QuestProgress.last_on,
        QuestProgress.accepted_sequence,
    )
    return (
        select(
            *_define(QuestProgress.user_id, "quest", Quest, Quest.key, Quest.cadence),
            *place,
            *_NO_INSTANTS,
        )
        .join_from(Quest, QuestProgress, QuestProgress.quest_id == Quest.id)
        .where(IsOneOf(QuestProgress.user_id, OF_USERS), *where)
    )


def select_pool(*where: Any) -> Select[Any]:
    """Daily quests, with what each learner has of them today."""
    place = _place(
        func.coalesce(QuestProgress.progress, 0),
        func.coalesce(QuestProgress.status, ACTIVE),
        TODAY,
        TODAY,
        func.coalesce(QuestProgress.accepted_sequence, 0),
    )
    todays = and_(
        QuestProgress.user_id == Player.user_id,
        QuestProgress.quest_key == Quest.key,
        QuestProgress.period_on == TODAY,
    )
    return (
        select(
            *_define(Player.user_id, "pool", Quest, Quest.key, Quest.cadence),
            *place,
            *_NO_INSTANTS,
        )
        .join_from(Player, Quest, Quest.cadence == "daily")
        .outerjoin(QuestProgress, todays)
        .where(IsOneOf(Player.user_id, OF_USERS), *where)
    )


def select_challenges(*where: Any) -> Select[Any]:
    """Challenges that learners are in, or have left when they were finished; not those that are over."""
    place = _place(
        ChallengeMember.progress,
        case((ChallengeMember.finished_sequence.is_(None), ACTIVE), else_=COMPLETED),
        _NO_DATE,
        _NO_DATE,
        ChallengeMember.joined_sequence,
    )
    definition = _define(
        ChallengeMember.user_id, "challenge", Challenge, _CHALLENGE_KEY, literal("once")
    )
    return (
        select(*definition, *place, Challenge.starts_at, Challenge.ends_at)
        .join_from(Challenge, ChallengeMember, ChallengeMember.challenge_id == Challenge.id)
        .where(
            IsOneOf(ChallengeMember.user_id, OF_USERS),
            Challenge.ends_at > NOW,
            Challenge.closed_at.is_(None),  # a clock that lags must not move a closed table
            *where,
        )
    )
