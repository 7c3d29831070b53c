"""The settlement: the one place where entries move balances, for every kind of activity."""

from collections.abc import Mapping
from dataclasses import replace

from app.game.activity import Activity
from app.game.hearts import change_hearts
from app.game.ledger import Entry
from app.game.levels import level_at
from app.game.metrics import Metric
from app.game.outcome import Outcome
from app.game.player import Player
from app.game.rules import Rules
from app.game.streak import Streak, gain_freezes, show_streak


def settle(
    player: Player,
    activity: Activity,
    rules: Rules,
    *,
    streak: Streak,
    paid: bool,
    entries: tuple[Entry, ...],
    counters: Mapping[Metric, int],
    hearts: int = 0,
    freezes: int = 0,
) -> Outcome:
    """Apply a resolved activity to the player. `hearts` are given or, below 0, taken.

    `freezes` come in after the streak has counted the activity, as `derive_streak` has it.

    Invariant: balances move by exactly the sum of the entries, so they stay the ledger's sum. Gold
    may go below zero (a debt). Raises ValueError when XP would: nothing spends XP, so the entries
    cannot be this player's.
    """
    xp = player.xp + sum(entry.xp for entry in entries)
    if xp < 0:
        raise ValueError("the entries take more XP than the player has")
    gold = player.gold + sum(entry.gold for entry in entries)
    held = change_hearts(player.hearts, hearts, activity.occurred_at, rules)
    streak = gain_freezes(streak, freezes, rules)
    return Outcome(
        player=replace(player, xp=xp, gold=gold, streak=streak, hearts=held),
        paid=paid,
        entries=entries,
        counters=counters,
        level_before=level_at(player.xp, rules),
        level_after=level_at(xp, rules),
        streak=show_streak(streak, activity.occurred_at, activity.calendar),
        hearts=hearts,
        freezes=freezes,
    )


def settle_unpaid(
    player: Player,
    activity: Activity,
    rules: Rules,
    counters: Mapping[Metric, int],
    hearts: int = 0,
) -> Outcome:
    """Apply an activity that pays nothing, and so does not move the streak; it may be counted."""
    return settle(
        player,
        activity,
        rules,
        streak=player.streak,
        paid=False,
        entries=(),
        counters=counters,
        hearts=hearts,
    )
