"""When a recurring task occurs: RFC 5545 rules over local dates, with python-dateutil behind them.

Occurrences are *dates* on the owner's wall: the time of day is kept elsewhere, so that no change of
clocks shifts one. `parse_rule` and `check_schedule` judge untrusted input; a `Schedule` answers.

Bounded time: dateutil looks at `until` only when it has found a date, so a rule that finds none
runs to the year 9999 (`FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30`: seconds). So it is only ever asked for
one year: FREQ=YEARLY, with an interval that leaves the calendar after one step. What the frequency
adds (every n-th day, week, month or year; BYSETPOS) is applied to those dates here. There are but
28 kinds of years (see `_kind`), and 2000 to 2027 are one of each: dateutil sees only these and
their neighbours, no question looks further than `REACH`, and nothing overflows at year 1 or 9999.

Where dateutil leaves RFC 5545 section 3.3.10, the RFC is followed: BYWEEKNO without a day takes the
start's weekday (dateutil: all seven); weeks 52, 53, -52, -53 are right around New Year (dateutil:
not always); plain and numbered weekdays in one BYDAY are a union (dateutil: their intersection);
BYSETPOS counts from the week's beginning in the first week too (dateutil: from the start). As in
dateutil, a start that the rule does not name is no occurrence: `first()` is then later.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache, partial
from itertools import chain, groupby, islice, pairwise
from typing import Final

from dateutil.rrule import YEARLY, rrule, weekday

from app.services.recurrence_rule import MAX_RULE_LENGTH, RecurrenceError, Rule, read_rule

__all__ = ["MAX_RULE_LENGTH", "RecurrenceError", "Schedule", "check_schedule", "parse_rule"]

# Ten years, in days: the first date lies within them, and no INTERVAL steps over them.
HORIZON: Final = 3653
# How far a question looks, in days: 100 years. Without INTERVAL no rule pauses longer than 40 years
# (29 February on a given weekday, across 2100). Only a long INTERVAL with rare dates may pause for
# more than REACH: then there is nothing after, seen from before the pause, and the other way round.
REACH: Final = 36_525

_LAST: Final = date.max.toordinal()
_BEYOND_THE_CALENDAR: Final = 10_000
_STEP_DAYS: Final = {"DAILY": 1, "WEEKLY": 7, "MONTHLY": 30, "YEARLY": 365}


@dataclass(frozen=True, slots=True)
class Schedule:
    """A rule in normal form and the local date that it starts on (its DTSTART).

    Equal schedules always answer alike, and no `day` raises. Only a text that `parse_rule` would
    refuse raises RecurrenceError, when it is first used.
    """

    rule: str
    starts_on: date

    def first(self) -> date | None:
        """The first occurrence, which may be later than the start."""
        span = _span(self)
        return _one(_walk(span, span.first, span.first + REACH))

    def latest_on_or_before(self, day: date) -> date | None:
        """The occurrence that is current on `day`; None before the first."""
        span = _span(self)
        last = min(day.toordinal(), span.last)
        return _one(_walk(span, last - REACH, last, newest_first=True))

    def first_after(self, day: date) -> date | None:
        """The next occurrence; None where the schedule has ended."""
        span = _span(self)
        first = max(day.toordinal() + 1, span.first)
        return _one(_walk(span, first, first + REACH))

    def includes(self, day: date) -> bool:
        """Whether `day` is an occurrence."""
        ordinal = day.toordinal()
        return _one(_walk(_span(self), ordinal, ordinal)) is not None

    def last_before(self, day: date, limit: int) -> list[date]:
        """At most `limit` occurrences strictly before `day` and within `REACH`, newest first."""
        span = _span(self)
        last = min(day.toordinal() - 1, span.last)
        ordinals = _walk(span, last - REACH, last, newest_first=True)
        return [date.fromordinal(ordinal) for ordinal in islice(ordinals, max(limit, 0))]


def parse_rule(text: str) -> str:
    """The normal form of a rule (RFC 5545 section 3.3.10); raises RecurrenceError."""
    return read_rule(text).text()


def check_schedule(rule: str, starts_on: date) -> Schedule:
    """Raises RecurrenceError for a rule that has no date in its first ten years, whose INTERVAL is
    longer than ten years, or whose COUNT is not used up within a hundred.
    """
    parsed = read_rule(rule)
    if parsed.until is not None and parsed.until < starts_on:
        raise RecurrenceError("The rule ends before it starts.")
    if parsed.interval * _STEP_DAYS[parsed.frequency] > HORIZON:
        raise RecurrenceError("INTERVAL steps over more than ten years.")
    span = _uncounted(parsed, starts_on)
    if _one(_walk(span, span.first, span.first + HORIZON)) is None:
        raise RecurrenceError("The rule has no date within ten years of its start.")
    schedule = Schedule(parsed.text(), starts_on)
    if not _span(schedule).complete:
        raise RecurrenceError("COUNT is not used up within a hundred years.")
    return schedule


@dataclass(frozen=True, slots=True)
class _Span:
    """The days of `rule` from `first` to `last`; `complete` unless COUNT outlasts REACH.

    `rule` names its days (takes nothing from a start) and has neither UNTIL nor COUNT. Its periods
    (days, weeks, months, years) count where their number modulo the interval is `phase`. So the
    costly part, `_days_in_year`, is shared by the schedules of many owners.
    """

    rule: Rule
    phase: int
    first: int
    last: int
    complete: bool = True


def _one(ordinals: Iterator[int]) -> date | None:
    ordinal = next(ordinals, None)
    return None if ordinal is None else date.fromordinal(ordinal)


@lru_cache(maxsize=4096)
def _span(schedule: Schedule) -> _Span:
    rule = read_rule(schedule.rule)
    span = _uncounted(rule, schedule.starts_on)
    if rule.count is None:
        return span
    limit = min(span.first + REACH, _LAST)
    counted = list(islice(_walk(span, span.first, limit), rule.count))
    complete = len(counted) == rule.count or limit == _LAST
    return replace(span, last=counted[-1] if counted else span.first - 1, complete=complete)


def _uncounted(rule: Rule, start: date) -> _Span:
    named = replace(rule.starting_on(start), until=None, count=None)
    phase = _period(named, start.toordinal()) % named.interval
    last = _LAST if rule.until is None else rule.until.toordinal()
    return _Span(named, phase, start.toordinal(), last)


def _period(rule: Rule, ordinal: int) -> int:
    """The running number of the day, week, month or year (by the frequency) that a day lies in."""
    if rule.frequency == "DAILY":
        return ordinal
    if rule.frequency == "WEEKLY":
        return (ordinal - 1 - rule.week_start) // 7  # ordinal 1 is a Monday
    day = date.fromordinal(ordinal)
    return day.year * 12 + day.month if rule.frequency == "MONTHLY" else day.year


def _walk(span: _Span, first: int, last: int, *, newest_first: bool = False) -> Iterator[int]:
    """The occurrences between two days, both included, as ordinals; one year at a time."""
    first, last = max(first, span.first), min(last, span.last)
    if first > last:
        return
    years = range(date.fromordinal(first).year, date.fromordinal(last).year + 1)
    for year in reversed(years) if newest_first else years:
        days = _days_in_year(span.rule, span.phase, year)
        days = days[bisect_left(days, first) : bisect_right(days, last)]
        yield from reversed(days) if newest_first else days


@lru_cache(maxsize=1024)
def _days_in_year(rule: Rule, phase: int, year: int) -> tuple[int, ...]:
    if rule.frequency == "YEARLY" and year % rule.interval != phase:
        return ()
    new_year = _new_year(year)
    days = (new_year + offset for offset in _offsets(rule, _STAND_INS[_kind(year)]))
    if rule.interval == 1:
        return tuple(days)
    return tuple(day for day in days if _period(rule, day) % rule.interval == phase)


@lru_cache(maxsize=1024)
def _offsets(rule: Rule, year: int) -> tuple[int, ...]:
    """The days of one of `_STAND_INS` that pass all BY parts, counted from its 1 January."""
    days = _at_positions(rule, year) if rule.by_position else _candidates(rule, year)
    return tuple(day - _new_year(year) for day in days)


def _at_positions(rule: Rule, year: int) -> list[int]:
    """BYSETPOS: the n-th of each period's days. A week in two years counts as a whole."""
    aside = 1 if rule.frequency == "WEEKLY" else 0
    years = range(year - aside, year + aside + 1)
    candidates = chain.from_iterable(_candidates(rule, each) for each in years)
    kept: list[int] = []
    for _, group in groupby(candidates, partial(_period, rule)):
        days = list(group)
        indexes = {at - (at > 0) for at in rule.by_position if abs(at) <= len(days)}
        kept.extend(sorted({days[index] for index in indexes}))
    return [day for day in kept if _new_year(year) <= day < _new_year(year + 1)]


