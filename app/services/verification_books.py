"""What the activities and entries of players say that they have: rows turned into values."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from types import MappingProxyType

from app.db.unit_of_work import ReadUnitOfWork
from app.game.activity import ActivityKind
from app.game.hearts import Hearts, derive_hearts
from app.game.ledger import Reason
from app.game.metrics import Metric
from app.game.rules import RULES
from app.game.streak import Streak, derive_streak
from app.services.history_mapping import HEARTS, read_streak_events

_COUNTED_BY = MappingProxyType(
    {
        ActivityKind.TASK_COMPLETED.value: Metric.TASKS_COMPLETED,
        ActivityKind.COURSE_TASK_COMPLETED.value: Metric.COURSE_TASKS_COMPLETED,
        ActivityKind.REVIEWED.value: Metric.REVIEWS_DONE,
    }
)
_COUNTED_IF_PAID = MappingProxyType({ActivityKind.QUIZ_ATTEMPTED.value: Metric.QUIZZES_PASSED})

_OWN_REASONS = frozenset(
    {
        Reason.TASK_COMPLETED.value,
        Reason.COURSE_TASK_COMPLETED.value,
        Reason.QUIZ_PASSED.value,
        Reason.QUIZ_PERFECT.value,
        Reason.MILESTONE_REACHED.value,
        Reason.COURSE_COMPLETED.value,
        Reason.REVIEWED.value,
    }
)
"""What activities pay by themselves, as against what the goals pay that they meet."""


@dataclass(frozen=True, slots=True)
class Books:
    """What the activities and entries of some players say; all of it by user id."""

    sums: Mapping[int, tuple[int, int, int]]
    """XP, gold, and the number of reversals"""
    streaks: Mapping[int, Streak]
    hearts: Mapping[int, Hearts]
    counted: Mapping[int, Mapping[str, int]]
    """Counters as the standing activities and payments have them"""
    kept: Mapping[int, Mapping[str, int]]
    """Counters as they are written"""


async def read_books(uow: ReadUnitOfWork, after_id: int, last_id: int) -> Books:
    """The books of the users in ``(after_id, last_id]``; nothing for users of whom they say nothing."""
    sums = {
        user_id: (xp, gold, reversals)
        for user_id, xp, gold, reversals in await uow.verification.list_sums(after_id, last_id)
    }
    events = await uow.activities.list_streak_events_of_many(after_id, last_id)
    streaks = {
        user_id: derive_streak(read_streak_events(list(rows)), RULES)
        for user_id, rows in groupby(events, key=lambda row: row.user_id)
    }
    changes = await uow.verification.list_hearts(after_id, last_id, HEARTS)
    hearts = {
        user_id: derive_hearts(((at, change) for _, at, change in rows), RULES)
        for user_id, rows in groupby(changes, key=lambda row: row.user_id)
    }
    kept: defaultdict[int, Counter[str]] = defaultdict(Counter)
    for user_id, metric, value in await uow.players.list_counters(after_id, last_id):
        kept[user_id][metric] = value
    return Books(sums, streaks, hearts, await _count(uow, after_id, last_id), kept)


async def _count(
    uow: ReadUnitOfWork, after_id: int, last_id: int
) -> Mapping[int, Mapping[str, int]]:
    counted: defaultdict[int, Counter[str]] = defaultdict(Counter)
    for user_id, kind, count, paid in await uow.verification.list_tallies(after_id, last_id):
        if kind in _COUNTED_BY:
            counted[user_id][_COUNTED_BY[kind]] += count
        if kind in _COUNTED_IF_PAID:
            counted[user_id][_COUNTED_IF_PAID[kind]] += paid
    for user_id, reason, count, xp in await uow.verification.list_payments(after_id, last_id):
        if reason in _OWN_REASONS:
            counted[user_id][Metric.XP_EARNED] += xp
        if reason == Reason.COURSE_COMPLETED:
            counted[user_id][Metric.COURSES_COMPLETED] += count
    return counted
