"""What the activities and entries of players say that they have: rows turned into values."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from types import MappingProxyType

from app.db.repositories.counter_names import name_counter
from app.db.unit_of_work import ReadUnitOfWork
from app.game.activity import ActivityKind
from app.game.hearts import Hearts, derive_hearts
from app.game.ledger import Reason
from app.game.metrics import GOAL_REASONS, SCOPED, Metric
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

_COUNTED_ENTRIES = MappingProxyType(
    {
        Reason.BOSS_DEFEATED.value: Metric.BOSSES_DEFEATED,
        Reason.QUEST_COMPLETED.value: Metric.QUESTS_COMPLETED,
        Reason.COURSE_COMPLETED.value: Metric.COURSES_COMPLETED,
    }
)
_EARNING = frozenset(Reason) - GOAL_REASONS - {Reason.PURCHASED, Reason.UNDO}
"""The reasons of earned XP; what goals pay is none (see ``GOAL_REASONS``)."""


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
    for user_id, kind, course, count, paid in await uow.verification.list_tallies(
        after_id, last_id
    ):
        if kind in _COUNTED_BY:
            _add(counted[user_id], _COUNTED_BY[kind], course, count)
        if kind in _COUNTED_IF_PAID:
            _add(counted[user_id], _COUNTED_IF_PAID[kind], course, paid)
    for user_id, reason, course, count, xp in await uow.verification.list_payments(
        after_id, last_id
    ):
        if reason in _EARNING:
            _add(counted[user_id], Metric.XP_EARNED, course, xp)
        if reason in _COUNTED_ENTRIES:
            _add(counted[user_id], _COUNTED_ENTRIES[reason], course, count)
    return counted


def _add(counters: Counter[str], metric: Metric, course: int | None, value: int) -> None:
    counters[name_counter(metric)] += value
    if course is not None and metric in SCOPED:
        counters[name_counter(metric, course)] += value
