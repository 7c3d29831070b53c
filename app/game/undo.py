"""Undo: takes back all that an activity gave, and nothing else."""

from collections.abc import Iterator

from app.game.activity import Activity, ActivityKind
from app.game.ledger import PaidEntry
from app.game.metrics import tally_activity
from app.game.outcome import Outcome
from app.game.player import Player
from app.game.retraction import retract, reverse_entry
from app.game.rules import Rules
from app.game.settlement import settle
from app.game.streak import derive_streak
from app.game.world import PastActivity, World

_UNDOABLE = {ActivityKind.TASK_COMPLETED, ActivityKind.COURSE_TASK_COMPLETED}


def undo_activity(player: Player, activity: Activity, world: World, rules: Rules) -> Outcome:
    """Reverse the standing entries at the price of their time; derive the streak without them.

    A milestone or a course is taken back if it is no longer met without the activity, whichever
    activity it was that finished it; and is left if it is met all the same, or was paid before the
    activity and so without it (its author has added to it since). An activity that was not
    paid never moved the streak, so its undo does not either. What it did to bosses, goals and badges
    is taken back last (`retract`). Raises ValueError when the world does
    not hold the activity to take back, when that is of another source or cannot be undone, and when
    its entries are more than the player's XP.
    """
    past = world.undone
    if past is None or past.activity.source != activity.source:
        raise ValueError("an undo needs the activity of the same source to take back")
    if past.activity.kind not in _UNDOABLE:
        raise ValueError(f"{past.activity.kind} cannot be undone")
    own = [paid for paid in past.entries if paid.entry.source == activity.source]
    taken = (*own, *_list_unmet(past, world))
    moved = past.paid or past.freezes
    base = settle(
        player,
        activity,
        rules,
        streak=derive_streak(world.history, rules) if moved else player.streak,
        paid=False,
        entries=tuple(reverse_entry(paid) for paid in taken),
        counters=tally_activity(past.activity.kind, (paid.entry for paid in taken), sign=-1),
    )
    return retract(base, taken, activity, world, rules)


def _list_unmet(past: PastActivity, world: World) -> Iterator[PaidEntry]:
    first = min((paid.id for paid in past.entries), default=0)
    for stage in world.stages:
        if stage.standing is not None and not stage.is_met and stage.standing.id >= first:
            yield stage.standing
