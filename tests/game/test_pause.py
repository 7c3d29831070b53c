"""The days of a pause: set, ended, counted, and held to those of the year."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.game.pause import (
    Pause,
    Pauses,
    begin_pause,
    count_used_days,
    end_pause,
    find_pause,
    is_paused,
    measure_longest,
)
from app.game.rules import RULES

TODAY = date(2026, 3, 2)
DAY = timedelta(days=1)


def on(days: int) -> date:
    """A date, counted from 2 March 2026."""
    return TODAY + days * DAY


def span(first: int, last: int) -> Pause:
    return Pause(on(first), on(last))


def begin(pauses: Pauses, today: int, days: int) -> Pauses:
    return begin_pause(pauses, on(today), on(today + days - 1), RULES)


def list_dates(pauses: Iterable[Pause]) -> list[date]:
    return [
        pause.from_on + n * DAY
        for pause in pauses
        for n in range((pause.until_on - pause.from_on).days + 1)
    ]


def test_a_pause_of_one_day() -> None:
    assert begin((), 0, 1) == (Pause(TODAY, TODAY),)


@pytest.mark.parametrize(
    ("before", "today", "days", "after"),
    [
        ([(0, 4)], 2, 10, [(0, 11)]),  # a running pause gets another end: later,
        ([(0, 4)], 2, 1, [(0, 2)]),  # or earlier
        ([(0, 4)], 0, 2, [(0, 1)]),
        ([(0, 4)], 5, 2, [(0, 6)]),  # what touches is one
        ([(0, 4)], 6, 2, [(0, 4), (6, 7)]),
        ([(-9, -8), (0, 4)], 2, 1, [(-9, -8), (0, 2)]),
        ([(1, 4)], 0, 1, [(0, 0)]),  # set where it was tomorrow already
        ([(0, 4)], -1, 3, [(-1, 1)]),
    ],
)
def test_a_pause_is_set(
    before: list[tuple[int, int]], today: int, days: int, after: list[tuple[int, int]]
) -> None:
    pauses = tuple(span(*each) for each in before)
    assert begin(pauses, today, days) == tuple(span(*each) for each in after)


@pytest.mark.parametrize(
    ("before", "today", "after"),
    [
        ([], 0, []),
        ([(0, 4)], 5, [(0, 4)]),
        ([(0, 4)], 4, [(0, 3)]),
        ([(0, 4)], 1, [(0, 0)]),
        ([(0, 4)], 0, []),  # nothing of it is left
        ([(0, 4)], -1, []),
        ([(-9, -8), (0, 4)], 0, [(-9, -8)]),
        ([(-2, -1), (1, 4)], -1, [(-2, -2)]),
    ],
)
def test_a_pause_ends_yesterday(
    before: list[tuple[int, int]], today: int, after: list[tuple[int, int]]
) -> None:
    pauses = tuple(span(*each) for each in before)
    assert end_pause(pauses, on(today)) == tuple(span(*each) for each in after)


def test_both_ends_are_paused() -> None:
    pauses = (span(-9, -8), span(0, 2))
    assert [n for n in range(-11, 4) if is_paused(pauses, on(n))] == [-9, -8, 0, 1, 2]
    assert not is_paused((), TODAY)


@pytest.mark.parametrize(("today", "found"), [(0, True), (2, True), (3, False), (-1, True)])
def test_the_pause_that_is_not_over(today: int, found: bool) -> None:
    """It may begin tomorrow for somebody who has travelled west."""
    pauses = (span(-9, -8), span(0, 2))
    assert find_pause(pauses, on(today)) == (pauses[1] if found else None)


def test_without_pauses_none_runs() -> None:
    assert find_pause((), TODAY) is None


def test_days_belong_to_their_year() -> None:
    pauses = (
        Pause(date(2025, 12, 30), date(2026, 1, 2)),
        Pause(date(2026, 12, 31), date(2027, 1, 9)),
    )
    assert [count_used_days(pauses, year) for year in range(2024, 2029)] == [0, 2, 3, 9, 0]
    long = (Pause(date(2025, 12, 31), date(2027, 1, 1)),)
    assert [count_used_days(long, year) for year in range(2025, 2028)] == [1, 365, 1]


@pytest.mark.parametrize(
    ("used", "today", "longest"),
    [
        ([], "2026-03-02", 30),
        ([("2026-01-01", "2026-01-10")], "2026-03-02", 20),
        ([("2026-01-01", "2026-01-30")], "2026-03-02", 0),
        ([("2025-12-11", "2026-01-09")], "2026-03-02", 21),  # nine days are this year's
        ([("2026-02-27", "2026-03-28")], "2026-03-02", 27),  # the rest of a running one is free
        ([("2026-03-03", "2026-04-01")], "2026-03-02", 30),
        # over the border of the year
        ([("2026-01-01", "2026-01-25")], "2026-12-26", 5),  # 6 are left of the year, 5 to use
        ([("2026-01-01", "2026-01-25")], "2026-12-27", 30),  # 5 and 5
        ([("2026-01-01", "2026-01-30")], "2026-12-31", 0),
        ([("2026-01-01", "2026-01-30")], "2027-01-01", 30),
        ([], "2026-12-31", 30),
    ],
)
def test_the_longest_pause(used: list[tuple[str, str]], today: str, longest: int) -> None:
    pauses = tuple(Pause(*map(date.fromisoformat, each)) for each in used)
    assert measure_longest(pauses, date.fromisoformat(today), RULES) == longest


def test_fewer_days_by_other_rules_leave_none() -> None:
    fewer = replace(RULES, pause_days_per_year=3)
    assert measure_longest((span(-9, -1),), TODAY, fewer) == 0


def test_days_that_the_year_has_no_more_are_lost() -> None:
    pauses = begin((), 0, 20)
    assert begin(pauses, 40, 20) == (span(0, 19), span(40, 49))
    assert begin(begin(pauses, 40, 20), 60, 5) == (span(0, 19), span(40, 49))


Calls = list[tuple[int, int]]
"""By how many days the date moves before each (back, for who travels west), and for how long the
pause is; 0 ends it.
"""
calls: st.SearchStrategy[Calls] = st.lists(
    st.tuples(st.integers(-1, 60), st.integers(0, 30)), max_size=25
)


@given(calls)
def test_what_always_holds(steps: Calls) -> None:
    pauses: Pauses = ()
    today = TODAY
    for moved, days in steps:
        today += moved * DAY
        longest, before = measure_longest(pauses, today, RULES), pauses
        pauses = (
            begin_pause(pauses, today, today + (days - 1) * DAY, RULES)
            if days
            else end_pause(pauses, today)
        )
        dates = list_dates(pauses)
        assert dates == sorted(set(dates))
        edges = pairwise(pauses)
        assert all(one.until_on + DAY < other.from_on for one, other in edges)
        assert all(count_used_days(pauses, year) <= 30 for year in range(2025, 2032))
        # Nothing is dated back, and nothing that was planned outlives the new plan.
        assert [day for day in dates if day < today] == [
            day for day in list_dates(before) if day < today
        ]
        begun = [day for day in dates if day >= today]
        assert begun == [today + n * DAY for n in range(min(days, longest))]


@given(calls, st.integers(1, 30))
def test_one_day_more_than_the_longest_is_too_many(steps: Calls, more: int) -> None:
    """Counted day by day, without the short cut over the border of the year."""
    pauses: Pauses = ()
    today = TODAY
    for moved, days in steps:
        today += moved * DAY
        pauses = begin_pause(pauses, today, today + (days - 1) * DAY, RULES)
    rested = end_pause(pauses, today)
    fitting = [
        days
        for days in range(31)
        if all(
            count_used_days((*rested, Pause(today, today + (days - 1) * DAY)), year) <= 30
            for year in (today.year, today.year + 1)
        )
    ]
    longest = measure_longest(pauses, today, RULES)
    assert fitting == list(range(longest + 1))
    assert begin_pause(pauses, today, today + (longest + more) * DAY, RULES) == begin_pause(
        pauses, today, today + (longest - 1) * DAY, RULES
    )
