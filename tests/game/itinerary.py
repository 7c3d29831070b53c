"""Itineraries: at which instants, and by which calendars, a learner is active."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import accumulate

from app.game.calendar import Calendar
from app.game.streak import Streak, count_activity
from tests.game.zones import Stay

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

Step = tuple[datetime, Calendar]


def follow(steps: Iterable[Step]) -> Streak:
    """Play the steps, none of which may break the streak."""
    streak = Streak()
    for at, calendar in steps:
        after = count_activity(streak, at, calendar)
        assert after.count - streak.count in {0, 1}
        streak = after
    return streak


def count_new_dates(steps: Iterable[Step]) -> int:
    """How often the learner's calendar showed a date later than all before."""
    dates = [calendar.day_of(at) for at, calendar in steps]
    return len(set(accumulate(dates, max)))


def pick_part(stay: Stay, part: float) -> datetime:
    """An instant of the stay, from its first (0) to its last (1)."""
    return stay[round(part * (len(stay) - 1))]
