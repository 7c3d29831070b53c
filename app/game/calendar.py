"""The learner's day: a pure function of an instant, a zone and the hour at which the day starts."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_DAY = timedelta(days=1)
_TICK = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Calendar:
    """Says which local day it is. The hour is of the wall clock, 0-23 (ValueError otherwise).

    Instants come from the server's clock, so they lie in our time. Within two days of the years 1
    and 9999 the arithmetic may leave datetime's range; it then raises OverflowError, and never
    answers with a wrong date.
    """

    zone: ZoneInfo
    day_starts_at: int

    def __post_init__(self) -> None:
        if not 0 <= self.day_starts_at <= 23:
            raise ValueError("a day starts at an hour from 0 to 23")

    def day_of(self, instant: datetime) -> date:
        """The local date of an aware instant: its wall clock, less the hours of yesterday.

        The hours are taken off the naive wall clock, not off the instant, so that a day begins at
        the same time on the wall through every change of DST (DESIGN, section 3). It is not
        monotone: where the clock goes back over the start of a day, yesterday comes again for a
        while. ValueError for a naive instant.
        """
        if instant.utcoffset() is None:
            raise ValueError("a local day needs an aware instant")
        wall = instant.astimezone(self.zone).replace(tzinfo=None)
        return (wall - timedelta(hours=self.day_starts_at)).date()

    def end_of(self, day: date) -> datetime:
        """The first instant (UTC) whose local date is later than `day`.

        So no earlier instant has a later date; and all from it on have, but where the clock goes
        back over the start of a day: there yesterday comes again for a while (see `day_of`).
        """
        begin = datetime.combine(day + _DAY, time(hour=self.day_starts_at))
        end = begin.replace(tzinfo=self.zone).astimezone(UTC)
        return end if self._occurs(begin) else self._find_jump(begin, end, day)

    def _find_jump(self, begin: datetime, after: datetime, day: date) -> datetime:
        """When the clock jumped over the start of the day after `day`; at `after` it had.

        The reading with the offset after the jump lies before it (PEP 495), so that the jump is
        found by halving what is between.
        """
        before = begin.replace(tzinfo=self.zone, fold=1).astimezone(UTC)
        while after - before > _TICK:
            middle = before + (after - before) / 2
            if self.day_of(middle) > day:
                after = middle
            else:
                before = middle
        return after

    def has_day(self, day: date) -> bool:
        """Whether the date occurs at all: Samoa went from 29 to 31 December 2011.

        A date that does not occur lies wholly in a gap of the wall clock, so it is enough to ask
        for its ends.
        """
        begin = datetime.combine(day, time(hour=self.day_starts_at))
        return self._occurs(begin) or self._occurs(begin + _DAY - _TICK)

    def _occurs(self, wall: datetime) -> bool:
        # A wall time inside a gap comes back from UTC shifted by the gap (PEP 495).
        instant = wall.replace(tzinfo=self.zone).astimezone(UTC)
        return instant.astimezone(self.zone).replace(tzinfo=None) == wall
