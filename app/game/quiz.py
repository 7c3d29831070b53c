"""Attempting a quiz: what it costs in hearts, and what passing it pays, once."""

from app.game.activity import Activity, Attempt
from app.game.hearts import regrow_hearts
from app.game.ledger import Entry, Reason
from app.game.metrics import tally_activity
from app.game.outcome import Outcome
from app.game.player import Player
from app.game.pricing import Rate, rate_activity
from app.game.rules import Rules
from app.game.settlement import settle, settle_unpaid
from app.game.world import World


def attempt_quiz(player: Player, activity: Activity, world: World, rules: Rules) -> Outcome:
    """Take a heart for each wrong answer, as far as there are any; pay the pass.

    An attempt after the pass is for practice: it costs and pays nothing. Raises ValueError for an
    activity without an attempt, and for a graded one without a heart: that is refused before.
    """
    attempt = activity.attempt
    if attempt is None:
        raise ValueError("an attempt at a quiz says how it went")
    lost = _count_lost(player, activity, attempt, rules)
    if not (attempt.graded and attempt.is_passed):
        return settle_unpaid(player, activity, rules, counters={}, hearts=-lost)
    rate = rate_activity(player, activity, rules)
    entries = _pay(activity, attempt, world, rate, rules)
    return settle(
        player,
        activity,
        rules,
        streak=rate.streak,
        paid=True,
        entries=entries,
        counters=tally_activity(activity.kind, entries),
        hearts=-lost,
    )


def _count_lost(player: Player, activity: Activity, attempt: Attempt, rules: Rules) -> int:
    if not attempt.graded:
        return 0
    hearts = regrow_hearts(player.hearts, activity.occurred_at, rules).count
    if hearts == 0:
        raise ValueError("a graded attempt needs a heart")
    return min(attempt.wrong, hearts)


def _pay(
    activity: Activity, attempt: Attempt, world: World, rate: Rate, rules: Rules
) -> tuple[Entry, ...]:
    """The pass and, for a faultless very first attempt, what is added to its base.

    The second entry is the difference that it makes, so that both add up to the XP of the whole base
    (flooring each by itself could lose a point).
    """
    xp = rate.xp(rules.quiz.xp)
    entries = [Entry(Reason.QUIZ_PASSED, activity.source, world.round, xp, rules.quiz.gold)]
    if attempt.first and attempt.wrong == 0:
        more = rate.xp(rules.quiz.xp + rules.perfect_quiz_xp) - xp
        entries.append(Entry(Reason.QUIZ_PERFECT, activity.source, world.round, more, gold=0))
    return tuple(entries)
