"""The world: everything beside the player that the rules may look at."""

from dataclasses import dataclass

from app.game.activity import Activity, Source
from app.game.ledger import PaidEntry
from app.game.streak import StreakEvent


@dataclass(frozen=True, slots=True)
class PastActivity:
    """An activity that stands: whether it was rewarded, and its entries not yet reversed."""

    activity: Activity
    paid: bool
    entries: tuple[PaidEntry, ...]


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

    `round`: how often the source was undone before. `paid_today`: standing paid activities of the
    same kind with the activity's local day. `is_paid`: whether the source has been paid already and
    that stands. `undone`: what an undo takes back. `history`: the streak events that remain standing
    without it, in sequence order. `stages`: the week and the course of a course task, in this order.
    """

    round: int = 0
    paid_today: int = 0
    is_paid: bool = False
    undone: PastActivity | None = None
    history: tuple[StreakEvent, ...] = ()
    stages: tuple[Stage, ...] = ()
