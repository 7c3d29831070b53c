"""What learners choose to do: to accept a quest, to join a challenge, to fight a boss."""

from app.game.activity import Activity
from app.game.outcome import Outcome
from app.game.player import Player
from app.game.rules import Rules
from app.game.settlement import settle
from app.game.world import World


def note_choice(player: Player, activity: Activity, world: World, rules: Rules) -> Outcome:
    """Record the choice, with its number and day. It moves no balance and counts for nothing."""
    del world  # the same for every choice
    return settle(
        player, activity, rules, streak=player.streak, paid=False, entries=(), counters={}
    )
