"""When a review card is due in its owner's day.

What was forgotten or is new comes back after minutes, so it is due at its instant. What is remembered
for days is due all through the local day in which its instant lies: nobody has to come back at night
because they reviewed late a month ago.
"""

from datetime import datetime, timedelta

from app.core.reviewing import CardState
from app.db.repositories.review_rows import DueLimits
from app.game.calendar import Calendar

_DAY = timedelta(days=1)
_TICK = timedelta(microseconds=1)


def find_due_limits(calendar: Calendar, now: datetime) -> DueLimits:
    """What is due now."""
    # Where the clock goes back over the start of a day, the day that comes again has ended already.
    return DueLimits(now, max(calendar.end_of(calendar.day_of(now)), now + _TICK))


def is_due(state: CardState, due_at: datetime, limits: DueLimits) -> bool:
    """Whether a card is due; the same as the repository's condition."""
    if state is CardState.REVIEW:
        return due_at < limits.review_before
    return due_at <= limits.now


def find_due_from(state: CardState, due_at: datetime, calendar: Calendar) -> datetime:
    """The instant from which on a card is due."""
    if state is CardState.REVIEW:
        return calendar.end_of(calendar.day_of(due_at) - _DAY)
    return due_at
