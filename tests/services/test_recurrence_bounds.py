"""The calendar's ends, and how much work a question may cost: counted, not timed."""

from contextlib import suppress
from datetime import date
from functools import partial

import dateutil.rrule
import pytest

from app.services import recurrence
from app.services.recurrence import RecurrenceError, Schedule, check_schedule

START = date(1997, 9, 2)

ENDS_OF_THE_CALENDAR = [
    "FREQ=DAILY",
    "FREQ=DAILY;INTERVAL=1000",
    "FREQ=DAILY;COUNT=1000",
    "FREQ=WEEKLY",
    "FREQ=WEEKLY;INTERVAL=2;WKST=SU;BYDAY=SU,MO,FR",
    "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYSETPOS=1,-1;WKST=WE",
    "FREQ=MONTHLY",
    "FREQ=MONTHLY;INTERVAL=7;BYDAY=-1FR,1MO",
    "FREQ=YEARLY",
    "FREQ=YEARLY;INTERVAL=10",
    "FREQ=YEARLY;BYWEEKNO=1,-1,53;WKST=SU",
    "FREQ=DAILY;UNTIL=99991231",
]


@pytest.mark.parametrize("rule", ENDS_OF_THE_CALENDAR)
@pytest.mark.parametrize("starts_on", [date.min, date(1, 1, 3), date(9999, 12, 26), date.max])
def test_the_calendars_ends(rule: str, starts_on: date) -> None:
    schedule = Schedule(rule, starts_on)
    for day in (date.min, date(1, 1, 2), date(2026, 6, 1), date(9999, 12, 30), date.max):
        after, latest = schedule.first_after(day), schedule.latest_on_or_before(day)
        assert after is None or after > day
        assert latest is None or starts_on <= latest <= day
        assert schedule.includes(day) is (latest == day)
        assert schedule.last_before(day, 1) == [] or day > starts_on
    assert schedule.first_after(date.max) is None
    with suppress(RecurrenceError):
        check_schedule(rule, starts_on)


def test_first_and_last_day_of_the_calendar() -> None:
    assert Schedule("FREQ=DAILY", date.min).latest_on_or_before(date.min) == date.min
    assert Schedule("FREQ=DAILY", date.max).first() == date.max
    assert check_schedule("FREQ=DAILY;COUNT=9", date.max).last_before(date.max, 1) == []
    weeks = Schedule("FREQ=WEEKLY;WKST=SU;BYDAY=MO,SU", date.min)
    assert weeks.last_before(date(1, 1, 9), 4) == [date(1, 1, 8), date(1, 1, 7), date(1, 1, 1)]


COSTLY = [
    ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", START),
    ("FREQ=DAILY", date(1, 1, 1)),
    ("FREQ=DAILY;INTERVAL=997;BYMONTH=2;BYMONTHDAY=29", date(1997, 2, 28)),
    ("FREQ=DAILY;COUNT=1000", START),
    ("FREQ=WEEKLY;BYDAY=MO;BYSETPOS=7", START),
    ("FREQ=WEEKLY;INTERVAL=521;COUNT=1000", START),
    ("FREQ=MONTHLY;INTERVAL=12;BYMONTH=2", START),
    ("FREQ=MONTHLY;COUNT=1000", START),
    ("FREQ=YEARLY;COUNT=1000", START),
    ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;BYDAY=MO", date(1, 1, 1)),
    ("FREQ=YEARLY;BYDAY=53MO,-53TU,SU;BYSETPOS=366", START),
    ("FREQ=YEARLY;BYWEEKNO=53;BYYEARDAY=200", START),
]
QUESTION_DAYS = [date.min, date(1997, 9, 3), date(2027, 9, 2), date(2600, 1, 1), date.max]


@pytest.mark.parametrize(("rule", "starts_on"), COSTLY)
def test_work_is_bounded(rule: str, starts_on: date, monkeypatch: pytest.MonkeyPatch) -> None:
    """A question, however odd, looks at 102 years at most, and dateutil at 28 and their neighbours.

    dateutil makes one rebuild per period that it steps into: one per rule, as none takes a step.
    """
    rebuilt: list[int] = []
    asked: list[object] = []
    rebuild = dateutil.rrule._iterinfo.rebuild
    days_in_year = recurrence._days_in_year.__wrapped__

    def counting_rebuild(self: dateutil.rrule._iterinfo, year: int, month: int) -> None:
        rebuilt.append(year)
        rebuild(self, year, month)

    def counting_days(*arguments: object) -> tuple[int, ...]:
        asked.append(arguments[-1])
        return days_in_year(*arguments)

    monkeypatch.setattr(dateutil.rrule._iterinfo, "rebuild", counting_rebuild)
    monkeypatch.setattr(recurrence, "_days_in_year", counting_days)
    schedule = Schedule(rule, starts_on)
    for day in QUESTION_DAYS:
        for question in (
            schedule.first,
            partial(schedule.first_after, day),
            partial(schedule.latest_on_or_before, day),
            partial(schedule.includes, day),
            partial(schedule.last_before, day, 1_000_000),
        ):
            recurrence._span(schedule)  # COUNT's own walk is looked at below
            recurrence._offsets.cache_clear()
            rebuilt.clear()
            asked.clear()
            question()
            assert len(asked) <= 102
            assert len(rebuilt) <= 3 * 28
            assert set(rebuilt) <= set(range(1999, 2029))
    recurrence._span.cache_clear()
    asked.clear()
    recurrence._span(schedule)
    assert len(asked) <= 102


def test_an_ordinary_question_looks_at_a_year_or_two(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    days_in_year = recurrence._days_in_year

    def counting_days(*arguments: object) -> tuple[int, ...]:
        asked.append(arguments[-1])
        return days_in_year(*arguments)

    monkeypatch.setattr(recurrence, "_days_in_year", counting_days)
    schedule = Schedule("FREQ=WEEKLY;INTERVAL=3;BYDAY=MO,TH", date(1996, 3, 4))
    day = date(2026, 6, 1)
    schedule.latest_on_or_before(day)
    schedule.first_after(day)
    schedule.includes(day)
    schedule.last_before(day, 5)
    assert asked == [2026] * 4


def test_every_kind_of_year_has_a_stand_in() -> None:
    assert len(recurrence._STAND_INS) == 28
    assert all(recurrence._kind(year) in recurrence._STAND_INS for year in range(1, 10_000))
