"""What an activity sets off: bosses hurt, goals met, badges won, in the published order."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from app.game.activity import Activity
from app.game.battle import pay_victory, rate_damage, strike_bosses
from app.game.goal import Badge, Goal
from app.game.ledger import Entry, Mark
from app.game.levels import level_at
from app.game.metrics import (
    Metric,
    Scope,
    add_scopes,
    add_tallies,
    scope_tally,
    tally_entries,
)
from app.game.outcome import Outcome
from app.game.rules import Rules
from app.game.streak import Streak, gain_freezes, show_streak
from app.game.week import week_of
from app.game.world import World


def follow(base: Outcome, activity: Activity, world: World, rules: Rules) -> Outcome:
    """The outcome of the activity itself, with everything that it sets off.

    Bosses first, since their fall counts for goals; then goals until no other is met, since quests
    count for quests; badges last, since nothing counts them. What is left as it was is not in it.
    """
    outcome = _hit(base, activity, world, rules)
    outcome = _pursue(outcome, activity, world, rules)
    outcome = _award(outcome, activity, world, rules)
    return replace(
        outcome,
        streak=show_streak(outcome.player.streak, activity.occurred_at, activity.calendar),
        scoped=scope_tally(outcome.counters, activity.course),
        score=_score(outcome, activity, world),
    )


def _score(outcome: Outcome, activity: Activity, world: World) -> int:
    """What it adds to the XP of the week: nothing, if it was done in an earlier week already.

    That week keeps what it scored then, whatever is undone since; so it would score twice.
    """
    first_at = world.first_at or activity.occurred_at
    return outcome.xp if week_of(first_at) == week_of(activity.occurred_at) else 0


def extend(outcome: Outcome, entries: Iterable[Entry], freezes: int, rules: Rules) -> Outcome:
    """The outcome with more entries: balances, counters and level move with them.

    `freezes` are gained or, below 0, lost. Raises ValueError when the entries take more XP than
    there is.
    """
    added = tuple(entries)
    player = outcome.player
    xp = player.xp + sum(entry.xp for entry in added)
    if xp < 0:
        raise ValueError("the entries take more XP than the player has")
    streak = gain_freezes(player.streak, freezes, rules)
    gold = player.gold + sum(entry.gold for entry in added)
    return replace(
        outcome,
        player=replace(player, xp=xp, gold=gold, streak=streak),
        entries=(*outcome.entries, *added),
        freezes=outcome.freezes + freezes,
        level_after=level_at(xp, rules),
    )


def _hit(base: Outcome, activity: Activity, world: World, rules: Rules) -> Outcome:
    damage = rate_damage(activity, base.level_before, rules) if base.paid else 0
    hits = list(strike_bosses(world.battles, activity, damage, spent=world.is_spent))
    won = [
        pay_victory(battle, world.rounds)
        for battle, _ in hits
        if battle.is_won and not battle.shared
    ]
    return replace(
        extend(base, won, 0, rules),
        counters=add_tallies(base.counters, tally_entries(won)),
        damage=damage,
        battles=tuple(battle for battle, _ in hits),
        blows=tuple(blow for _, blow in hits),
    )


def _pursue(outcome: Outcome, activity: Activity, world: World, rules: Rules) -> Outcome:
    """Move every open goal whose window holds the activity, and pay those that it meets."""
    mark = Mark(world.sequence, activity.occurred_at, activity.local_on, activity.course)
    goals = [goal for goal in world.goals if not goal.finished and goal.window.holds(mark)]
    changed: dict[Goal, Goal] = {}
    finished: list[Goal] = []
    while True:
        moved = {goal: _measure(goal, outcome) for goal in goals if goal not in finished}
        met = [goal for goal, progress in moved.items() if progress >= goal.target]
        changed.update({goal: _move(goal, moved[goal]) for goal in moved})
        if not met:
            break
        entries = [goal.pay(world.rounds) for goal in met]
        outcome = extend(outcome, entries, sum(goal.reward.freezes for goal in met), rules)
        counters = add_tallies(outcome.counters, tally_entries(entries))
        outcome = replace(outcome, counters=counters)
        finished += met
    now = tuple(goal for before, goal in changed.items() if goal != before)
    return replace(outcome, goals=now)


def _measure(goal: Goal, outcome: Outcome) -> int:
    """The goal's progress with what has happened so far."""
    if goal.metric is Metric.STREAK_DAYS:
        return outcome.player.streak.count if outcome.paid else 0
    return goal.progress + outcome.counters.get(goal.metric, 0)


def _move(goal: Goal, progress: int) -> Goal:
    if progress >= goal.target:
        return replace(goal, progress=goal.target, finished=True)
    # The streak moves by days that go by as well: it is looked at, not kept.
    return goal if goal.metric is Metric.STREAK_DAYS else replace(goal, progress=progress)


def _award(outcome: Outcome, activity: Activity, world: World, rules: Rules) -> Outcome:
    prizes = {goal.reward.badge for goal in outcome.goals if goal.finished}
    values = add_scopes(
        world.counters,
        {(metric, None): delta for metric, delta in outcome.counters.items()},
        scope_tally(outcome.counters, activity.course),
    )
    won = tuple(
        badge
        for badge in world.badges
        if badge.key in prizes or is_won(badge, outcome.player.streak, values)
    )
    entries = [badge.pay(world.rounds) for badge in won]
    freezes = sum(badge.reward.freezes for badge in won)
    return replace(extend(outcome, entries, freezes, rules), badges=won)


def is_won(badge: Badge, streak: Streak, counters: Mapping[Scope, int]) -> bool:
    """Whether the badge is due by its metric: never for a prize, and by the longest streak ever."""
    if badge.metric is None:
        return False
    if badge.metric is Metric.STREAK_DAYS:
        return streak.longest >= badge.target
    return counters.get((badge.metric, badge.course), 0) >= badge.target
