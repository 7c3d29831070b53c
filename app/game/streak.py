"""The streak: consecutive local days with at least one rewarded activity."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import islice
from typing import TypeAlias

from app.game.calendar import Calendar
from app.game.pause import Pauses, begin_pause, end_pause, is_paused
from app.game.rules import Rules


@dataclass(frozen=True, slots=True)
class Streak:
    """The streak as last written.

    `last_at` is the latest instant (UTC) of a rewarded activity, `last_on` the greatest local day
    ever counted; both are None before the first activity and never after it. `freezes` are days
    that may yet be missed. `pauses` are the dates that were rested, or will be.
    """

    count: int = 0
    longest: int = 0
    last_at: datetime | None = None
    last_on: date | None = None
    freezes: int = 0
    pauses: Pauses = ()


@dataclass(frozen=True, slots=True)
class RewardedAt:
    """A rewarded activity, with the learner's calendar of that time and its number."""

    at: datetime
    calendar: Calendar
    sequence: int = 0


@dataclass(frozen=True, slots=True)
class FreezesGained:
    """Streak freezes that came in: bought, won or given; below 0, those that an undo took back."""

    count: int


@dataclass(frozen=True, slots=True)
class PauseSet:
    """The learner rests from `on`, the local date of that time, until `until_on`."""

    on: date
    until_on: date


@dataclass(frozen=True, slots=True)
class PauseEnded:
    """The learner is back on `on`, the local date of that time."""

    on: date


StreakEvent: TypeAlias = RewardedAt | FreezesGained | PauseSet | PauseEnded


def count_activity(streak: Streak, at: datetime, calendar: Calendar) -> Streak:
    """The streak after one more rewarded activity (DESIGN, section 3).

    A day counts once, and only if it is later than every day counted before, so growth is bounded
    by calendar dates whatever the zones do. Missed days each use a freeze; with too few, none is
    used and the count is 1. A pause that runs ends, also on a day that counted before.
    """
    today = calendar.day_of(at)
    # Moved by activities that count no new day, too. After a journey west the dates already counted
    # come again; back east, only the instant of the latest activity shows that no day went by
    # without one.
    last_at = at if streak.last_at is None else max(streak.last_at, at)
    pauses = end_pause(streak.pauses, today)
    if streak.last_on is not None and today <= streak.last_on:
        return replace(streak, last_at=last_at, pauses=pauses)
    missed = _count_missed(streak, today, calendar)
    saved = missed <= streak.freezes
    count = streak.count + 1 if saved else 1
    return Streak(
        count=count,
        longest=max(streak.longest, count),
        last_at=last_at,
        last_on=today,
        freezes=streak.freezes - missed if saved else streak.freezes,
        pauses=pauses,
    )


def show_streak(streak: Streak, now: datetime, calendar: Calendar) -> int:
    """The streak as a reader sees it, without writing: 0 once it cannot be saved any more.

    Today can still be saved, so it is not missed yet. Invariant: it is 0 exactly if an activity at
    this instant would start again at 1 (or there never was one).
    """
    missed = _count_missed(streak, calendar.day_of(now), calendar)
    return streak.count if missed <= streak.freezes else 0


def gain_freezes(streak: Streak, n: int, rules: Rules) -> Streak:
    """Put freezes in store, as many as can be held; the rest is lost. Below 0, take what is there."""
    return replace(streak, freezes=min(max(0, streak.freezes + n), rules.max_freezes))


def set_pause(streak: Streak, on: date, until_on: date, rules: Rules) -> Streak:
    """Rest from `on`, the learner's present date, until `until_on` (see `begin_pause`)."""
    return replace(streak, pauses=begin_pause(streak.pauses, on, until_on, rules))


def drop_pause(streak: Streak, on: date) -> Streak:
    """Rest no longer: `on`, the learner's present date, has to be earned again."""
    return replace(streak, pauses=end_pause(streak.pauses, on))


def derive_streak(events: Iterable[StreakEvent], rules: Rules) -> Streak:
    """The streak that a history gives: a fold, in sequence order, from a streak that never began.

    Histories may be compressed first: of each maximal run of consecutive `RewardedAt` with the same
    local day, only the first event (the one that may count the day) and the one with the latest
    instant matter, because between them nothing but `last_at` moves. Where instants do not decrease
    within a run, as with one server's clock under the player's lock, the latest is the last.
    """
    streak = Streak()
    for event in events:
        streak = _apply(streak, event, rules)
    return streak


def find_peak(
    events: Iterable[StreakEvent], rules: Rules, counts: Callable[[RewardedAt], bool]
) -> int:
    """The greatest count that a history reaches with a rewarded activity that counts."""
    streak, peak = Streak(), 0
    for event in events:
        streak = _apply(streak, event, rules)
        if isinstance(event, RewardedAt) and counts(event):
            peak = max(peak, streak.count)
    return peak


def _apply(streak: Streak, event: StreakEvent, rules: Rules) -> Streak:
    if isinstance(event, RewardedAt):
        return count_activity(streak, event.at, event.calendar)
    if isinstance(event, FreezesGained):
        return gain_freezes(streak, event.count, rules)
    if isinstance(event, PauseSet):
        return set_pause(streak, event.on, event.until_on, rules)
    return drop_pause(streak, event.on)


def _count_missed(streak: Streak, today: date, calendar: Calendar) -> int:
    """Days between the last safe one and today, counted up to one more than the freezes.

    Two days are safe: the greatest counted one, and that of the latest activity as the present
    calendar dates it. The later of them decides, which is the smaller of the two gaps. Dates that
    the zone skipped were never there to be missed, and on paused ones the streak rests.
    """
    if streak.last_at is None or streak.last_on is None:
        return 0
    safe = max(streak.last_on, calendar.day_of(streak.last_at))
    between = (safe + timedelta(days=n) for n in range(1, (today - safe).days))
    missed = (day for day in between if calendar.has_day(day) and not is_paused(streak.pauses, day))
    return sum(1 for _ in islice(missed, streak.freezes + 1))
