"""What is read of goals: the same columns of quests, the daily pool and challenges."""

from typing import Any

from sqlalchemy import Date, Row, Select, and_, bindparam, case, cast, func, literal, null, select

from app.db.models import Challenge, ChallengeMember, Quest, QuestProgress
from app.db.types import Id, Instant

ACTIVE = "active"
COMPLETED = "completed"

GoalRow = Row[Any]
"""kind (quest, pool or challenge), key, definition_id, cadence, title, metric, target, course_id, xp,
gold, freezes, badge_key, progress, status, period_on, last_on, after, starts_at, ends_at"""

OF_USER = bindparam("of_user", type_=Id)
TODAY = bindparam("today", type_=Date)
NOW = bindparam("now", type_=Instant)

_NO_INSTANTS = [cast(null(), Instant).label("starts_at"), cast(null(), Instant).label("ends_at")]
_NO_DATE = cast(null(), Date)
_CHALLENGE_KEY = cast(Challenge.id, QuestProgress.quest_key.type)


def _define(kind: str, model: type[Quest] | type[Challenge], key: Any, cadence: Any) -> list[Any]:
    return [
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
    """Quests of which the learner has a row."""
    place = _place(
        QuestProgress.progress,
        QuestProgress.status,
        QuestProgress.period_on,
        QuestProgress.last_on,
        QuestProgress.accepted_sequence,
    )
    return (
        select(*_define("quest", Quest, Quest.key, Quest.cadence), *place, *_NO_INSTANTS)
        .join(QuestProgress, QuestProgress.quest_id == Quest.id)
        .where(QuestProgress.user_id == OF_USER, *where)
    )


def select_pool(*where: Any) -> Select[Any]:
    """Daily quests, with what the learner has of them today."""
    place = _place(
        func.coalesce(QuestProgress.progress, 0),
        func.coalesce(QuestProgress.status, ACTIVE),
        TODAY,
        TODAY,
        func.coalesce(QuestProgress.accepted_sequence, 0),
    )
    todays = and_(
        QuestProgress.user_id == OF_USER,
        QuestProgress.quest_key == Quest.key,
        QuestProgress.period_on == TODAY,
    )
    return (
        select(*_define("pool", Quest, Quest.key, Quest.cadence), *place, *_NO_INSTANTS)
        .outerjoin(QuestProgress, todays)
        .where(Quest.cadence == "daily", *where)
    )


def select_challenges(*where: Any) -> Select[Any]:
    """Challenges that the learner is in, or has left when they were finished; not those that are over."""
    place = _place(
        ChallengeMember.progress,
        case((ChallengeMember.finished_sequence.is_(None), ACTIVE), else_=COMPLETED),
        _NO_DATE,
        _NO_DATE,
        ChallengeMember.joined_sequence,
    )
    instants = (Challenge.starts_at, Challenge.ends_at)
    return (
        select(*_define("challenge", Challenge, _CHALLENGE_KEY, literal("once")), *place, *instants)
        .join(ChallengeMember, ChallengeMember.challenge_id == Challenge.id)
        .where(
            ChallengeMember.user_id == OF_USER,
            Challenge.ends_at > NOW,
            Challenge.closed_at.is_(None),  # a clock that lags must not move a closed table
            *where,
        )
    )
