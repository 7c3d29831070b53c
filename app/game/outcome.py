"""Outcomes: all that an activity set off, ready to be stored in one transaction."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from app.game.battle import Battle, Blow
from app.game.calendar import Calendar
from app.game.goal import Badge, Goal
from app.game.ledger import Entry
from app.game.levels import level_at
from app.game.metrics import Metric, Scope
from app.game.player import Player
from app.game.rules import Rules
from app.game.streak import show_streak


@dataclass(frozen=True, slots=True)
class Outcome:
    """The player after the activity, and what brought it there.

    Invariants: the balances moved by exactly the sum of `entries`; `counters` holds the deltas that
    are not 0; `paid` says that the activity was rewarded, and so belongs to the streak's history
    (never so for an undo). `streak` is what the profile shows at the activity's instant. `hearts`
    is how many it gave or, below 0, took; what grew back by itself is not among them. `freezes` is
    how many streak freezes it gave or, below 0, took.

    `damage`: what it deals to each boss that it hits, before it is cut; of an undo, what it could not
    give back. `battles` and `goals` are
    those that changed, as they are now, and `blows` says what the former felt. `badges` were won and
    `lost_badges` taken back. `scoped`: the deltas of the counters of courses. `score`: what it moves
    the XP of the present week.
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
    damage: int = 0
    battles: tuple[Battle, ...] = ()
    blows: tuple[Blow, ...] = ()
    goals: tuple[Goal, ...] = ()
    badges: tuple[Badge, ...] = ()
    lost_badges: tuple[Badge, ...] = ()
    scoped: Mapping[Scope, int] = field(default_factory=lambda: MappingProxyType({}))
    score: int = 0

    @property
    def is_scored(self) -> bool:
        """Whether its XP count for the week; not so for what had scored in an earlier one."""
        return self.xp <= 0 or self.score > 0

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
