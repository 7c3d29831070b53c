"""Metrics: the facts that goals are measured by, kept as counters of what stands."""

from collections import Counter
from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import TypeAlias

from app.game.activity import ActivityKind
from app.game.ledger import Entry, Reason


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


Scope: TypeAlias = tuple[Metric, int | None]
"""A metric over everything (None), or over what was done in the course with this id."""

SCOPED = frozenset(
    {
        Metric.COURSE_TASKS_COMPLETED,
        Metric.QUIZZES_PASSED,
        Metric.REVIEWS_DONE,
        Metric.XP_EARNED,
        Metric.COURSES_COMPLETED,
    }
)
"""The metrics that know a course."""

DERIVED = frozenset(
    {
        Metric.XP_EARNED,
        Metric.STREAK_DAYS,
        Metric.BOSSES_DEFEATED,
        Metric.QUESTS_COMPLETED,
        Metric.COURSES_COMPLETED,
    }
)
"""The metrics that do not count activities but what those gave, or the days before: an undo may move
them for goals in whose window the undone activity is not.
"""

GOAL_REASONS = frozenset({Reason.QUEST_COMPLETED, Reason.CHALLENGE_COMPLETED, Reason.BADGE_AWARDED})
"""What goals pay, which is not earned XP: so no goal feeds itself."""

_COUNTED: Mapping[ActivityKind, Metric] = MappingProxyType(
    {
        ActivityKind.TASK_COMPLETED: Metric.TASKS_COMPLETED,
        ActivityKind.COURSE_TASK_COMPLETED: Metric.COURSE_TASKS_COMPLETED,
        ActivityKind.QUIZ_ATTEMPTED: Metric.QUIZZES_PASSED,
        ActivityKind.REVIEWED: Metric.REVIEWS_DONE,
    }
)
_COUNTED_ENTRIES: Mapping[Reason, Metric] = MappingProxyType(
    {
        Reason.BOSS_DEFEATED: Metric.BOSSES_DEFEATED,
        Reason.QUEST_COMPLETED: Metric.QUESTS_COMPLETED,
        Reason.COURSE_COMPLETED: Metric.COURSES_COMPLETED,
    }
)


def tally_activity(
    kind: ActivityKind, entries: Iterable[Entry] = (), sign: int = 1
) -> Mapping[Metric, int]:
    """What one activity and its entries add to the counters (sign 1), or its undo takes off (sign -1).

    An attempt at a quiz is counted only if it was the one that passed it. Raises ValueError for a
    kind that counts for nothing, such as an undo.
    """
    metric = _COUNTED.get(kind)
    if metric is None:
        raise ValueError(f"{kind} is not counted")
    return add_tallies({metric: sign}, tally_entries(entries, sign))


def tally_entries(entries: Iterable[Entry], sign: int = 1) -> Mapping[Metric, int]:
    """What entries add to the counters (sign 1), or their reversal takes off them (sign -1).

    Both directions come from here, so that they cannot drift apart. Zeros are left out.
    """
    deltas: Counter[Metric] = Counter()
    for entry in entries:
        if entry.reason not in GOAL_REASONS:
            deltas[Metric.XP_EARNED] += sign * entry.xp
        metric = _COUNTED_ENTRIES.get(entry.reason)
        if metric is not None:
            deltas[metric] += sign
    return MappingProxyType({metric: delta for metric, delta in deltas.items() if delta})


def add_tallies(*tallies: Mapping[Metric, int]) -> Mapping[Metric, int]:
    """All of them together. Zeros are left out."""
    total: Counter[Metric] = Counter()
    for tally in tallies:
        for metric, delta in tally.items():
            total[metric] += delta
    return MappingProxyType({metric: delta for metric, delta in total.items() if delta})


def scope_tally(tally: Mapping[Metric, int], course: int | None) -> Mapping[Scope, int]:
    """What of a tally counts for the course in which it came about; nothing without one."""
    if course is None:
        return MappingProxyType({})
    return MappingProxyType(
        {(metric, course): delta for metric, delta in tally.items() if metric in SCOPED}
    )


def add_scopes(*tallies: Mapping[Scope, int]) -> Mapping[Scope, int]:
    """All of them together."""
    total: Counter[Scope] = Counter()
    for tally in tallies:
        for scope, value in tally.items():
            total[scope] += value
    return MappingProxyType(dict(total))
