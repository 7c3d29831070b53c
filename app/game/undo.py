"""Undo: takes back all that an activity gave, and nothing else."""

from app.game.activity import Activity
from app.game.ledger import Entry, PaidEntry, Reason
from app.game.metrics import tally_activity
from app.game.outcome import Outcome
from app.game.player import Player
from app.game.rules import Rules
from app.game.settlement import settle
from app.game.streak import derive_streak
from app.game.world import World


def undo_activity(player: Player, activity: Activity, world: World, rules: Rules) -> Outcome:
    """Reverse the standing entries at the price of their time; derive the streak without them.

    An activity that was not paid never moved the streak, so its undo does not either. Raises
    ValueError when the world does not hold the activity to take back, when that is of another
    source or cannot be undone, and when its entries are more than the player's XP.
    """
    past = world.undone
    if past is None or past.activity.source != activity.source:
        raise ValueError("an undo needs the activity of the same source to take back")
    xp = sum(paid.entry.xp for paid in past.entries)
    return settle(
        player,
        activity,
        rules,
        streak=derive_streak(world.history, rules) if past.paid else player.streak,
        paid=False,
        entries=tuple(_reverse(paid) for paid in past.entries),
        counters=tally_activity(past.activity.kind, xp, sign=-1),
    )


def _reverse(paid: PaidEntry) -> Entry:
    entry = paid.entry
    return Entry(
        Reason.UNDO,
        entry.source,
        entry.round,
        xp=-entry.xp,
        gold=-entry.gold,
        reverses_id=paid.id,
    )
