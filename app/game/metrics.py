"""Metrics: the facts that goals are measured by, kept as counters of what stands."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from app.game.activity import ActivityKind


class Metric(StrEnum):
    """What is counted."""

    TASKS_COMPLETED = "tasks_completed"
    COURSE_TASKS_COMPLETED = "course_tasks_completed"
    QUIZZES_PASSED = "quizzes_passed"
    REVIEWS_DONE = "reviews_done"
    XP_EARNED = "xp_earned"
    STREAK_DAYS = "streak_days"
    BOSSES_DEFEATED = "bosses_defeated"
    QUESTS_COMPLETED = "quests_completed"
    COURSES_COMPLETED = "courses_completed"


_COUNTED: Mapping[ActivityKind, Metric] = MappingProxyType(
    {
        ActivityKind.TASK_COMPLETED: Metric.TASKS_COMPLETED,
        ActivityKind.COURSE_TASK_COMPLETED: Metric.COURSE_TASKS_COMPLETED,
        ActivityKind.QUIZ_ATTEMPTED: Metric.QUIZZES_PASSED,
        ActivityKind.REVIEWED: Metric.REVIEWS_DONE,
    }
)


def tally_activity(
    kind: ActivityKind, xp: int, sign: int = 1, courses: int = 0
) -> Mapping[Metric, int]:
    """What one activity adds to the counters (sign 1), or its undo takes off them (sign -1).

    Both directions come from here, so that they cannot drift apart. Zeros are left out. The XP is
    what the activity itself paid (milestones and courses included), without what goals paid for it.
    `courses`: how many courses it completed. An attempt at a quiz is counted only if it was the one
    that passed it. Raises ValueError for a kind that counts for nothing, such as an undo.
    """
    metric = _COUNTED.get(kind)
    if metric is None:
        raise ValueError(f"{kind} is not counted")
    deltas = {metric: sign, Metric.XP_EARNED: sign * xp, Metric.COURSES_COMPLETED: sign * courses}
    return MappingProxyType({name: delta for name, delta in deltas.items() if delta})
