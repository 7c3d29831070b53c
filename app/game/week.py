"""The week of tables and leagues: the ISO week in UTC, named by its Monday."""

from datetime import UTC, date, datetime, time, timedelta

_WEEK = timedelta(days=7)


def week_of(instant: datetime) -> date:
    """The Monday of the week in which an instant lies. ValueError for a naive instant."""
    if instant.utcoffset() is None:
        raise ValueError("a week needs an aware instant")
    day = instant.astimezone(UTC).date()
    return day - timedelta(days=day.weekday())


def end_of_week(week_on: date) -> datetime:
    """The first instant (UTC) that does not belong to the week any more."""
    return datetime.combine(week_on + _WEEK, time(), UTC)
