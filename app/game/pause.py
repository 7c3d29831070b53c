"""Pauses: local dates on which a learner rests, so that nothing is missed on them."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeAlias

from app.game.rules import Rules

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Pause:
    """The dates from `from_on` to `until_on`, both included."""

    from_on: date
    until_on: date

    def holds(self, day: date) -> bool:
        """Whether the date is one of the pause."""
        return self.from_on <= day <= self.until_on


Pauses: TypeAlias = tuple[Pause, ...]
"""In order, and parted by at least one date; what would touch is one pause."""


def is_paused(pauses: Pauses, day: date) -> bool:
    """Whether the learner rests on this date."""
    return any(pause.holds(day) for pause in pauses)


def find_pause(pauses: Pauses, today: date) -> Pause | None:
    """The pause that is not over yet.

    It may begin tomorrow, for a learner who went to a zone in which it is still yesterday.
    """
    return pauses[-1] if pauses and pauses[-1].until_on >= today else None


def count_used_days(pauses: Pauses, year: int) -> int:
    """How many dates of a calendar year are paused, those to come included."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    spans = ((min(pause.until_on, last) - max(pause.from_on, first)) for pause in pauses)
    return sum(max(0, (span + _DAY).days) for span in spans)


def measure_longest(pauses: Pauses, today: date, rules: Rules) -> int:
    """How many days from today on may be paused at most, in place of what was planned from today on.

    Each calendar year is held to its days, and a single pause to as many.
    """
    rested = end_pause(pauses, today)
    left = max(0, rules.pause_days_per_year - count_used_days(rested, today.year))
    days_of_year = (date(today.year + 1, 1, 1) - today).days
    # Nothing of the next year is used, since only days before today were rested.
    return left if left < days_of_year else rules.pause_days_per_year


def begin_pause(pauses: Pauses, today: date, until_on: date, rules: Rules) -> Pauses:
    """Rest from today on, in place of what was planned from today on; never back-dated.

    Days beyond what the years still have are lost. That is refused before, so it only happens where
    an undo has brought back an earlier pause.
    """
    rested = end_pause(pauses, today)
    days = min((until_on - today).days + 1, measure_longest(pauses, today, rules))
    if days < 1:
        return rested
    until_on = today + (days - 1) * _DAY
    if rested and rested[-1].until_on == today - _DAY:
        return (*rested[:-1], Pause(rested[-1].from_on, until_on))
    return (*rested, Pause(today, until_on))


def end_pause(pauses: Pauses, today: date) -> Pauses:
    """Only the days before today: the running pause ended yesterday, and none comes."""
    return tuple(
        Pause(pause.from_on, min(pause.until_on, today - _DAY))
        for pause in pauses
        if pause.from_on < today
    )
