"""When the next mail is due to a learner: pure functions of the instant, the zone and the hour."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from app.game.calendar import Calendar

REPORT_HOUR = 8
"""When reports come to whoever wishes no reminders; else they come at the hour of these."""

_MONDAY = 0
_LATEST = timedelta(hours=2)
"""A mail that is so late is left out: it would come at an hour at which the learner wished none."""


def find_next_hour(now: datetime, zone: ZoneInfo, hour: int) -> datetime:
    """The next instant (UTC, after ``now``) at which the wall clock shows this hour, or jumps over it."""
    calendar = Calendar(zone, hour)
    return calendar.end_of(calendar.day_of(now))


def find_next_report(now: datetime, zone: ZoneInfo, hour: int) -> datetime:
    """The same on the next Monday."""
    calendar = Calendar(zone, hour)
    # The day that begins then is a Monday, so the one that ends is the Sunday before it.
    today = calendar.day_of(now)
    until_sunday = (_MONDAY - 1 - today.weekday()) % 7
    return calendar.end_of(today + timedelta(days=until_sunday))


def is_timely(due_at: datetime, now: datetime, zone: ZoneInfo, hour: int) -> bool:
    """Whether a mail that was due then may still be sent.

    Not if nobody was there to send it for hours, nor if the learner has gone to another zone since.
    """
    if now - due_at > _LATEST:
        return False
    return due_at == find_next_hour(due_at - timedelta(microseconds=1), zone, hour)
