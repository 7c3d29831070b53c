"""The streak in one place: counting, freezes, and what is shown."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.game.calendar import Calendar
from app.game.rules import RULES
from app.game.streak import Streak, count_activity, gain_freezes, show_streak

HOME = Calendar(ZoneInfo("UTC"), 0)
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def follow(*days: int, streak: Streak | None = None) -> Streak:
    """Active at noon of these days, counted from 2 March."""
    streak = streak or Streak()
    for day in days:
        streak = count_activity(streak, NOON + day * DAY, HOME)
    return streak


def test_the_first_day_counts() -> None:
    assert follow(0) == Streak(1, 1, NOON, date(2026, 3, 2), 0)


def test_a_day_counts_once_and_the_last_activity_is_kept() -> None:
    later = NOON + timedelta(hours=5)
    assert count_activity(follow(0), later, HOME) == Streak(1, 1, later, date(2026, 3, 2), 0)


def test_consecutive_days_add_up() -> None:
    assert follow(0, 1, 2).count == 3


def test_from_the_first_minute_of_a_day_to_the_last_of_the_next() -> None:
    first = datetime(2026, 3, 2, tzinfo=UTC)
    streak = count_activity(Streak(), first, HOME)
    assert count_activity(streak, first + 2 * DAY - timedelta(minutes=1), HOME).count == 2


def test_a_missed_day_starts_again_and_the_longest_stays() -> None:
    streak = follow(0, 1, 2, 4)
    assert (streak.count, streak.longest) == (1, 3)


@pytest.mark.parametrize(
    ("held", "day", "count", "left"),
    [
        (1, 3, 3, 0),  # one day missed, one freeze
        (2, 3, 3, 1),
        (2, 4, 3, 0),
        (1, 4, 1, 1),  # too few: none is used
        (2, 5, 1, 2),
        (2, 1, 2, 2),  # no new day: nothing used
    ],
)
def test_missed_days_use_freezes(held: int, day: int, count: int, left: int) -> None:
    streak = follow(day, streak=replace(follow(0, 1), freezes=held))
    assert (streak.count, streak.freezes) == (count, left)


def test_a_long_absence_is_not_counted_day_by_day() -> None:
    assert follow(0, 2_000_000).count == 1


def test_a_clock_that_goes_back_changes_nothing() -> None:
    assert follow(0, 1, 0) == follow(0, 1)


@pytest.mark.parametrize(
    ("held", "day", "shown"),
    [(0, 1, 2), (0, 2, 2), (0, 3, 0), (1, 3, 2), (1, 4, 0), (2, 4, 2), (2, 5, 0)],
)
def test_shown_until_it_cannot_be_saved(held: int, day: int, shown: int) -> None:
    assert show_streak(replace(follow(0, 1), freezes=held), NOON + day * DAY, HOME) == shown


def test_nothing_is_shown_before_the_first_day() -> None:
    assert show_streak(Streak(), NOON, HOME) == 0


def test_freezes_have_a_limit() -> None:
    assert [gain_freezes(Streak(), n, RULES).freezes for n in range(4)] == [0, 1, 2, 2]


def test_no_more_freezes_are_taken_than_there_are() -> None:
    assert [gain_freezes(Streak(freezes=2), -n, RULES).freezes for n in range(4)] == [2, 1, 0, 0]
