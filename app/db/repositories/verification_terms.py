"""What statements about activities and entries have in common, where the books are verified."""

from typing import Any

from sqlalchemy import ColumnElement, String, and_, bindparam, cast, exists, or_
from sqlalchemy.orm import InstrumentedAttribute, aliased

from app.db.models import ActivityRow, RewardEntry
from app.game.activity import ActivityKind, SourceType
from app.game.ledger import Reason

Reversal = aliased(RewardEntry)
Undo = aliased(ActivityRow)

IS_PAYMENT = RewardEntry.reverses_id.is_(None)
IS_REVERSED = exists().where(
    Reversal.user_id == RewardEntry.user_id, Reversal.reverses_id == RewardEntry.id
)
IS_UNDONE = exists().where(Undo.user_id == ActivityRow.user_id, Undo.undoes == ActivityRow.sequence)
OF_ACTIVITY = and_(
    RewardEntry.user_id == ActivityRow.user_id,
    RewardEntry.activity_sequence == ActivityRow.sequence,
)
IS_OF_STAGE = or_(
    and_(
        RewardEntry.source_type == SourceType.WEEK, RewardEntry.reason == Reason.MILESTONE_REACHED
    ),
    and_(
        RewardEntry.source_type == SourceType.COURSE, RewardEntry.reason == Reason.COURSE_COMPLETED
    ),
)
"""An entry that a day of a course gave for what it finished, and not for itself."""

SET_OFF = (
    SourceType.BOSS_BATTLE,
    SourceType.QUEST,
    SourceType.CHALLENGE,
    SourceType.BADGE,
)
IS_SET_OFF = RewardEntry.source_type.in_(SET_OFF)
"""An entry for what came about by many activities: it stands as long as the others suffice."""

FOLLOWED = (
    ActivityKind.TASK_COMPLETED,
    ActivityKind.COURSE_TASK_COMPLETED,
    ActivityKind.QUIZ_ATTEMPTED,
    ActivityKind.REVIEWED,
    ActivityKind.BOSS_DEFEATED,
)
"""The kinds of activities that may set something off."""

IS_OF_PURCHASE = RewardEntry.reason == Reason.PURCHASED
IS_PURCHASE = and_(
    ActivityRow.kind == ActivityKind.PURCHASED,
    ~ActivityRow.paid,
    ActivityRow.undoes.is_(None),
    ActivityRow.source_type == SourceType.PURCHASE,
    ActivityRow.source_id == cast(ActivityRow.sequence, String),
)
"""A purchase as it should be: no reward, and its own source."""


def within(owner: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """The users whom a statement is about."""
    return and_(owner > bindparam("after_id"), owner <= bindparam("last_id"))


def same_source(one: Any, other: Any) -> ColumnElement[bool]:
    """Whether two rows are about the same source; both of one user, as the caller sees to."""
    return and_(one.source_type == other.source_type, one.source_id == other.source_id)
