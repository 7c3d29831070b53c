"""Every answer of a Schedule equals a plain enumeration by dateutil, from the start onwards."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from itertools import islice, takewhile
from unittest import mock

from dateutil.rrule import rrulestr
from hypothesis import assume, given, reject, settings
from hypothesis import strategies as st

from app.services.recurrence import RecurrenceError, Schedule, check_schedule

WEEKDAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
# dateutil 4.0 has these wrong around New Year; test_weeks_are_the_calendars looks at them.
WEEKS = [*range(-51, 0), *range(1, 52)]


def some(*values: int | str, most: int = 4) -> st.SearchStrategy[str]:
    items = st.lists(st.sampled_from(values), min_size=1, max_size=most, unique=True)
    return items.map(lambda chosen: ",".join(map(str, chosen)))


PLAIN = some(*WEEKDAYS, most=7)
NUMBERED = some(*(f"{n}{day}" for n in (-5, -2, -1, 1, 2, 3, 5) for day in WEEKDAYS))
MONTHS = some(*range(1, 13))
MONTH_DAYS = some(*range(1, 32), *range(-31, 0))
POSITIONS = some(*range(1, 6), *range(-5, 0))
OPTIONAL = {
    "DAILY": {"BYMONTH": MONTHS, "BYMONTHDAY": MONTH_DAYS, "BYDAY": PLAIN},
    "WEEKLY": {"BYMONTH": MONTHS, "BYDAY": PLAIN},
    "MONTHLY": {"BYMONTH": MONTHS, "BYMONTHDAY": MONTH_DAYS, "BYDAY": PLAIN | NUMBERED},
    "YEARLY": {
        "BYMONTH": MONTHS,
        "BYMONTHDAY": MONTH_DAYS,
        "BYYEARDAY": some(*range(1, 367), *range(-366, 0), most=10),
        "BYDAY": PLAIN | NUMBERED,
    },
}
LONGEST = {"DAILY": 1000, "WEEKLY": 60, "MONTHLY": 40, "YEARLY": 10}


@st.composite
def rules(draw: st.DrawFn) -> str:
    frequency = draw(st.sampled_from(list(OPTIONAL)))
    parts = {"FREQ": frequency}
    chosen = draw(st.fixed_dictionaries({}, optional=OPTIONAL[frequency]))
    parts |= chosen
    if draw(st.booleans()):
        parts["INTERVAL"] = str(draw(st.integers(1, 6) | st.integers(1, LONGEST[frequency])))
    if draw(st.booleans()):
        parts["WKST"] = draw(st.sampled_from(WEEKDAYS))
    if frequency == "YEARLY" and not chosen and draw(st.booleans()):
        parts |= {"BYWEEKNO": draw(some(*WEEKS)), "BYDAY": draw(PLAIN)}
    if "BYDAY" in parts and draw(st.booleans()):
        parts["BYSETPOS"] = draw(POSITIONS)
    ending = draw(st.sampled_from(["", "COUNT", "UNTIL"]))
    if ending == "COUNT":
        parts["COUNT"] = str(draw(st.integers(1, 40)))
    elif ending == "UNTIL":
        parts["UNTIL"] = draw(st.dates(date(1990, 1, 1), date(2080, 1, 1))).strftime("%Y%m%d")
    return ";".join(f"{name}={value}" for name, value in parts.items())


@contextmanager
def calendar_ending_in(year: int) -> Iterator[None]:
    """dateutil stops after this year also where it finds no more dates (see the bounds' tests)."""
    with mock.patch.object(dt, "MAXYEAR", year):
        yield


def enumerate_naively(schedule: Schedule, last: date) -> list[date]:
    start = schedule.starts_on
    parts = dict(part.split("=") for part in schedule.rule.split(";"))
    count = None
    if parts["FREQ"] == "WEEKLY" and "BYSETPOS" in parts:
        # RFC 5545: BYSETPOS counts from the interval's beginning, also in the first week.
        count = int(parts.pop("COUNT", "0")) or None
        start -= timedelta((start.weekday() - WEEKDAYS.index(parts.get("WKST", "MO"))) % 7)
    rule = ";".join(f"{name}={value}" for name, value in parts.items())
    with calendar_ending_in(last.year):
        found = rrulestr(rule, dtstart=dt.datetime.combine(start, dt.time()))
        days = (day.date() for day in found)
        days = (day for day in days if day >= schedule.starts_on)
        return list(islice(takewhile(lambda day: day <= last, days), count))


@settings(max_examples=200, deadline=None)
@given(rules(), st.dates(date(1990, 1, 1), date(2020, 1, 1)), st.data())
def test_agrees_with_dateutil(rule: str, starts_on: date, data: st.DataObject) -> None:
    try:
        schedule = check_schedule(rule, starts_on)
    except RecurrenceError:
        reject()
    last = date(2069, 12, 31)
    days = enumerate_naively(schedule, last)
    assert schedule.first() == days[0]
    assert schedule.last_before(last + timedelta(1), len(days) + 1) == days[::-1]
    near = st.sampled_from(days).flatmap(
        lambda day: st.integers(-2, 2).map(lambda shift: day + timedelta(shift))
    )
    for day in data.draw(st.lists(near | st.dates(date(1989, 1, 1), last), min_size=3, max_size=6)):
        earlier = [each for each in days if each < day]
        later = next((each for each in days if each > day), None)
        limit = data.draw(st.integers(0, 30))
        assert schedule.includes(day) is (day in days)
        latest = max((each for each in days if each <= day), default=None)
        assert schedule.latest_on_or_before(day) == latest
        assert schedule.last_before(day, limit) == earlier[::-1][:limit]
        found = schedule.first_after(day)
        assert found == later or (later is None and found is not None and found > last)


@settings(max_examples=200, deadline=None)
@given(rules(), st.dates(max_value=date(400, 12, 31)), st.integers(0, 20_000), st.integers(1, 24))
def test_the_calendar_repeats(rule: str, starts_on: date, age: int, cycles: int) -> None:
    """No year is special: 400 years later every rule has the same dates."""
    rule = ";".join(part for part in rule.split(";") if not part.startswith("UNTIL"))
    day, distance = starts_on + timedelta(age), timedelta(146_097 * cycles)
    assume(date.max - distance >= day)
    latest = Schedule(rule, starts_on).latest_on_or_before(day)
    later = Schedule(rule, starts_on + distance).latest_on_or_before(day + distance)
    assert later == (None if latest is None else latest + distance)


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 53), st.dates(date(2, 1, 1), date(9998, 12, 20)))
def test_weeks_are_the_calendars(number: int, day: date) -> None:
    """BYWEEKNO against the standard library, New Year's weeks among them (WKST is ISO's)."""
    year = day.isocalendar().year
    every_day = ",".join(WEEKDAYS)
    for week in (number, -number):
        schedule = Schedule(f"FREQ=YEARLY;BYWEEKNO={week};BYDAY={every_day}", date.min)
        edges = (date(year, 1, 1) + timedelta(shift) for shift in (*range(-4, 4), *range(360, 366)))
        for each in (day, *edges):
            its_year, its_week, _ = each.isocalendar()
            from_the_end = its_week - date(its_year, 12, 28).isocalendar().week - 1
            assert schedule.includes(each) is (week in (its_week, from_the_end))
