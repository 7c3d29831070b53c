"""The learner's day."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.game.calendar import Calendar
from tests.game.zones import group_zones, instants_near_transitions, list_transitions, zones

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
APIA = ZoneInfo("Pacific/Apia")


@pytest.mark.parametrize(
    ("zone", "starts", "instant", "day"),
    [
        ("UTC", 0, datetime(2026, 3, 2, 0, 0, tzinfo=UTC), date(2026, 3, 2)),
        ("UTC", 4, datetime(2026, 3, 2, 3, 59, tzinfo=UTC), date(2026, 3, 1)),
        ("UTC", 4, datetime(2026, 3, 2, 4, 0, tzinfo=UTC), date(2026, 3, 2)),
        ("UTC", 23, datetime(2026, 3, 2, 22, 59, tzinfo=UTC), date(2026, 3, 1)),
        ("Pacific/Kiritimati", 0, datetime(2026, 3, 2, 10, 0, tzinfo=UTC), date(2026, 3, 3)),
        ("Pacific/Honolulu", 0, datetime(2026, 3, 2, 9, 59, tzinfo=UTC), date(2026, 3, 1)),
        # New York springs forward at 7:00 UTC: the wall shows 3:00 although only two hours passed.
        ("America/New_York", 3, datetime(2026, 3, 8, 6, 59, tzinfo=UTC), date(2026, 3, 7)),
        ("America/New_York", 3, datetime(2026, 3, 8, 7, 0, tzinfo=UTC), date(2026, 3, 8)),
    ],
)
def test_day_of(zone: str, starts: int, instant: datetime, day: date) -> None:
    assert Calendar(ZoneInfo(zone), starts).day_of(instant) == day


@given(instants_near_transitions(), zones, st.integers(0, 23), zones)
def test_day_depends_on_the_instant_alone(
    instant: datetime, zone: ZoneInfo, starts: int, written_in: ZoneInfo
) -> None:
    calendar = Calendar(zone, starts)
    assert calendar.day_of(instant.astimezone(written_in)) == calendar.day_of(instant)


def test_yesterday_comes_again_where_the_clock_goes_back_over_the_start_of_the_day() -> None:
    troll = Calendar(ZoneInfo("Antarctica/Troll"), 2)
    change = datetime(2026, 10, 25, 1, 0, tzinfo=UTC)
    half = timedelta(minutes=30)
    days = [troll.day_of(change + n * half) for n in (-3, -1, 1, 3)]
    assert days == [date(2026, 10, day) for day in (24, 25, 24, 25)]


def test_naive_instants_are_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        Calendar(APIA, 0).day_of(NOON.replace(tzinfo=None))


@pytest.mark.parametrize("hour", [-1, 24])
def test_a_day_starts_at_an_hour_of_the_clock(hour: int) -> None:
    with pytest.raises(ValueError, match="0 to 23"):
        Calendar(APIA, hour)


@pytest.mark.parametrize(
    ("zone", "starts", "instant"),
    [
        ("UTC", 1, datetime(1, 1, 1, tzinfo=UTC)),
        ("Pacific/Honolulu", 0, datetime(1, 1, 1, tzinfo=UTC)),
        ("Pacific/Kiritimati", 0, datetime(9999, 12, 31, 23, tzinfo=UTC)),
    ],
)
def test_the_ends_of_time_overflow(zone: str, starts: int, instant: datetime) -> None:
    with pytest.raises(OverflowError):
        Calendar(ZoneInfo(zone), starts).day_of(instant)


def test_samoa_skipped_a_date() -> None:
    samoa = Calendar(APIA, 0)
    days = (date(2011, 12, 29), date(2011, 12, 30), date(2011, 12, 31))
    assert [samoa.has_day(day) for day in days] == [True, False, True]


@pytest.mark.parametrize("starts", range(1, 24))
def test_a_later_start_leaves_samoa_a_part_of_the_date(starts: int) -> None:
    samoa = Calendar(APIA, starts)
    jump = datetime(2011, 12, 30, 10, tzinfo=UTC)
    assert samoa.day_of(jump) == date(2011, 12, 30)
    assert samoa.has_day(date(2011, 12, 30))


def test_no_zone_skips_a_date_in_our_years() -> None:
    for names in group_zones():
        zone = ZoneInfo(names[0])
        for starts in range(24):
            calendar = Calendar(zone, starts)
            for change, _, _ in list_transitions(names[0]):
                assert calendar.has_day(calendar.day_of(change))
                assert calendar.has_day(calendar.day_of(change) + timedelta(days=1))
