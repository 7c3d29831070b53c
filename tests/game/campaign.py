"""Quests, challenges, badges and bosses with such small targets that short sequences meet them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache

from app.core.definitions import Cadence
from app.game.activity import Source, SourceType
from app.game.daily import choose_daily, week_of
from app.game.goal import Badge, Reward
from app.game.metrics import Metric
from app.game.rules import RULES, Price
from tests.game.record import NOON

NOTHING = Reward()
HOUR = timedelta(hours=1)
SPOILS = Price(50, 4, 0)
"""What every boss of one's choice pays."""
# A week's boss that falls to the few days of the small course.
FRAIL = replace(RULES, week_boss_hp=60, week_boss=Price(20, 2, 0))


@dataclass(frozen=True)
class Quest:
    """A quest; a daily one is in the pool of every day."""

    key: str
    metric: Metric
    target: int
    reward: Reward = NOTHING
    course: int | None = None
    cadence: Cadence = Cadence.ONCE

    def source_on(self, day: date) -> Source:
        """What the quest of a day's period is paid as."""
        match self.cadence:
            case Cadence.ONCE:
                return Source(SourceType.QUEST, self.key)
            case Cadence.WEEKLY:
                return Source(SourceType.QUEST, f"{self.key}/{week_of(day)}")
            case Cadence.DAILY:
                return Source(SourceType.QUEST, f"{self.key}/{day}")

    def days_around(self, day: date) -> tuple[date | None, date | None]:
        """The first and the last local date of a day's period; none for what is done once."""
        match self.cadence:
            case Cadence.ONCE:
                return None, None
            case Cadence.WEEKLY:
                return week_of(day), week_of(day) + timedelta(days=6)
            case Cadence.DAILY:
                return day, day


@dataclass(frozen=True)
class Challenge:
    """A challenge for all, from one instant to another."""

    key: str
    metric: Metric
    target: int
    reward: Reward
    starts_at: datetime
    ends_at: datetime
    course: int | None = None


@dataclass(frozen=True)
class Campaign:
    """All that there is to win."""

    quests: Sequence[Quest]
    challenges: Sequence[Challenge]
    badges: Sequence[Badge]
    bosses: Sequence[int]
    """Hit points of bosses to choose; see `strikes_back`."""

    def find_quest(self, key: str) -> Quest:
        return next(quest for quest in self.quests if quest.key == key)

    def find_challenge(self, key: str) -> Challenge:
        return next(challenge for challenge in self.challenges if challenge.key == key)

    def list_pool(self, user_id: int, day: date) -> Sequence[Quest]:
        """The daily quests of a learner."""
        pool = tuple(quest.key for quest in self.quests if quest.cadence is Cadence.DAILY)
        return [self.find_quest(key) for key in _choose(user_id, day, pool)]


@lru_cache(maxsize=10_000)
def _choose(user_id: int, day: date, pool: tuple[str, ...]) -> tuple[str, ...]:
    return choose_daily(user_id, day, pool, RULES.daily_quests)


def strikes_back(hp: int) -> bool:
    """Whether a boss of one's choice strikes back: those do that take some time."""
    return hp >= 100


def plan_campaign(course: int = 1, elsewhere: int = 2, now: datetime = NOON) -> Campaign:
    """The campaign of a learner who takes one course, and not the other."""
    return Campaign(
        list_quests(course, elsewhere), list_challenges(now), list_badges(course), (5, 30, 100, 900)
    )


def list_quests(course: int, elsewhere: int) -> Sequence[Quest]:
    weekly, daily = Cadence.WEEKLY, Cadence.DAILY
    return (
        Quest("three", Metric.TASKS_COMPLETED, 3, Reward(30, 5)),
        Quest("rich", Metric.XP_EARNED, 60, Reward(100, 10, 1)),
        Quest("learned", Metric.XP_EARNED, 50, Reward(4, 4), course),
        Quest("days", Metric.COURSE_TASKS_COMPLETED, 3, Reward(20, 0), course),
        Quest("elsewhere", Metric.COURSE_TASKS_COMPLETED, 1, Reward(20, 0), elsewhere),
        Quest("regular", Metric.STREAK_DAYS, 3, Reward(15, 3, badge="prize")),
        Quest("begin", Metric.STREAK_DAYS, 1, Reward(1, 1)),
        Quest("slayer", Metric.BOSSES_DEFEATED, 1, Reward(10, 0)),
        Quest("chain", Metric.QUESTS_COMPLETED, 2, Reward(0, 7, badge="other-prize")),
        Quest("link", Metric.QUESTS_COMPLETED, 4, Reward(0, 0, 2)),
        Quest("other", Metric.TASKS_COMPLETED, 4, Reward(3, 0, badge="prize")),
        Quest("whole", Metric.COURSES_COMPLETED, 1, Reward(0, 3, 1), course),
        Quest("weekly", Metric.TASKS_COMPLETED, 2, Reward(8, 1, badge="prize"), None, weekly),
        Quest("steady", Metric.STREAK_DAYS, 2, Reward(6, 0, 1), None, weekly),
        Quest("busy", Metric.QUESTS_COMPLETED, 3, Reward(6, 0), None, weekly),
        Quest("today", Metric.TASKS_COMPLETED, 2, Reward(5, 1), None, daily),
        Quest("earn", Metric.XP_EARNED, 40, Reward(5, 1), None, daily),
        Quest("again", Metric.STREAK_DAYS, 2, Reward(5, 1), None, daily),
        Quest("heap", Metric.QUESTS_COMPLETED, 2, Reward(5, 1, 1), None, daily),
        Quest("hunt", Metric.BOSSES_DEFEATED, 1, Reward(5, 1), None, daily),
    )


def list_challenges(now: datetime) -> Sequence[Challenge]:
    """One that runs, one that is about to start, and two that go on and on; by key."""
    sprint = (now - HOUR, now + 30 * HOUR)
    race = (now + 6 * HOUR, now + 200 * HOUR)
    season = (now, now + 2000 * HOUR)
    return (
        Challenge("1", Metric.TASKS_COMPLETED, 3, Reward(20, 0, badge="prize"), *sprint),
        Challenge("2", Metric.XP_EARNED, 80, Reward(10, 10, 1), *race),
        Challenge("3", Metric.STREAK_DAYS, 2, Reward(9, 0, badge="other-prize"), *season),
        Challenge("4", Metric.QUESTS_COMPLETED, 2, Reward(0, 1, 1), *season),
    )


def list_badges(course: int) -> Sequence[Badge]:
    return (
        _badge("t1", Reward(5), Metric.TASKS_COMPLETED, 2),
        _badge("t2", Reward(9, 1, 1), Metric.TASKS_COMPLETED, 4),
        _badge("x", Reward(0, 9), Metric.XP_EARNED, 90),
        _badge("xc", Reward(1), Metric.XP_EARNED, 50, course),
        _badge("s", Reward(7), Metric.STREAK_DAYS, 2),
        _badge("b", Reward(3), Metric.BOSSES_DEFEATED, 2),
        _badge("q", Reward(2), Metric.QUESTS_COMPLETED, 1),
        _badge("prize", Reward(11, 0, 1)),
        _badge("other-prize", Reward()),
    )


def _badge(
    key: str,
    reward: Reward,
    metric: Metric | None = None,
    target: int = 0,
    course: int | None = None,
) -> Badge:
    return Badge(Source(SourceType.BADGE, key), key, key, reward, metric, target, course)
