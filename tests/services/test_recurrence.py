"""Which dates a schedule has (examples of RFC 5545 and others), and which are refused."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice

import pytest

from app.services.recurrence import RecurrenceError, Schedule, check_schedule

START = date(1997, 9, 2)  # a Tuesday, DTSTART of the examples of RFC 5545 section 3.8.5.3


def dates_of(schedule: Schedule) -> Iterator[date]:
    day = schedule.first()
    while day is not None:
        yield day
        day = schedule.first_after(day)


def iso(*days: str) -> list[date]:
    return [date.fromisoformat(day) for day in days]


def month(year_and_month: str, *days: int) -> list[date]:
    return [date.fromisoformat(f"{year_and_month}-{day:02}") for day in days]


SEPTEMBER_TUESDAYS = month("1997-09", 2, 9, 16, 23, 30)
RFC_EXAMPLES = [
    ("FREQ=DAILY;COUNT=10", START, month("1997-09", *range(2, 12)), True),
    ("FREQ=DAILY;INTERVAL=2", START, month("1997-09", 2, 4, 6, 8, 10, 12), False),
    ("FREQ=DAILY;INTERVAL=10;COUNT=5", START, month("1997-09", 2, 12, 22) + month("1997-10", 2, 12),
     True),
    ("FREQ=WEEKLY;COUNT=10", START, SEPTEMBER_TUESDAYS + month("1997-10", 7, 14, 21, 28)
     + month("1997-11", 4), True),
    ("FREQ=WEEKLY;INTERVAL=2;WKST=SU", START,
     month("1997-09", 2, 16, 30) + month("1997-10", 14, 28), False),
    ("FREQ=WEEKLY;UNTIL=19971007T000000Z;WKST=SU;BYDAY=TU,TH", START,
     month("1997-09", 2, 4, 9, 11, 16, 18, 23, 25, 30) + month("1997-10", 2, 7), True),
    ("FREQ=WEEKLY;INTERVAL=2;UNTIL=19971007;WKST=SU;BYDAY=MO,WE,FR", date(1997, 9, 1),
     month("1997-09", 1, 3, 5, 15, 17, 19, 29) + month("1997-10", 1, 3), True),
    ("FREQ=WEEKLY;INTERVAL=2;COUNT=8;WKST=SU;BYDAY=TU,TH", START,
     month("1997-09", 2, 4, 16, 18, 30) + month("1997-10", 2, 14, 16), True),
    ("FREQ=MONTHLY;COUNT=10;BYDAY=1FR", date(1997, 9, 5),
     iso("1997-09-05", "1997-10-03", "1997-11-07", "1997-12-05", "1998-01-02", "1998-02-06",
         "1998-03-06", "1998-04-03", "1998-05-01", "1998-06-05"), True),
    ("FREQ=MONTHLY;BYDAY=-1FR", START, iso("1997-09-26", "1997-10-31", "1997-11-28"), False),
    ("FREQ=MONTHLY;INTERVAL=2;COUNT=10;BYDAY=1SU,-1SU", date(1997, 9, 7),
     iso("1997-09-07", "1997-09-28", "1997-11-02", "1997-11-30", "1998-01-04", "1998-01-25",
         "1998-03-01", "1998-03-29", "1998-05-03", "1998-05-31"), True),
    ("FREQ=MONTHLY;COUNT=6;BYDAY=-2MO", date(1997, 9, 22),
     iso("1997-09-22", "1997-10-20", "1997-11-17", "1997-12-22", "1998-01-19", "1998-02-16"), True),
    ("FREQ=MONTHLY;BYMONTHDAY=-3", date(1997, 9, 28),
     iso("1997-09-28", "1997-10-29", "1997-11-28", "1997-12-29", "1998-01-29"), False),
    ("FREQ=MONTHLY;COUNT=5;BYMONTHDAY=1,-1", date(1997, 9, 30),
     iso("1997-09-30", "1997-10-01", "1997-10-31", "1997-11-01", "1997-11-30"), True),
    ("FREQ=MONTHLY;INTERVAL=18;COUNT=10;BYMONTHDAY=10,11,12,13,14,15", date(1997, 9, 10),
     month("1997-09", 10, 11, 12, 13, 14, 15) + month("1999-03", 10, 11, 12, 13), True),
    ("FREQ=MONTHLY;INTERVAL=2;BYDAY=TU", START,
     SEPTEMBER_TUESDAYS + month("1997-11", 4, 11, 18, 25), False),
    ("FREQ=YEARLY;COUNT=4;BYMONTH=6,7", date(1997, 6, 10),
     iso("1997-06-10", "1997-07-10", "1998-06-10", "1998-07-10"), True),
    ("FREQ=YEARLY;INTERVAL=3;COUNT=10;BYYEARDAY=1,100,200", date(1997, 1, 1),
     iso("1997-01-01", "1997-04-10", "1997-07-19", "2000-01-01", "2000-04-09", "2000-07-18",
         "2003-01-01", "2003-04-10", "2003-07-19", "2006-01-01"), True),
    ("FREQ=YEARLY;BYDAY=20MO", date(1997, 5, 19), iso("1997-05-19", "1998-05-18", "1999-05-17"),
     False),
    ("FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO", date(1997, 5, 12),
     iso("1997-05-12", "1998-05-11", "1999-05-17"), False),
    ("FREQ=YEARLY;BYMONTH=3;BYDAY=TH", date(1997, 3, 13),
     month("1997-03", 13, 20, 27) + month("1998-03", 5, 12, 19, 26), False),
    ("FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13", START,
     iso("1998-02-13", "1998-03-13", "1998-11-13", "1999-08-13", "2000-10-13"), False),
    ("FREQ=MONTHLY;BYDAY=SA;BYMONTHDAY=7,8,9,10,11,12,13", date(1997, 9, 13),
     iso("1997-09-13", "1997-10-11", "1997-11-08", "1997-12-13"), False),
    ("FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8", date(1996, 11, 5),
     iso("1996-11-05", "2000-11-07", "2004-11-02"), False),
    ("FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3", date(1997, 9, 4),
     iso("1997-09-04", "1997-10-07", "1997-11-06"), True),
    ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2", date(1997, 9, 29),
     iso("1997-09-29", "1997-10-30", "1997-11-27", "1997-12-30"), False),
    ("FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO", date(1997, 8, 5),
     month("1997-08", 5, 10, 19, 24), True),
    ("FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU", date(1997, 8, 5),
     month("1997-08", 5, 17, 19, 31), True),
    ("FREQ=MONTHLY;BYMONTHDAY=15,30;COUNT=5", date(2007, 1, 15),
     iso("2007-01-15", "2007-01-30", "2007-02-15", "2007-03-15", "2007-03-30"), True),
]  # fmt: skip
OTHER_EXAMPLES = [
    # A day that a month lacks is left out, not moved.
    ("FREQ=MONTHLY", date(2026, 1, 31), iso("2026-01-31", "2026-03-31", "2026-05-31"), False),
    ("FREQ=YEARLY", date(1892, 2, 29), iso("1892-02-29", "1896-02-29", "1904-02-29"), False),
    ("FREQ=YEARLY", date(2096, 2, 29), iso("2096-02-29", "2104-02-29", "2108-02-29"), False),
    ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;BYDAY=MO", date(2016, 1, 1),
     iso("2016-02-29", "2044-02-29", "2072-02-29", "2112-02-29"), False),
    # The start is no occurrence where the rule does not name it.
    ("FREQ=WEEKLY;BYDAY=MO", START, month("1997-09", 8, 15), False),
    ("FREQ=DAILY;BYDAY=SA,SU;BYMONTH=2;BYSETPOS=-1", date(2026, 2, 20),
     iso("2026-02-21", "2026-02-22", "2026-02-28", "2027-02-06"), False),
    # A week that lies in two years is one week.
    ("FREQ=WEEKLY;BYDAY=MO,FR;BYSETPOS=2", date(2026, 12, 20),
     iso("2026-12-25", "2027-01-01", "2027-01-08"), False),
    ("FREQ=WEEKLY;BYDAY=MO,FR;BYSETPOS=1", date(2026, 12, 20),
     iso("2026-12-21", "2026-12-28", "2027-01-04"), False),
    # Where dateutil 4.0 and the RFC part, the RFC is right.
    ("FREQ=YEARLY;BYWEEKNO=20", date(1997, 5, 14), iso("1997-05-14", "1998-05-13"), False),
    ("FREQ=YEARLY;BYWEEKNO=52;BYDAY=SA", date(2021, 12, 1),
     iso("2022-01-01", "2022-12-31", "2023-12-30"), False),
    ("FREQ=YEARLY;BYWEEKNO=53;BYDAY=SU", date(2020, 1, 1), iso("2021-01-03", "2027-01-03"), False),
    ("FREQ=MONTHLY;BYDAY=MO,1FR", date(2026, 6, 1), month("2026-06", 1, 5, 8, 15, 22, 29), False),
    ("FREQ=YEARLY;BYDAY=MO,1FR", date(2026, 1, 1), month("2026-01", 2, 5, 12), False),
    ("FREQ=WEEKLY;BYDAY=MO,WE,FR;BYSETPOS=1", date(2026, 6, 3), month("2026-06", 8, 15), False),
    ("FREQ=WEEKLY;BYDAY=MO,TH,SU;BYSETPOS=-1;BYMONTH=12", date(2026, 12, 20),
     iso("2026-12-20", "2026-12-27", "2026-12-31", "2027-12-05"), False),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "starts_on", "days", "ends"), [*RFC_EXAMPLES, *OTHER_EXAMPLES])
def test_dates_of_a_rule(rule: str, starts_on: date, days: list[date], ends: bool) -> None:
    schedule = check_schedule(rule, starts_on)
    assert list(islice(dates_of(schedule), len(days))) == days
    assert all(schedule.includes(day) for day in days)
    assert schedule.latest_on_or_before(days[-1]) == days[-1]
    assert schedule.latest_on_or_before(days[0] - timedelta(1)) is None
    assert schedule.last_before(days[-1], len(days)) == days[-2::-1]
    assert (schedule.first_after(days[-1]) is None) is ends
    if ends:
        assert schedule.latest_on_or_before(date.max) == days[-1]
        assert schedule.last_before(date.max, 1) == days[-1:]
        assert not schedule.includes(days[-1] + timedelta(7))


NO_DATE = "no date within ten years"
NEVER = [
    ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", START, NO_DATE),
    ("FREQ=YEARLY;BYMONTH=4;BYMONTHDAY=31", START, NO_DATE),
    ("FREQ=YEARLY;BYWEEKNO=53;BYMONTH=6", START, NO_DATE),
    ("FREQ=YEARLY;BYYEARDAY=366;BYMONTH=1", START, NO_DATE),
    ("FREQ=YEARLY;INTERVAL=2;BYYEARDAY=366", START, NO_DATE),
    ("FREQ=MONTHLY;INTERVAL=12;BYMONTH=2", START, NO_DATE),
    ("FREQ=DAILY;INTERVAL=7;BYDAY=MO", START, NO_DATE),
    ("FREQ=DAILY;BYMONTH=1;BYSETPOS=2", START, NO_DATE),
    ("FREQ=WEEKLY;BYDAY=MO;BYSETPOS=7", START, NO_DATE),
    ("FREQ=YEARLY;BYMONTH=2", date(1997, 9, 30), NO_DATE),
    ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;BYDAY=MO", START, NO_DATE),
    ("FREQ=DAILY;COUNT=3;BYMONTH=2;BYMONTHDAY=30", START, NO_DATE),
    ("FREQ=WEEKLY;BYDAY=MO;UNTIL=19970905", START, NO_DATE),
    ("FREQ=WEEKLY;BYDAY=SA", date(9999, 12, 26), NO_DATE),
    ("FREQ=DAILY;UNTIL=19970901", START, "ends before it starts"),
    ("FREQ=YEARLY;INTERVAL=11", START, "INTERVAL steps over"),
    ("FREQ=YEARLY;INTERVAL=1000", START, "INTERVAL steps over"),
    ("FREQ=MONTHLY;INTERVAL=122", START, "INTERVAL steps over"),
    ("FREQ=WEEKLY;INTERVAL=522", START, "INTERVAL steps over"),
    ("FREQ=YEARLY;COUNT=1000", START, "COUNT is not used up"),
    ("FREQ=DAILY;INTERVAL=1000;COUNT=100", START, "COUNT is not used up"),
    ("FREQ=HOURLY", START, "more often than daily"),
]


@pytest.mark.parametrize(("rule", "starts_on", "reason"), NEVER)
def test_refused_schedules(rule: str, starts_on: date, reason: str) -> None:
    with pytest.raises(RecurrenceError) as refusal:
        check_schedule(rule, starts_on)
    assert reason in refusal.value.reason


def test_the_rule_is_kept_in_its_normal_form() -> None:
    schedule = check_schedule("rrule:byday=TU;freq=weekly", START)
    assert schedule == Schedule("FREQ=WEEKLY;BYDAY=TU", START)


def test_an_unchecked_schedule_without_dates_answers_none() -> None:
    for rule in ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "FREQ=WEEKLY;COUNT=2;BYDAY=MO;BYSETPOS=2"):
        schedule = Schedule(rule, START)
        assert schedule.first() is None
        assert schedule.first_after(START) is None
        assert schedule.latest_on_or_before(date.max) is None
        assert schedule.last_before(date.max, 10) == []
        assert not schedule.includes(START)
    with pytest.raises(RecurrenceError):
        Schedule("nonsense", START).first()


def test_last_before_keeps_to_its_limit() -> None:
    schedule = Schedule("FREQ=DAILY", START)
    day = date(2026, 3, 1)
    assert schedule.last_before(day, 3) == iso("2026-02-28", "2026-02-27", "2026-02-26")
    assert schedule.last_before(day, 0) == []
    assert schedule.last_before(day, -1) == []
    assert len(schedule.last_before(day, 1000)) == 1000
    assert schedule.last_before(START, 5) == []
