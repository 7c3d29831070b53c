"""How much data there is, and what follows from it."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from app.game.rules import RULES, Difficulty

PASSWORD = "correct horse battery"
ZONE = "Europe/London"
HISTORY_DIFFICULTY = Difficulty.TRIVIAL
OPEN_DIFFICULTY = Difficulty.EASY


@dataclass(frozen=True)
class Shape:
    """How much there is. Odd tasks of a learner are completed, one on each of the last days; even ones open.

    One more learner, the hot one, has ``hot_tasks`` more open tasks: it completes them all by itself.
    """

    users: int = 1000
    tasks: int = 200
    hot_tasks: int = 40_000
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def hot_user(self) -> int:
        return self.users + 1

    @property
    def first_hot_task(self) -> int:
        return self.number_of_task(self.tasks, self.hot_user) + 1

    @property
    def days(self) -> int:
        """As many days have a completed task, today the last."""
        return self.tasks // 2

    @property
    def today(self) -> date:
        return self.now.astimezone(ZoneInfo(ZONE)).date()

    def number_of_task(self, k: int, user_id: int) -> int:
        """The id of a learner's k-th task (from 1): learners made theirs in turn, and so do they lie."""
        return (k - 1) * (self.users + 1) + user_id

    def xp_of_day(self, day: int) -> int:
        """What the task of a day (from 1) paid, with the bonus of the streak up to it."""
        bonus = min(day, RULES.streak_bonus_cap)
        return RULES.prices[HISTORY_DIFFICULTY].xp * (RULES.percent + bonus) // RULES.percent

    def at_of_day(self, day: int) -> datetime:
        return self.now - timedelta(days=self.days - day)
