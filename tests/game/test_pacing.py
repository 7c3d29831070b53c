"""When the days of a course open."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.game.pacing import Opening, Pacing, Place, find_opening

ENROLLED_ON = date(2026, 3, 2)
FIRST = Place(1, is_first_week=True, was_week_before_done=False, was_entered=False)
EIGHTH = Place(8, is_first_week=False, was_week_before_done=False, was_entered=False)
AFTER_A_WEEK = Place(8, is_first_week=False, was_week_before_done=True, was_entered=False)
ENTERED = Place(8, is_first_week=False, was_week_before_done=False, was_entered=True)
OPEN = Opening(is_open=True)


def opening(days_later: int, *, is_open: bool = True) -> Opening:
    return Opening(is_open, ENROLLED_ON + timedelta(days=days_later))


places = st.builds(Place, st.integers(1, 728), st.booleans(), st.booleans(), st.booleans())
days = st.integers(-10, 1000).map(lambda n: ENROLLED_ON + timedelta(days=n))


@pytest.mark.parametrize(
    ("pacing", "place", "days_later", "expected"),
    [
        (Pacing.SELF, FIRST, 0, OPEN),
        (Pacing.SELF, EIGHTH, 0, OPEN),
        (Pacing.SEQUENTIAL, FIRST, 0, OPEN),
        (Pacing.SEQUENTIAL, EIGHTH, 400, Opening(is_open=False)),
        (Pacing.SEQUENTIAL, AFTER_A_WEEK, 0, OPEN),
        (Pacing.SEQUENTIAL, ENTERED, 0, OPEN),
        (Pacing.DAILY, FIRST, 0, opening(0)),
        (Pacing.DAILY, FIRST, -1, opening(0)),  # travelled west
        (Pacing.DAILY, replace(FIRST, ordinal=2), -1, opening(1, is_open=False)),
        (Pacing.DAILY, EIGHTH, 6, opening(7, is_open=False)),
        (Pacing.DAILY, EIGHTH, 7, opening(7)),
        (Pacing.DAILY, EIGHTH, 100, opening(7)),
        (Pacing.DAILY, AFTER_A_WEEK, 6, opening(7, is_open=False)),
        (Pacing.DAILY, ENTERED, 6, OPEN),
    ],
)
def test_find_opening(pacing: Pacing, place: Place, days_later: int, expected: Opening) -> None:
    today = ENROLLED_ON + timedelta(days=days_later)
    assert find_opening(pacing, place, ENROLLED_ON, today) == expected


@given(st.sampled_from(Pacing), places, days, st.integers(0, 800))
def test_time_closes_nothing(pacing: Pacing, place: Place, today: date, more: int) -> None:
    now = find_opening(pacing, place, ENROLLED_ON, today)
    later = find_opening(pacing, place, ENROLLED_ON, today + timedelta(days=more))
    assert later.is_open >= now.is_open


@given(places, days)
def test_a_date_is_named_only_if_the_calendar_decides(place: Place, today: date) -> None:
    for pacing in Pacing:
        found = find_opening(pacing, place, ENROLLED_ON, today)
        if found.opens_on is not None:
            assert pacing is Pacing.DAILY
            assert found.is_open is (today >= found.opens_on or place.ordinal == 1)
        else:
            assert pacing is not Pacing.DAILY or place.was_entered


@given(days)
def test_daily_pacing_opens_one_day_each_day(today: date) -> None:
    opened = [
        ordinal
        for ordinal in range(1, 729)
        if find_opening(Pacing.DAILY, replace(EIGHTH, ordinal=ordinal), ENROLLED_ON, today).is_open
    ]
    assert opened == list(range(1, max(1, min((today - ENROLLED_ON).days + 1, 728)) + 1))
