"""The week of tables and leagues: the ISO week in UTC."""

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.game.week import end_of_week, week_of

EPOCH = datetime(1970, 1, 5, tzinfo=UTC)
MICROSECONDS = st.integers(0, 10**6 * 3600 * 24 * 366 * 1000)
OFFSETS = st.integers(-12 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@pytest.mark.parametrize(
    ("instant", "week_on"),
    [
        ("2026-03-02T00:00:00Z", "2026-03-02"),
        ("2026-03-08T23:59:59.999999Z", "2026-03-02"),
        ("2026-03-09T00:00:00Z", "2026-03-09"),
        ("2026-12-28T00:00:00Z", "2026-12-28"),
        ("2027-01-03T23:59:59Z", "2026-12-28"),
        ("2027-01-04T00:00:00Z", "2027-01-04"),
        ("2026-03-09T13:59:59+14:00", "2026-03-02"),
        ("2026-03-08T12:00:00-12:00", "2026-03-09"),
    ],
)
def test_weeks_begin_on_mondays_in_utc(instant: str, week_on: str) -> None:
    assert week_of(datetime.fromisoformat(instant)) == date.fromisoformat(week_on)


@given(microseconds=MICROSECONDS, offset=OFFSETS)
def test_an_instant_lies_in_its_week(microseconds: int, offset: timezone) -> None:
    instant = (EPOCH + timedelta(microseconds=microseconds)).astimezone(offset)
    week_on = week_of(instant)
    end = end_of_week(week_on)
    assert end - timedelta(days=7) <= instant < end
    assert week_on.isocalendar()[:2] == instant.astimezone(UTC).date().isocalendar()[:2]
    assert week_on.weekday() == 0
    assert week_of(end) == week_on + timedelta(days=7)


def test_a_naive_instant_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        week_of(EPOCH.replace(tzinfo=None))


def test_the_zone_of_an_instant_does_not_matter() -> None:
    instant = datetime(2026, 3, 8, 23, 30, tzinfo=UTC)
    assert week_of(instant.astimezone(ZoneInfo("Asia/Tokyo"))) == date(2026, 3, 2)
