"""A boss strikes back: on which days, and what that takes."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.game.activity import Activity, ActivityKind, Source, SourceType
from app.game.calendar import Calendar
from app.game.hearts import Hearts, regrow_hearts
from app.game.outcome import Outcome
from app.game.pause import Pause
from app.game.play import play
from app.game.player import Player, new_player
from app.game.rules import RULES
from app.game.strike import list_strikes
from app.game.world import World
from tests.game.zones import calendars

UTC_DAYS = Calendar(ZoneInfo("UTC"), 0)
LONG_AGO = date(2000, 1, 1)
NEW = new_player(RULES)


def on(day: int) -> date:
    """A date of March 2026; 0 is the last of February."""
    return date(2026, 2, 28) + timedelta(days=day)


def list_days(
    last_active: int,
    today: int,
    *pauses: tuple[int, int],
    since: date = LONG_AGO,
    calendar: Calendar = UTC_DAYS,
) -> list[int]:
    paused = tuple(Pause(on(first), on(last)) for first, last in pauses)
    struck = list_strikes(on(last_active), on(today), paused, calendar, since=since, rules=RULES)
    return [(day - on(0)).days for day in struck]


@pytest.mark.parametrize(
    ("last_active", "today", "struck"),
    [
        (5, 5, []),
        (4, 5, []),  # today is not over
        (3, 5, [4]),
        (1, 5, [2, 3, 4]),
        (1, 9, [2, 3, 4, 5, 6, 7, 8]),
        (1, 10, [3, 4, 5, 6, 7, 8, 9]),  # the newest seven
        (6, 5, []),  # after a journey west
        (7, 5, []),
    ],
)
def test_days_without_activity_are_struck(last_active: int, today: int, struck: list[int]) -> None:
    assert list_days(last_active, today) == struck


@pytest.mark.parametrize(
    ("pauses", "struck"),
    [
        ([(2, 4)], [5]),
        ([(3, 3), (5, 5)], [2, 4]),
        ([(1, 9)], []),
        ([(5, 30)], [2, 3, 4]),
    ],
)
def test_paused_days_are_not_struck(pauses: list[tuple[int, int]], struck: list[int]) -> None:
    assert list_days(1, 6, *pauses) == struck


def test_the_newest_are_those_that_are_not_paused() -> None:
    assert list_days(1, 40, (10, 38)) == [4, 5, 6, 7, 8, 9, 39]


@pytest.mark.parametrize(("since", "struck"), [(1, [2, 3, 4]), (3, [3, 4]), (5, []), (9, [])])
def test_no_day_before_the_battle_is_struck(since: int, struck: list[int]) -> None:
    assert list_days(1, 5, since=on(since)) == struck


def test_a_date_that_the_zone_skipped_is_not_struck() -> None:
    samoa = Calendar(ZoneInfo("Pacific/Apia"), 0)
    struck = list_strikes(
        date(2011, 12, 28), date(2012, 1, 1), (), samoa, since=LONG_AGO, rules=RULES
    )
    assert struck == (date(2011, 12, 29), date(2011, 12, 31))


def test_years_are_not_counted_day_by_day() -> None:
    struck = list_strikes(
        date(1, 1, 3), date(9000, 1, 1), (), UTC_DAYS, since=date(1, 1, 3), rules=RULES
    )
    assert (len(struck), struck[-1]) == (7, date(8999, 12, 31))


def strike(player: Player, day: date, calendar: Calendar = UTC_DAYS) -> Outcome:
    source = Source(SourceType.STRIKE, day.isoformat())
    return play(
        player, Activity(ActivityKind.STRUCK, source, calendar.end_of(day), calendar), World()
    )


def test_a_strike_takes_a_heart_at_the_end_of_the_day() -> None:
    outcome = strike(NEW, on(2))
    end = datetime(2026, 3, 3, tzinfo=UTC)
    assert outcome.player == replace(NEW, hearts=Hearts(4, end))
    assert (outcome.paid, outcome.entries, dict(outcome.counters)) == (False, (), {})
    assert (outcome.hearts, outcome.freezes) == (-1, 0)


def test_a_strike_takes_nothing_from_who_has_none() -> None:
    late = Hearts(0, datetime(2026, 3, 2, 23, tzinfo=UTC))
    outcome = strike(replace(NEW, hearts=late), on(2))
    assert (outcome.hearts, outcome.player.hearts) == (0, late)


def test_a_heart_that_has_grown_back_by_then_can_be_taken() -> None:
    early = Hearts(0, datetime(2026, 3, 2, 19, 30, tzinfo=UTC))
    outcome = strike(replace(NEW, hearts=early), on(2))
    since = datetime(2026, 3, 2, 23, 30, tzinfo=UTC)
    assert (outcome.hearts, outcome.player.hearts) == (-1, Hearts(0, since))


@given(calendars, st.integers(0, 5), st.integers(8, 30), st.integers(0, 23))
def test_older_strikes_leave_no_trace(
    calendar: Calendar, hearts: int, away: int, hour: int
) -> None:
    """With all the strikes of the absence the hearts are what they are with the newest alone."""
    begin = calendar.end_of(on(0))
    hurt = Hearts(hearts, begin + timedelta(hours=hour)) if hearts < 5 else Hearts(5, None)
    every = newest = replace(NEW, hearts=hurt)
    days = [on(day) for day in range(2, away)]
    for day in days:
        every = strike(every, day, calendar).player
    struck = list_strikes(on(1), on(away), (), calendar, since=LONG_AGO, rules=RULES)
    assert struck == tuple(days[-7:])
    for day in struck:
        newest = strike(newest, day, calendar).player
    now = calendar.end_of(on(away))
    assert every.hearts == newest.hearts
    assert regrow_hearts(every.hearts, now, RULES) == regrow_hearts(newest.hearts, now, RULES)
