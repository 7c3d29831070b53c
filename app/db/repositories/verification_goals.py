"""How far quests and challenges are by what stands, of users in ``(after_id, last_id]``."""

from typing import Any, TypeAlias

from sqlalchemy import (
    Date,
    Integer,
    Row,
    Select,
    cast,
    exists,
    literal,
    null,
    or_,
    select,
    union_all,
)

from app.core.questing import QuestStatus
from app.db.models import ActivityRow, Challenge, ChallengeMember, Quest, QuestProgress
from app.db.repositories.standing import measure_progress
from app.db.repositories.verification_payments import CHALLENGE_SOURCE, QUEST_SOURCE
from app.db.repositories.verification_terms import within
from app.db.types import Id, Instant
from app.game.activity import ActivityKind, SourceType

GoalFaultRow: TypeAlias = Row[tuple[int, str, str, int, int, int]]
"""user_id, source_type, source_id, target, progress by what stands, progress kept"""

_NO_DATE = cast(null(), Date)
_NO_INSTANT = cast(null(), Instant)


def _select_open(
    kind: SourceType, of_user: Any, source_id: Any, what: type[Quest] | type[Challenge]
) -> Select[Any]:
    return select(
        of_user.label("user_id"),
        literal(kind.value).label("source_type"),
        source_id.label("source_id"),
        what.metric,
        what.target,
        what.course_id,
    )


_QUESTS = (
    _select_open(SourceType.QUEST, QuestProgress.user_id, QUEST_SOURCE, Quest)
    .add_columns(
        QuestProgress.progress,
        QuestProgress.accepted_sequence.label("after"),
        QuestProgress.period_on.label("period_on"),
        QuestProgress.last_on.label("last_on"),
        _NO_INSTANT.label("starts_at"),
        _NO_INSTANT.label("ends_at"),
    )
    .join(QuestProgress, QuestProgress.quest_id == Quest.id)
    .where(within(QuestProgress.user_id), QuestProgress.status == QuestStatus.ACTIVE)
)
# What is undone after the end leaves the challenge as it was then: it can't be recounted any more.
_WAS_UNDONE_LATE = exists().where(
    ActivityRow.user_id == ChallengeMember.user_id,
    ActivityRow.kind == ActivityKind.UNDONE,
    ActivityRow.occurred_at >= Challenge.ends_at,
)
_CHALLENGES = (
    _select_open(SourceType.CHALLENGE, ChallengeMember.user_id, CHALLENGE_SOURCE, Challenge)
    .add_columns(
        ChallengeMember.progress,
        ChallengeMember.joined_sequence.label("after"),
        _NO_DATE.label("period_on"),
        _NO_DATE.label("last_on"),
        Challenge.starts_at,
        Challenge.ends_at,
    )
    .join(ChallengeMember, ChallengeMember.challenge_id == Challenge.id)
    .where(
        within(ChallengeMember.user_id),
        ChallengeMember.left_at.is_(None),
        ChallengeMember.finished_at.is_(None),
        ~_WAS_UNDONE_LATE,
    )
)
_OPEN = union_all(_QUESTS, _CHALLENGES).subquery("open_goals")
_MEASURED = select(
    _OPEN.c.user_id,
    _OPEN.c.source_type,
    _OPEN.c.source_id,
    _OPEN.c.target,
    cast(measure_progress(_OPEN.c, _OPEN.c.user_id, literal(0, Id)), Integer).label("standing"),
    _OPEN.c.progress,
).subquery("measured")

GOAL_FAULTS = select(_MEASURED).where(
    or_(
        _MEASURED.c.progress != _MEASURED.c.standing,
        _MEASURED.c.standing >= _MEASURED.c.target,
    )
)
"""Goals that are open: each is as far as what stands says, and not as far as its target."""
