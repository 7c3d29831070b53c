"""Pausing: what a learner does to rest, and to be back."""

from app.game.activity import Activity
from app.game.outcome import Outcome
from app.game.pause import measure_longest
from app.game.player import Player
from app.game.rules import Rules
from app.game.settlement import settle
from app.game.streak import Streak, drop_pause, set_pause
from app.game.world import World


def begin_rest(player: Player, activity: Activity, _world: World, rules: Rules) -> Outcome:
    """Pause from the activity's local day on, or give a running pause another end.

    It pays nothing. Raises ValueError for an activity that does not say until when, and where that
    is longer than the player may pause: such a pause is refused before.
    """
    if activity.pause_until is None:
        raise ValueError("a pause says until when it lasts")
    today, streak = activity.local_on, player.streak
    days = (activity.pause_until - today).days + 1
    if not 1 <= days <= measure_longest(streak.pauses, today, rules):
        raise ValueError(f"{days} days can't be paused")
    return _rest(player, activity, rules, set_pause(streak, today, activity.pause_until, rules))


def end_rest(player: Player, activity: Activity, _world: World, rules: Rules) -> Outcome:
    """End the pause: its days from the activity's local day on are given back. It pays nothing."""
    return _rest(player, activity, rules, drop_pause(player.streak, activity.local_on))


def _rest(player: Player, activity: Activity, rules: Rules, streak: Streak) -> Outcome:
    return settle(player, activity, rules, streak=streak, paid=False, entries=(), counters={})
