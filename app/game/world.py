"""The world: everything beside the player that the rules may look at."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from app.game.activity import Activity, Source
from app.game.battle import Battle
from app.game.goal import Badge, Goal
from app.game.ledger import PaidEntry
from app.game.metrics import Scope
from app.game.streak import StreakEvent


@dataclass(frozen=True, slots=True)
class PastActivity:
    """An activity that stands: whether it was rewarded, its entries not yet reversed, its number, and
    how many freezes it gave.

    `blows`: what it dealt to each boss, as it was cut then.
    """

    activity: Activity
    paid: bool
    entries: tuple[PaidEntry, ...]
    sequence: int = 0
    freezes: int = 0
    blows: Mapping[Source, int] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Stage:
    """A week or a course: a part of the way that a completion may finish, and an undo unfinish.

    `is_met`: all its days are completed, counting the activity that is played (for an undo: without
    what it takes back). `standing`: what it paid, if it did and that was not reversed; `round`: how
    often such a payment was reversed before.
    """

    source: Source
    is_met: bool
    round: int = 0
    standing: PaidEntry | None = None


@dataclass(frozen=True, slots=True)
class World:
    """A snapshot, read under the player's lock. Each kind of activity looks only at its own part.

    `sequence`: the number that the activity will have among the player's. `round`: how often the source
    was undone before. `paid_today`: standing paid activities of the same kind with the activity's local day.
    `is_paid`: whether the source has been paid already and that stands. `first_at`: when it was done
    for the first time, if ever. `is_spent`: whether it dealt a blow that an undo could not give back,
    in a battle that a party has won. `undone`: what an undo takes
    back. `history`: the streak events that remain standing without it, in sequence order. `stages`:
    the week and the course of a course task, in this order.

    `battles`: those that run; for an undo, those in which the undone activity counted, a battle of
    one's own with the damage of the standing activities without it (also beyond the hit points).
    `goals`: those that are open; for an undo, all in whose window it stood, with the progress without
    it. `badges`: those in force that the player does not have; for an undo, those that it has.
    `givers`: for an undo, how many of the player's finished goals have each badge as their prize.
    `counters`: the player's, before the activity; those without a value are 0. `rounds`: how often
    what battles, goals and badges had paid was reversed before; those without a value were not.
    """

    sequence: int = 1
    round: int = 0
    paid_today: int = 0
    is_paid: bool = False
    first_at: datetime | None = None
    is_spent: bool = False
    undone: PastActivity | None = None
    history: tuple[StreakEvent, ...] = ()
    stages: tuple[Stage, ...] = ()
    battles: tuple[Battle, ...] = ()
    goals: tuple[Goal, ...] = ()
    badges: tuple[Badge, ...] = ()
    givers: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    counters: Mapping[Scope, int] = field(default_factory=lambda: MappingProxyType({}))
    rounds: Mapping[Source, int] = field(default_factory=lambda: MappingProxyType({}))
