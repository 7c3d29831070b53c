"""When the parts of a course open to a learner."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


class Pacing(StrEnum):
    """When the weeks of a course open to somebody enrolled."""

    SELF = "self"
    """All at once."""
    SEQUENTIAL = "sequential"
    """A week when the one before it is done."""
    DAILY = "daily"
    """One day each local day, from the day of enrolment on."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a day stands in its course, and what the learner did around it.

    `ordinal`: its number in the course, from 1. `is_first_week`; `was_week_before_done`: now or ever,
    since what was opened stays open; `was_entered`: the day (with sequential pacing: anything from its
    week on) was ever completed or attempted, so that it stays open where an author put something before
    it.
    """

    ordinal: int
    is_first_week: bool
    was_week_before_done: bool
    was_entered: bool


@dataclass(frozen=True, slots=True)
class Opening:
    """Whether a day is open and, if the calendar alone decides, from which local date on."""

    is_open: bool
    opens_on: date | None = None


def find_opening(pacing: Pacing, place: Place, enrolled_on: date, today: date) -> Opening:
    """Whether a day of a course is open on the learner's `today`."""
    if pacing is Pacing.SELF or place.was_entered:
        return Opening(is_open=True)
    if pacing is Pacing.SEQUENTIAL:
        return Opening(is_open=place.is_first_week or place.was_week_before_done)
    opens_on = enrolled_on + timedelta(days=place.ordinal - 1)
    # Whoever travels west right after enrolling may come to the day before: the first day stays open.
    return Opening(today >= opens_on or place.ordinal == 1, opens_on)
