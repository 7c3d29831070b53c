"""The player: all that the rules know and change of a learner."""

from dataclasses import dataclass

from app.game.hearts import Hearts
from app.game.rules import Rules
from app.game.streak import Streak


@dataclass(frozen=True, slots=True)
class Player:
    """Running balances, streak and hearts.

    Invariant: `xp` and `gold` are the sums of the player's ledger entries. `xp` is never negative;
    `gold` only after an undo of what was spent already, and with such a debt nothing is bought.
    """

    xp: int
    gold: int
    streak: Streak
    hearts: Hearts


def new_player(rules: Rules) -> Player:
    """Somebody who has just registered: nothing earned, all hearts."""
    return Player(xp=0, gold=0, streak=Streak(), hearts=Hearts(count=rules.max_hearts, since=None))
