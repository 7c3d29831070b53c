"""Outcomes: all that an activity set off, ready to be stored in one transaction."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from app.game.calendar import Calendar
from app.game.ledger import Entry
from app.game.levels import level_at
from app.game.metrics import Metric
from app.game.player import Player
from app.game.rules import Rules
from app.game.streak import show_streak


@dataclass(frozen=True, slots=True)
class Blow:
    """Damage dealt to a boss, already cut at the hit points that it had left."""

    boss: str
    damage: int
    hp_left: int
    defeated: bool


@dataclass(frozen=True, slots=True)
class GoalProgress:
    """How far a quest or a challenge is now, in units of its metric."""

    key: str
    title: str
    progress: int
    target: int
    completed: bool


@dataclass(frozen=True, slots=True)
class BadgeAward:
    """A badge won."""

    key: str
    title: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """The player after the activity, and what brought it there.

    Invariants: the balances moved by exactly the sum of `entries`; `counters` holds the deltas that
    are not 0; `paid` says that the activity was rewarded, and so belongs to the streak's history
    (never so for an undo). `streak` is what the profile shows at the activity's instant. `hearts`
    is how many it gave or, below 0, took; what grew back by itself is not among them. `freezes` is
    how many streak freezes it gave.
    """

    player: Player
    paid: bool
    entries: tuple[Entry, ...]
    counters: Mapping[Metric, int]
    level_before: int
    level_after: int
    streak: int
    hearts: int = 0
    freezes: int = 0
    blows: tuple[Blow, ...] = ()
    goals: tuple[GoalProgress, ...] = ()
    badges: tuple[BadgeAward, ...] = ()

    @property
    def xp(self) -> int:
        """XP gained, negative for an undo."""
        return sum(entry.xp for entry in self.entries)

    @property
    def gold(self) -> int:
        """Gold gained, negative for an undo."""
        return sum(entry.gold for entry in self.entries)


def rest(player: Player, calendar: Calendar, now: datetime, rules: Rules) -> Outcome:
    """The outcome of a repeat, which changes nothing; the streak is as it shows now."""
    level = level_at(player.xp, rules)
    return Outcome(
        player=player,
        paid=False,
        entries=(),
        counters=MappingProxyType({}),
        level_before=level,
        level_after=level,
        streak=show_streak(player.streak, now, calendar),
    )
