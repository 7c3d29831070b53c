"""Reading the text of a recurrence rule: RFC 5545 section 3.3.10, at the granularity of a day.

`read_rule` turns untrusted text into a frozen `Rule`, and `Rule.text()` gives its normal form:
upper case, parts in the order of `_PARTS`, lists sorted and without repeats, numbers without plus
sign and leading zeros, the defaults `INTERVAL=1` and `WKST=MO` left out. Reading a normal form
gives the same rule again, and it is never longer than what it was read from.

Nothing here computes dates; that a rule has any is found out in `app.services.recurrence`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, Self

MAX_RULE_LENGTH: Final = 200
MAX_COUNT: Final = 1000
MAX_INTERVAL: Final = 1000
MOST_IN_MONTH: Final = 5  # of one weekday
MOST_IN_YEAR: Final = 53

WEEKDAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_FREQUENCIES: Final = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
_TIME_FREQUENCIES: Final = ("HOURLY", "MINUTELY", "SECONDLY")
_TIME_PARTS: Final = ("BYHOUR", "BYMINUTE", "BYSECOND")
_PARTS: Final = (
    *("FREQ", "INTERVAL", "UNTIL", "COUNT"),
    *("BYMONTH", "BYWEEKNO", "BYYEARDAY", "BYMONTHDAY", "BYDAY", "BYSETPOS", "WKST"),
)
_CHARACTERS: Final = re.compile(r"[A-Z0-9=;,:+-]+")
_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,4}")
_WEEKDAY: Final = re.compile(r"([+-]?[0-9]{1,2})?(MO|TU|WE|TH|FR|SA|SU)")
_UNTIL: Final = re.compile(
    r"([0-9]{4})([0-9]{2})([0-9]{2})(?:T([01][0-9]|2[0-3])([0-5][0-9]){2}Z)?"
)


class RecurrenceError(ValueError):
    """A rule that is not accepted; `reason` is one short sentence for the person who wrote it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule whose parts are each in range and allowed together.

    `by_day` holds (ordinal, weekday) with Monday as 0, and ordinal 0 where the text has none.
    """

    frequency: str
    interval: int = 1
    until: date | None = None
    count: int | None = None
    by_month: tuple[int, ...] = ()
    by_week: tuple[int, ...] = ()
    by_year_day: tuple[int, ...] = ()
    by_month_day: tuple[int, ...] = ()
    by_day: tuple[tuple[int, int], ...] = ()
    by_position: tuple[int, ...] = ()
    week_start: int = 0

    @property
    def has_ordinals(self) -> bool:
        """Whether BYDAY numbers a weekday."""
        return any(ordinal for ordinal, _ in self.by_day)

    @property
    def numbers_in_months(self) -> bool:
        """Whether BYDAY's ordinals count in a month rather than in the year."""
        return self.frequency == "MONTHLY" or bool(self.by_month)

    def starting_on(self, start: date) -> Self:
        """The rule with what it leaves to its start written out (RFC 5545 section 3.3.10)."""
        if self.by_year_day or self.by_month_day or self.by_day or self.frequency == "DAILY":
            return self
        if self.frequency == "WEEKLY" or self.by_week:
            return replace(self, by_day=((0, start.weekday()),))
        months = self.by_month or ((start.month,) if self.frequency == "YEARLY" else ())
        return replace(self, by_month=months, by_month_day=(start.day,))

    def each_weekday(self) -> list[tuple[int, int | None]]:
        """(weekday, ordinal); a plain weekday beside numbered ones as all of its ordinals."""
        if not self.by_day:
            return [(each, None) for each in range(7)]
        if not self.has_ordinals:
            return [(each, None) for _, each in self.by_day]
        most = MOST_IN_MONTH if self.numbers_in_months else MOST_IN_YEAR
        return [
            (each, number)
            for ordinal, each in self.by_day
            for number in ((ordinal,) if ordinal else range(1, most + 1))
        ]

    def text(self) -> str:
        """The normal form."""
        days = (f"{ordinal or ''}{WEEKDAYS[weekday]}" for ordinal, weekday in self.by_day)
        values = (
            self.frequency,
            "" if self.interval == 1 else str(self.interval),
            "" if self.until is None else self.until.isoformat().replace("-", ""),
            "" if self.count is None else str(self.count),
            _listed(self.by_month),
            _listed(self.by_week),
            _listed(self.by_year_day),
            _listed(self.by_month_day),
            ",".join(days),
            _listed(self.by_position),
            "" if self.week_start == 0 else WEEKDAYS[self.week_start],
        )
        return ";".join(
            f"{name}={value}" for name, value in zip(_PARTS, values, strict=True) if value
        )


