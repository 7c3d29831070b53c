"""What a goal's metric comes to by the activities and entries that stand."""

from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, and_, case, exists, func, or_, select
from sqlalchemy.orm import aliased

from app.db.models import ActivityRow, RewardEntry
from app.game.activity import ActivityKind
from app.game.ledger import Reason
from app.game.metrics import GOAL_REASONS, Metric

_Undo = aliased(ActivityRow)
_Reversal = aliased(RewardEntry)
_Done = aliased(ActivityRow)
_Giver = aliased(ActivityRow)

_KINDS = {
    Metric.TASKS_COMPLETED: ActivityKind.TASK_COMPLETED,
    Metric.COURSE_TASKS_COMPLETED: ActivityKind.COURSE_TASK_COMPLETED,
    Metric.QUIZZES_PASSED: ActivityKind.QUIZ_ATTEMPTED,
    Metric.REVIEWS_DONE: ActivityKind.REVIEWED,
}
_REASONS = {
    Metric.BOSSES_DEFEATED: Reason.BOSS_DEFEATED,
    Metric.QUESTS_COMPLETED: Reason.QUEST_COMPLETED,
    Metric.COURSES_COMPLETED: Reason.COURSE_COMPLETED,
}


def measure_progress(
    goal: Any, of_user: ColumnElement[int], without: ColumnElement[int]
) -> ColumnElement[int]:
    """How far a goal is without one activity, which still leaves its entries in.

    ``goal`` has the columns metric, course_id, after, period_on, last_on, starts_at and ends_at; a
    missing bound is NULL. ``streak_days`` gives 0: no sum says how long a streak is.
    """
    return case(
        (goal.metric.in_(list(_KINDS)), _count_activities(goal, of_user, without)),
        (goal.metric == Metric.XP_EARNED, _sum_xp(goal, of_user)),
        else_=_count_entries(goal, of_user),
    )


def _count_activities(
    goal: Any, of_user: ColumnElement[int], without: ColumnElement[int]
) -> ScalarSelect[int]:
    undone = exists().where(_Undo.user_id == _Done.user_id, _Undo.undoes == _Done.sequence)
    return (
        select(func.count())
        .select_from(_Done)
        .where(
            _Done.user_id == of_user,
            _Done.sequence != without,
            _Done.kind == case(_KINDS, value=goal.metric),
            # An attempt counts if it passed the quiz, which is when it is paid.
            or_(_Done.kind != ActivityKind.QUIZ_ATTEMPTED, _Done.paid),
            _stands_within(goal, _Done),
            ~undone,
        )
        .scalar_subquery()
    )


def _sum_xp(goal: Any, of_user: ColumnElement[int]) -> ScalarSelect[int]:
    return (
        select(func.coalesce(func.sum(RewardEntry.xp), 0))
        .join(_Giver, _gives())
        .where(
            _is_standing_payment(of_user),
            RewardEntry.reason.not_in(sorted(GOAL_REASONS)),
            _stands_within(goal, _Giver),
        )
        .scalar_subquery()
    )


def _count_entries(goal: Any, of_user: ColumnElement[int]) -> ScalarSelect[int]:
    return (
        select(func.count())
        .select_from(RewardEntry)
        .join(_Giver, _gives())
        .where(
            _is_standing_payment(of_user),
            RewardEntry.reason == case(_REASONS, value=goal.metric),
            _stands_within(goal, _Giver),
        )
        .scalar_subquery()
    )


def _gives() -> ColumnElement[bool]:
    return and_(
        _Giver.user_id == RewardEntry.user_id, _Giver.sequence == RewardEntry.activity_sequence
    )


def _is_standing_payment(of_user: ColumnElement[int]) -> ColumnElement[bool]:
    reversed_ = exists().where(
        _Reversal.user_id == RewardEntry.user_id, _Reversal.reverses_id == RewardEntry.id
    )
    return and_(RewardEntry.user_id == of_user, RewardEntry.reverses_id.is_(None), ~reversed_)


def _stands_within(goal: Any, activity: Any) -> ColumnElement[bool]:
    return and_(
        activity.sequence > goal.after,
        or_(goal.course_id.is_(None), activity.course_id == goal.course_id),
        or_(goal.period_on.is_(None), activity.local_on >= goal.period_on),
        or_(goal.last_on.is_(None), activity.local_on <= goal.last_on),
        or_(goal.starts_at.is_(None), activity.occurred_at >= goal.starts_at),
        or_(goal.ends_at.is_(None), activity.occurred_at < goal.ends_at),
    )
