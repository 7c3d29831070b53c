"""When a local day ends.

The law: the end of a day is the first instant whose local date is later. Before it there is no later
date. From it on all dates are later, but where the clock goes back over the start of the day: there
the old date comes again for a while.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.game.calendar import Calendar
from tests.game.zones import calendars, group_zones, instants_near_transitions, list_transitions

TICK = timedelta(microseconds=1)
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
BEFORE = [n * 15 * MINUTE for n in range(1, 2 * 96)]
AFTER = [n * 15 * MINUTE for n in range(96)]


def utc(*fields: int) -> datetime:
    year, month, day, hour, minute = fields
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "starts", "day", "end"),
    [
        ("UTC", 0, date(2026, 3, 2), utc(2026, 3, 3, 0, 0)),
        ("UTC", 4, date(2026, 3, 2), utc(2026, 3, 3, 4, 0)),
        ("Europe/Berlin", 4, date(2026, 3, 2), utc(2026, 3, 3, 3, 0)),
        # The days on which the clock goes forward and back have 23 and 25 hours.
        ("Europe/Berlin", 0, date(2026, 3, 29), utc(2026, 3, 29, 22, 0)),
        ("Europe/Berlin", 0, date(2026, 10, 25), utc(2026, 10, 25, 23, 0)),
        # The start is skipped: the day begins where the clock jumps, at 0:00, 2:45 and 1:00.
        ("Africa/Cairo", 0, date(2026, 4, 23), utc(2026, 4, 23, 22, 0)),
        ("Pacific/Chatham", 3, date(2026, 9, 26), utc(2026, 9, 26, 14, 0)),
        ("Antarctica/Troll", 2, date(2026, 3, 28), utc(2026, 3, 29, 1, 0)),
        # The start comes twice: the first one ends the day before.
        ("Antarctica/Troll", 2, date(2026, 10, 24), utc(2026, 10, 25, 0, 0)),
        # Samoa skipped 30 December 2011, or left a part of it.
        ("Pacific/Apia", 0, date(2011, 12, 29), utc(2011, 12, 30, 10, 0)),
        ("Pacific/Apia", 0, date(2011, 12, 30), utc(2011, 12, 30, 10, 0)),
        ("Pacific/Apia", 4, date(2011, 12, 29), utc(2011, 12, 30, 10, 0)),
        ("Pacific/Apia", 4, date(2011, 12, 30), utc(2011, 12, 30, 14, 0)),
    ],
)
def test_end_of(zone: str, starts: int, day: date, end: datetime) -> None:
    found = Calendar(ZoneInfo(zone), starts).end_of(day)
    assert found == end
    assert found.tzinfo is UTC


def goes_back_over_a_start(calendar: Calendar, change: datetime) -> bool:
    """Whether the local date just before the change is later than the one just after it."""
    return calendar.day_of(change - TICK) > calendar.day_of(change)


def check_end(calendar: Calendar, day: date) -> None:
    end = calendar.end_of(day)
    assert calendar.day_of(end) > day
    assert calendar.day_of(end - TICK) <= day
    assert max(calendar.day_of(end - gap) for gap in BEFORE) == day


def list_walks() -> Iterator[tuple[Calendar, datetime]]:
    """Each sort of change of a clock, with days that start at any hour."""
    sorts = {
        ((change + old).time(), new - old): (names[0], change)
        for names in group_zones()
        for change, old, new in list_transitions(names[0])
    }
    for name, change in sorts.values():
        for starts in range(24):
            yield Calendar(ZoneInfo(name), starts), change


def test_the_end_is_the_first_instant_of_a_later_date_around_every_sort_of_change() -> None:
    walks = list(list_walks())
    assert len(walks) >= 24 * 10
    for calendar, change in walks:
        for n in range(-2, 2):
            check_end(calendar, calendar.day_of(change) + n * DAY)


def test_every_change_of_every_zone() -> None:
    """Days that start where the change is, in all zones."""
    for names in group_zones():
        for change, old, new in list_transitions(names[0]):
            for starts in {0, (change + old).hour, (change + new).hour}:
                calendar = Calendar(ZoneInfo(names[0]), starts)
                for day in {calendar.day_of(change - TICK), calendar.day_of(change)}:
                    end = calendar.end_of(day)
                    assert calendar.day_of(end - TICK) <= day < calendar.day_of(end)


def test_a_date_comes_again_only_where_the_clock_goes_back_over_the_start() -> None:
    backwards = 0
    for calendar, change in list_walks():
        day = calendar.day_of(change)
        for ended in (day - DAY, day):
            end = calendar.end_of(ended)
            comes_again = any(calendar.day_of(end + gap) <= ended for gap in AFTER)
            is_back = goes_back_over_a_start(calendar, change) and ended == day
            assert comes_again is is_back
            backwards += comes_again
    assert backwards > 0


@given(instants_near_transitions(), calendars)
def test_an_instant_is_before_the_end_of_its_day(instant: datetime, calendar: Calendar) -> None:
    """And not before the end of the day before; unless its date comes again."""
    day = calendar.day_of(instant)
    assert calendar.end_of(day - DAY) <= instant
    tomorrow = calendar.day_of(calendar.end_of(day))
    assert tomorrow > day
    again = calendar.end_of(day) <= instant
    assert not again or calendar.zone.utcoffset(instant - DAY) != calendar.zone.utcoffset(instant)


@given(instants_near_transitions(), calendars, st.integers(0, 400))
def test_later_days_end_later(instant: datetime, calendar: Calendar, days: int) -> None:
    day = calendar.day_of(instant)
    assert calendar.end_of(day) + 20 * 60 * days * MINUTE <= calendar.end_of(day + days * DAY)


@pytest.mark.parametrize("day", [date.max, date.max - DAY])
def test_the_end_of_time_overflows(day: date) -> None:
    with pytest.raises(OverflowError):
        Calendar(ZoneInfo("Pacific/Honolulu"), 14).end_of(day)
