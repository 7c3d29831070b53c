"""The streak in each zone: no change of its clock loses a day or doubles it.

"Active each local day" means: at least once in every stay, where a stay lasts as long as the
learner's calendar (zone and start of the day) and its date remain the same. That asks for no more
than a learner can see on the wall.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from itertools import chain
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.game.calendar import Calendar
from app.game.streak import Streak, count_activity
from tests.game.itinerary import DAY, HOUR, MINUTE, count_new_dates, follow, pick_part
from tests.game.zones import (
    ALL_ZONES,
    Stay,
    Transition,
    calendars,
    group_zones,
    instants_near_transitions,
    list_transitions,
    split_stays,
)

PICKS: dict[str, Callable[[int, Stay], tuple[datetime, ...]]] = {
    "always": lambda _, stay: stay,
    "first minute": lambda _, stay: stay[:1],
    "last minute": lambda _, stay: stay[-1:],
    "first, then last": lambda n, stay: stay[-1:] if n % 2 else stay[:1],
    "last, then first": lambda n, stay: stay[:1] if n % 2 else stay[-1:],
}


def list_edges(change: datetime, calendar: Calendar) -> list[datetime]:
    """The first and last minutes of the local days around a change, and the change itself.

    Both readings of a wall time are taken: where the clock goes back, both occur.
    """
    today = calendar.day_of(change)
    edges = {change, change - MINUTE}
    for n in range(-1, 4):
        wall = datetime.combine(today + n * DAY, time(calendar.day_starts_at), calendar.zone)
        for reading in (wall, wall.replace(fold=1)):
            start = reading.astimezone(UTC)
            edges |= {start, start - MINUTE}
    return sorted(edges)


def check_change(name: str, change: datetime, starts: int) -> None:
    calendar = Calendar(ZoneInfo(name), starts)
    stays = split_stays(list_edges(change, calendar), calendar)
    for pick in PICKS.values():
        instants = chain.from_iterable(pick(n, stay) for n, stay in enumerate(stays))
        streak = follow((at, calendar) for at in instants)
        assert streak.count == len({calendar.day_of(stay[0]) for stay in stays})


def list_touched_hours(transition: Transition) -> set[int]:
    """The hours of the wall clock that a change skips or repeats, and its own; and midnight."""
    change, old, new = transition
    begin, end = sorted((change + old, change + new))
    return {0} | {(begin + n * HOUR).hour for n in range((end - begin) // HOUR + 2)}


def test_every_change_of_every_zone() -> None:
    """All zones, by groups whose clocks agree from 2020 to 2030, and all their changes.

    Days start at midnight, or at an hour that the change touches.
    """
    for names in group_zones():
        for transition in list_transitions(names[0]):
            for starts in list_touched_hours(transition):
                check_change(names[0], transition[0], starts)


@pytest.mark.parametrize("starts", range(24))
def test_every_sort_of_change(starts: int) -> None:
    """Days that start at any hour, and one change for each wall time and size of a change."""
    sorts = {
        ((change + old).time(), new - old): (names[0], change)
        for names in group_zones()
        for change, old, new in list_transitions(names[0])
    }
    for name, change in sorts.values():
        check_change(name, change, starts)


def test_the_walk_covers_all_zones_and_changes() -> None:
    groups = group_zones()
    assert sorted(chain.from_iterable(groups)) == list(ALL_ZONES)
    assert sum(len(list_transitions(names[0])) for names in groups) > 500


@pytest.mark.parametrize("starts", range(24))
def test_samoa_lost_a_date_but_no_streak(starts: int) -> None:
    samoa = Calendar(ZoneInfo("Pacific/Apia"), starts)
    stays = split_stays(list_edges(datetime(2011, 12, 30, 10, tzinfo=UTC), samoa), samoa)
    for pick in PICKS.values():
        instants = chain.from_iterable(pick(n, stay) for n, stay in enumerate(stays))
        assert follow((at, samoa) for at in instants).count == len(stays)


def test_samoa_could_miss_a_day_all_the_same() -> None:
    samoa = Calendar(ZoneInfo("Pacific/Apia"), 0)
    streak = count_activity(Streak(), datetime(2011, 12, 29, 22, tzinfo=UTC), samoa)
    assert samoa.day_of(datetime(2012, 1, 1, 22, tzinfo=UTC)) == date(2012, 1, 2)
    assert count_activity(streak, datetime(2012, 1, 1, 22, tzinfo=UTC), samoa).count == 1


@given(instants_near_transitions(), calendars, st.lists(st.floats(0, 1), min_size=8, max_size=8))
def test_active_once_in_each_stay(start: datetime, calendar: Calendar, parts: list[float]) -> None:
    stays = split_stays((start + n * 20 * MINUTE for n in range(3 * 24 * 6)), calendar)
    steps = [(pick_part(stay, part), calendar) for stay, part in zip(stays, parts, strict=False)]
    assert follow(steps).count == count_new_dates(steps)
