"""Completing a personal task, or one occurrence of a recurring one."""

from app.game.activity import Activity
from app.game.ledger import Entry, Reason
from app.game.metrics import tally_activity
from app.game.outcome import Outcome
from app.game.player import Player
from app.game.pricing import rate_activity
from app.game.rules import Rules
from app.game.settlement import settle, settle_unpaid
from app.game.world import World


def complete_task(player: Player, activity: Activity, world: World, rules: Rules) -> Outcome:
    """Pay the task's gold, and its XP with the streak's bonus.

    Personal tasks are self-declared, so beyond a number of paid ones on a local day they are counted
    but pay nothing and do not move the streak. Raises ValueError for an activity without difficulty.
    """
    if activity.difficulty is None:
        raise ValueError("a completed task has a difficulty")
    if world.paid_today >= rules.paid_tasks_per_day:
        return settle_unpaid(player, activity, rules, tally_activity(activity.kind))
    rate = rate_activity(player, activity, rules)
    price = rules.prices[activity.difficulty]
    xp = rate.xp(price.xp)
    entry = Entry(Reason.TASK_COMPLETED, activity.source, world.round, xp=xp, gold=price.gold)
    return settle(
        player,
        activity,
        rules,
        streak=rate.streak,
        paid=True,
        entries=(entry,),
        counters=tally_activity(activity.kind, [entry]),
    )
