"""Reviewing a card of spaced repetition."""

from app.game.activity import Activity
from app.game.hearts import regrow_hearts
from app.game.ledger import Entry, Reason
from app.game.metrics import tally_activity
from app.game.outcome import Outcome
from app.game.player import Player
from app.game.pricing import rate_activity
from app.game.rules import Rules
from app.game.settlement import settle, settle_unpaid
from app.game.world import World


def review_card(player: Player, activity: Activity, world: World, rules: Rules) -> Outcome:
    """Pay the review, once per card and local day and up to a number of them a day.

    Each time so many are paid on a day, one heart comes back, if one is missing. What is not paid is
    counted, but does not move the streak. That the card is due is seen to before.
    """
    if world.is_paid or world.paid_today >= rules.paid_reviews_per_day:
        return settle_unpaid(player, activity, rules, tally_activity(activity.kind))
    rate = rate_activity(player, activity, rules)
    xp = rate.xp(rules.review.xp)
    entry = Entry(Reason.REVIEWED, activity.source, world.round, xp=xp, gold=rules.review.gold)
    return settle(
        player,
        activity,
        rules,
        streak=rate.streak,
        paid=True,
        entries=(entry,),
        counters=tally_activity(activity.kind, [entry]),
        hearts=_count_given(player, activity, world, rules),
    )


def _count_given(player: Player, activity: Activity, world: World, rules: Rules) -> int:
    if (world.paid_today + 1) % rules.reviews_per_heart != 0:
        return 0
    hearts = regrow_hearts(player.hearts, activity.occurred_at, rules).count
    return min(1, rules.max_hearts - hearts)
