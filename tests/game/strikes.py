"""Bosses that strike back, day by day: for which days they do it, by looking at each."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Protocol

from app.game.activity import Activity, ActivityKind, Source, SourceType
from app.game.calendar import Calendar
from app.game.player import Player
from app.game.rules import Rules

SUFFERED = {ActivityKind.STRUCK, ActivityKind.BOSS_DEFEATED}
"""What happens to a learner, by time or by others."""


class Fighter(Protocol):
    """What there is to know of whoever may be struck."""

    now: datetime
    calendar: Calendar
    player: Player
    acts: list[Activity]


def list_struck_days(fighter: Fighter, since: Sequence[datetime], rules: Rules) -> Sequence[date]:
    """The days that went by without anything done while a boss raged, the newest of them.

    `since`: from when on each boss does.
    """
    if not since:
        return ()
    today = fighter.calendar.day_of(fighter.now)
    first = fighter.calendar.day_of(min(since))
    days = [first + timedelta(days=n) for n in range((today - first).days)]
    return [day for day in days if _is_missed(fighter, day)][-rules.max_strikes :]


def _is_missed(fighter: Fighter, day: date) -> bool:
    """Whether nothing was done on the day or later, no boss struck for it or later, and it was no rest.

    What was done last is also looked at by the present calendar: a journey takes nothing away.
    """
    own = [act for act in fighter.acts if act.kind not in SUFFERED]
    done = {act.local_on for act in own} | {
        fighter.calendar.day_of(act.occurred_at) for act in own[-1:]
    }
    struck = {date.fromisoformat(act.source.id) for act in list_strikes(fighter)}
    is_paused = any(p.from_on <= day <= p.until_on for p in fighter.player.streak.pauses)
    return day > max(done | struck, default=date.min) and not is_paused


def list_strikes(fighter: Fighter) -> Sequence[Activity]:
    """All that happened."""
    return [act for act in fighter.acts if act.kind is ActivityKind.STRUCK]


def strike_on(day: date, calendar: Calendar) -> Activity:
    """A boss's strike for a day, at its end."""
    source = Source(SourceType.STRIKE, day.isoformat())
    return Activity(ActivityKind.STRUCK, source, calendar.end_of(day), calendar)
