"""What has to hold of a learner with everything, after each step: what is kept is what stands."""

from collections import Counter
from datetime import date

from app.game.activity import Activity
from app.game.goal import Window
from app.game.hearts import derive_hearts, regrow_hearts
from app.game.metrics import SCOPED, Metric, Scope
from app.game.streak import derive_streak
from app.game.week import week_of
from tests.game.adventure import Adventure
from tests.game.measuring import measure, sum_damage
from tests.game.moves import check_balances, check_hearts, check_once, check_pauses
from tests.game.strikes import list_strikes


def check(model: Adventure) -> None:
    check_balances(model)
    check_once(model)
    assert model.player.streak == derive_streak(model.history(), model.rules)
    assert model.player.hearts == derive_hearts(model.heart_changes, model.rules)
    check_hearts(model)
    check_pauses(model)
    check_strikes(model)
    check_goals(model)
    check_battles(model)
    check_badges(model)
    check_counters(model)
    check_scores(model)


def check_strikes(model: Adventure) -> None:
    """Each took a heart if there was one, on one day after the other, at the end of the day."""
    days = [date.fromisoformat(strike.source.id) for strike in list_strikes(model)]
    assert days == sorted(set(days))
    taken = {at: change for at, change in model.heart_changes if change == -1}
    for strike, day in zip(list_strikes(model), days, strict=True):
        assert strike.calendar.day_of(strike.occurred_at) > day
        assert strike.occurred_at == strike.calendar.end_of(day)
        assert strike.occurred_at in taken or not _count_hearts(model, strike)


def _count_hearts(model: Adventure, strike: Activity) -> int:
    """The hearts that were there when a boss struck."""
    before = [change for change in model.heart_changes if change[0] < strike.occurred_at]
    hearts = derive_hearts(before, model.rules)
    return regrow_hearts(hearts, strike.occurred_at, model.rules).count


def check_goals(model: Adventure) -> None:
    """Open goals are not met, finished ones are, and the progress kept is that of what stands.

    A challenge that is over stays as it was, and of one that was left only the reward is kept.
    """
    payments = model.payments()
    for source, goal in model.list_goals().items():
        finished = source in payments
        if finished:
            assert model.progress[source] == goal.target
        if model.is_over(goal) or (source in model.left and not finished):
            continue
        reached = model.measure(goal)
        assert finished == (reached >= goal.target), goal
        if goal.metric is not Metric.STREAK_DAYS:
            assert model.progress.get(source, 0) == min(reached, goal.target), goal


def check_battles(model: Adventure) -> None:
    payments = model.payments()
    for battle, after in model.list_battles():
        dealt = sum_damage(model, battle, after)
        assert model.damage.get(battle.source, 0) == min(dealt, battle.hp)
        assert (battle.source in payments) == (dealt >= battle.hp)


def check_badges(model: Adventure) -> None:
    """Prizes are held as long as a goal stands that gives them, the others by what they ask."""
    payments = model.payments()
    given = {goal.reward.badge for source, goal in model.list_goals().items() if source in payments}
    for badge in model.campaign.badges:
        held = badge.source in payments
        assert held == (badge.key in model.badges)
        if badge.metric is None:
            assert held == (badge.key in given), badge
        elif badge.metric is Metric.STREAK_DAYS:
            assert held == (model.player.streak.longest >= badge.target)
        else:
            value = measure(model, badge.metric, Window(course=badge.course), model.rules)
            assert held == (value >= badge.target)


def check_counters(model: Adventure) -> None:
    course = int(model.course.id)
    counted = [metric for metric in Metric if metric is not Metric.STREAK_DAYS]
    everywhere = Counter({m: measure(model, m, Window(), model.rules) for m in counted})
    assert +model.counters == +everywhere
    in_course: Counter[Scope] = Counter(
        {(m, course): measure(model, m, Window(course=course), model.rules) for m in SCOPED}
    )
    assert +model.scoped == +in_course


def check_scores(model: Adventure) -> None:
    """What was paid in a week counts for it, but for what was taken back within the week; what had been
    paid in an earlier week already counts there alone.
    """
    rows = {paid.id: paid for paid in model.ledger}
    scores: Counter[date] = Counter()
    for paid in model.ledger:
        week_on = week_of(paid.mark.at)
        scorer = rows.get(paid.entry.reverses_id or 0, paid)
        if scorer.mark.scored and week_of(scorer.mark.at) == week_on:
            scores[week_on] += paid.entry.xp
    assert {on: xp for on, xp in model.scores.items() if xp} == {
        on: xp for on, xp in scores.items() if xp
    }