def _candidates(rule: Rule, year: int) -> list[int]:
    """The year's days that pass all BY parts but BYSETPOS, in order."""
    days = rrule(
        YEARLY,
        dtstart=date(year, 1, 1),
        interval=_BEYOND_THE_CALENDAR,
        bymonth=rule.by_month or (range(1, 13) if rule.frequency == "MONTHLY" else None),
        byyearday=rule.by_year_day or None,
        bymonthday=rule.by_month_day or None,
        # Every weekday where the rule names none, so that dateutil adds nothing of its dtstart's.
        byweekday=[weekday(day, ordinal) for day, ordinal in rule.each_weekday()],
    )
    return [day.toordinal() for day in days if not rule.by_week or _is_in_weeks(rule, day)]


def _is_in_weeks(rule: Rule, day: date) -> bool:
    """Whether BYWEEKNO names the week of `day`; a week belongs to the year of its fourth day."""
    middle = day.toordinal() - (day.weekday() - rule.week_start) % 7 + 3
    year = date.fromordinal(middle).year
    number = (middle - _new_year(year)) // 7 + 1
    from_the_end = -((_new_year(year + 1) - 1 - middle) // 7 + 1)
    return number in rule.by_week or from_the_end in rule.by_week


def _new_year(year: int) -> int:
    """The ordinal of 1 January, also of years that `date` lacks."""
    before = year - 1
    return 365 * before + before // 4 - before // 100 + before // 400 + 1


def _kind(year: int) -> tuple[int, ...]:
    """What a year's days depend on: its first weekday, and the lengths of it and its neighbours."""
    starts = [_new_year(each) for each in range(year - 1, year + 3)]
    return (starts[1] % 7, *(end - start for start, end in pairwise(starts)))


_STAND_INS: Final = {_kind(year): year for year in range(2000, 2028)}
