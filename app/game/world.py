"""The world: everything beside the player that the rules may look at."""

from dataclasses import dataclass

from app.game.activity import Activity
from app.game.ledger import PaidEntry
from app.game.streak import StreakEvent


@dataclass(frozen=True, slots=True)
class PastActivity:
    """An activity that stands: whether it was rewarded, and its entries not yet reversed."""

    activity: Activity
    paid: bool
    entries: tuple[PaidEntry, ...]


@dataclass(frozen=True, slots=True)
class World:
    """A snapshot, read under the player's lock. Each kind of activity looks only at its own part.

    `round`: how often the source was undone before. `paid_today`: standing paid completions of
    personal tasks with the activity's local day. `undone`: what an undo takes back. `history`: the
    streak events that remain standing without it, in sequence order.
    """

    round: int = 0
    paid_today: int = 0
    undone: PastActivity | None = None
    history: tuple[StreakEvent, ...] = ()