def read_rule(text: str) -> Rule:
    """The rule that `text` states, an optional leading `RRULE:` aside.

    UNTIL may be a date or a UTC date-time; of the latter only the date as written counts, as
    occurrences are local dates.

    Raises RecurrenceError for everything that is not a rule of whole days in RFC 5545's grammar and
    within our limits.
    """
    parts = _split(text)
    frequency = parts.get("FREQ")
    if frequency is None:
        raise RecurrenceError("FREQ is missing.")
    if frequency in _TIME_FREQUENCIES:
        raise RecurrenceError("A task can't recur more often than daily.")
    if frequency not in _FREQUENCIES:
        raise RecurrenceError("FREQ must be DAILY, WEEKLY, MONTHLY or YEARLY.")
    rule = Rule(
        frequency=frequency,
        interval=_amount(parts, "INTERVAL", MAX_INTERVAL) or 1,
        until=_until(parts.get("UNTIL")),
        count=_amount(parts, "COUNT", MAX_COUNT),
        by_month=_numbers(parts, "BYMONTH", 12, signed=False),
        by_week=_numbers(parts, "BYWEEKNO", 53),
        by_year_day=_numbers(parts, "BYYEARDAY", 366),
        by_month_day=_numbers(parts, "BYMONTHDAY", 31),
        by_day=_weekdays(parts.get("BYDAY")),
        by_position=_numbers(parts, "BYSETPOS", 366),
        week_start=_week_start(parts.get("WKST", "MO")),
    )
    for refused, reason in _conflicts(rule):
        if refused:
            raise RecurrenceError(reason)
    return rule


def _conflicts(rule: Rule) -> Iterator[tuple[bool, str]]:
    """Which parts can't stand together: RFC 5545 section 3.3.10."""
    frequency, ordinals = rule.frequency, {abs(ordinal) for ordinal, _ in rule.by_day} - {0}
    yield rule.count is not None and rule.until is not None, "COUNT and UNTIL can't be combined."
    if frequency != "YEARLY":
        yield bool(rule.by_week), "BYWEEKNO needs FREQ=YEARLY."
        yield bool(rule.by_year_day), "BYYEARDAY needs FREQ=YEARLY."
    if frequency == "WEEKLY":
        yield bool(rule.by_month_day), "BYMONTHDAY can't be combined with FREQ=WEEKLY."
    if ordinals:
        yield frequency in ("DAILY", "WEEKLY"), "Numbered weekdays need FREQ=MONTHLY or YEARLY."
        yield bool(rule.by_week), "Numbered weekdays can't be combined with BYWEEKNO."
        sixth = rule.numbers_in_months and max(ordinals) > MOST_IN_MONTH
        yield sixth, "A month has no more than five of each weekday."
    if rule.by_position:
        others = (rule.by_month, rule.by_week, rule.by_year_day, rule.by_month_day, rule.by_day)
        yield not any(others), "BYSETPOS needs another BY part."


def _split(text: str) -> dict[str, str]:
    """Parts by name, each known and given once, with values not looked at yet."""
    if len(text) > MAX_RULE_LENGTH:
        raise RecurrenceError(f"A rule has at most {MAX_RULE_LENGTH} characters.")
    # Only ASCII goes to upper(): elsewhere it turns letters such as the dotless i into ASCII ones.
    body = text.upper().removeprefix("RRULE:") if text.isascii() else ""
    if _CHARACTERS.fullmatch(body) is None:
        raise RecurrenceError("A rule looks like FREQ=WEEKLY;BYDAY=MO,TH.")
    parts: dict[str, str] = {}
    for part in body.split(";"):
        name, _, value = part.partition("=")
        if name in _TIME_PARTS:
            raise RecurrenceError("A task can't recur more often than daily.")
        if name not in _PARTS:
            raise RecurrenceError(f"The part {name[:20]!r} is not known.")
        if name in parts:
            raise RecurrenceError(f"{name} is given twice.")
        parts[name] = value
    return parts


def _number(name: str, text: str, limit: int, *, signed: bool = True) -> int:
    """A number of 1 to `limit`, or of -1 to -`limit` where `signed`."""
    if _NUMBER.fullmatch(text) is not None and (signed or text[0].isdigit()):
        number = int(text)
        if 1 <= abs(number) <= limit:
            return number
    span = f"1 to {limit}" + (f" or -{limit} to -1" if signed else "")
    raise RecurrenceError(f"{name} must be {span}.")


def _amount(parts: dict[str, str], name: str, limit: int) -> int | None:
    return _number(name, parts[name], limit, signed=False) if name in parts else None


def _numbers(
    parts: dict[str, str], name: str, limit: int, *, signed: bool = True
) -> tuple[int, ...]:
    if name not in parts:
        return ()
    items = parts[name].split(",")
    return tuple(sorted({_number(name, item, limit, signed=signed) for item in items}))


def _weekdays(text: str | None) -> tuple[tuple[int, int], ...]:
    days: set[tuple[int, int]] = set()
    for item in text.split(",") if text is not None else ():
        match = _WEEKDAY.fullmatch(item)
        if match is None:
            raise RecurrenceError("BYDAY must list weekdays such as MO, 1FR or -1SU.")
        ordinal = _number("A weekday's number", match[1], MOST_IN_YEAR) if match[1] else 0
        days.add((ordinal, WEEKDAYS.index(match[2])))
    return tuple(sorted(days))


def _until(text: str | None) -> date | None:
    if text is None:
        return None
    match = _UNTIL.fullmatch(text)
    try:
        if match is not None:
            return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        pass
    raise RecurrenceError("UNTIL must be a date of the calendar, as 20271231.")


def _week_start(text: str) -> int:
    if text not in WEEKDAYS:
        raise RecurrenceError("WKST must be a weekday such as MO or SU.")
    return WEEKDAYS.index(text)


def _listed(numbers: tuple[int, ...]) -> str:
    return ",".join(map(str, numbers))
