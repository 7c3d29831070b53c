"""A fighter's share in the fall of a party's boss."""

from app.game.activity import Activity
from app.game.ledger import Entry, Reason
from app.game.metrics import tally_entries
from app.game.outcome import Outcome
from app.game.player import Player
from app.game.rules import Rules
from app.game.settlement import settle
from app.game.world import World


def share_victory(player: Player, activity: Activity, world: World, rules: Rules) -> Outcome:
    """Pay the spoils, once for a battle and fighter.

    Another's blow may have brought it, so it counts no day. It is no completion: nothing undoes it.
    Raises ValueError for an activity without spoils.
    """
    if activity.spoils is None:
        raise ValueError("a victory says what it pays")
    price = activity.spoils
    entry = Entry(Reason.BOSS_DEFEATED, activity.source, world.round, price.xp, price.gold)
    return settle(
        player,
        activity,
        rules,
        streak=player.streak,
        paid=False,
        entries=(entry,),
        counters=tally_entries([entry]),
    )
