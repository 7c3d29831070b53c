"""What reminders and reports tell."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from app.core.clock import Clock
from app.core.listing import TaskSort, TaskStatus
from app.db.models import User
from app.db.repositories.reports import WeekCounts
from app.db.repositories.task_queries import TaskFilter
from app.db.unit_of_work import ReadUnitOfWork
from app.game.calendar import Calendar
from app.game.levels import level_at
from app.game.pause import find_pause
from app.game.rules import RULES
from app.game.streak import show_streak
from app.services.due_cards import MAX_COUNTED
from app.services.due_rule import find_due_limits
from app.services.player_mapping import read_player

MAX_TASKS = 5
_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Reminder:
    """What is due to a learner today.

    ``tasks``: titles of some, the longest due first, of ``tasks_due`` in all (counted so far as the start
    page counts). ``streak_at_risk``: its days, if nothing was done today yet; else 0.
    """

    tasks: Sequence[str]
    tasks_due: int
    reviews_due: int
    streak_at_risk: int


@dataclass(frozen=True, slots=True)
class Report:
    """A learner's last seven local days, from the first to the last, and the streak and level now."""

    first_on: date
    last_on: date
    counts: WeekCounts
    streak: int
    level: int


class ReminderService:
    """Finds what to remind a learner of."""

    def __init__(self, uow: ReadUnitOfWork, clock: Clock) -> None:
        self._uow = uow
        self._clock = clock

    async def get(self, user: User) -> Reminder | None:
        """What is due; None if nothing is, or the learner has paused."""
        now, calendar = self._clock.now(), _calendar_of(user)
        today = calendar.day_of(now)
        limits = find_due_limits(calendar, now)
        found = await self._uow.summary.get_player(user.id, today, limits, MAX_COUNTED, 0)
        if found is None:
            return None
        streak = read_player(found.player).streak
        if find_pause(streak.pauses, today) is not None:
            return None
        at_risk = 0 if found.player.last_on == today else show_streak(streak, now, calendar)
        if not (found.tasks_due or found.reviews_due or at_risk):
            return None
        due = TaskFilter(status=TaskStatus.OPEN, due_to=today)
        tasks = await self._uow.tasks.list_page(user.id, due, TaskSort.DUE, None, MAX_TASKS)
        titles = [task.title for task in tasks]
        return Reminder(titles, found.tasks_due, found.reviews_due, at_risk)


class ReportService:
    """Sums a learner's week up."""

    def __init__(self, uow: ReadUnitOfWork, clock: Clock) -> None:
        self._uow = uow
        self._clock = clock

    async def get(self, user: User) -> Report | None:
        """The seven local days before today; None if nothing was done in them."""
        now, calendar = self._clock.now(), _calendar_of(user)
        today = calendar.day_of(now)
        first_on, last_on = today - _WEEK, today - timedelta(days=1)
        counts = await self._uow.reports.count_week(user.id, first_on, last_on)
        row = await self._uow.players.get(user.id)
        if row is None or not counts.activities:
            return None
        streak = show_streak(read_player(row).streak, now, calendar)
        return Report(first_on, last_on, counts, streak, level_at(row.xp, RULES))


def _calendar_of(user: User) -> Calendar:
    return Calendar(ZoneInfo(user.timezone), user.day_starts_at)
