"""The zones of the tz database and their changes of offset, found by looking at the clock."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import groupby, pairwise
from zoneinfo import ZoneInfo, available_timezones

from hypothesis import strategies as st

from app.game.calendar import Calendar

ALL_ZONES = tuple(sorted(available_timezones()))
FIRST = datetime(2020, 1, 1, tzinfo=UTC)
LAST = datetime(2031, 1, 1, tzinfo=UTC)

Transition = tuple[datetime, timedelta, timedelta]
"""The first instant of a new offset, the old offset, and the new one."""

Stay = tuple[datetime, ...]
"""Instants of one stay on a date: while the learner's calendar shows the same date."""

_DAY = timedelta(days=1)
_DAYS = tuple(FIRST + n * _DAY for n in range((LAST - FIRST).days + 1))


@cache
def list_transitions(name: str) -> tuple[Transition, ...]:
    """Every change of offset from 2020 to 2030.

    Looks once a day: no zone changed twice within one in these years.
    """
    zone = ZoneInfo(name)
    offsets = [_offset(day, zone) for day in _DAYS]
    found = []
    for (before, old), (after, new) in pairwise(zip(_DAYS, offsets, strict=True)):
        if old != new:
            found.append((_bisect(before, after, zone, old), old, new))
    return tuple(found)


@cache
def group_zones() -> tuple[tuple[str, ...], ...]:
    """All zones, those with the same clock from 2020 to 2030 together."""
    groups: dict[object, list[str]] = {}
    for name in ALL_ZONES:
        key = (_offset(FIRST, ZoneInfo(name)), list_transitions(name))
        groups.setdefault(key, []).append(name)
    return tuple(tuple(names) for names in groups.values())


def split_stays(instants: Iterable[datetime], calendar: Calendar) -> list[Stay]:
    return [tuple(stay) for _, stay in groupby(instants, key=calendar.day_of)]


def _offset(instant: datetime, zone: ZoneInfo) -> timedelta:
    offset = instant.astimezone(zone).utcoffset()
    assert offset is not None
    return offset


def _bisect(before: datetime, after: datetime, zone: ZoneInfo, old: timedelta) -> datetime:
    while after - before > timedelta(seconds=1):
        middle = (before + (after - before) / 2).replace(microsecond=0)
        if _offset(middle, zone) == old:
            before = middle
        else:
            after = middle
    return after


zones = st.sampled_from(ALL_ZONES).map(ZoneInfo)
calendars = st.builds(Calendar, zones, st.integers(0, 23))


@st.composite
def instants_near_transitions(draw: st.DrawFn) -> datetime:
    """An instant within three days of some zone's change of offset, or anywhere in the years."""
    anywhere = FIRST + timedelta(minutes=draw(st.integers(0, (LAST - FIRST) // _DAY * 24 * 60)))
    transitions = list_transitions(draw(st.sampled_from(ALL_ZONES)))
    if not transitions:
        return anywhere
    instant, _, _ = draw(st.sampled_from(transitions))
    return instant + timedelta(minutes=draw(st.integers(-3 * 24 * 60, 60)))
