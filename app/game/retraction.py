"""What an undo takes back beyond the activity itself: damage, victories, goals and badges."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from app.game.activity import Activity, SourceType
from app.game.battle import Battle, Blow
from app.game.consequences import extend, is_won
from app.game.goal import Badge, Goal, Window
from app.game.ledger import Entry, Mark, PaidEntry, Reason
from app.game.metrics import (
    Metric,
    Scope,
    add_scopes,
    add_tallies,
    scope_tally,
    tally_activity,
    tally_entries,
)
from app.game.outcome import Outcome
from app.game.rules import Rules
from app.game.streak import RewardedAt, find_peak, show_streak
from app.game.week import week_of
from app.game.world import PastActivity, World


def reverse_entry(paid: PaidEntry) -> Entry:
    """The reversal of an entry, at the price of its time."""
    entry = paid.entry
    return Entry(
        Reason.UNDO,
        entry.source,
        entry.round,
        xp=-entry.xp,
        gold=-entry.gold,
        reverses_id=paid.id,
    )


def retract(
    base: Outcome,
    taken: Sequence[PaidEntry],
    activity: Activity,
    world: World,
    rules: Rules,
) -> Outcome:
    """The outcome of an undo with all that no longer stands without the undone activity.

    `base` has its own entries and stages, `taken` says which. In the order in which they came about:
    bosses, goals until no other falls, badges. What another activity had finished falls, too, if it
    is not met without this one; what this one had finished stays if it is. A party's victory stays.
    """
    past = world.undone
    if past is None:
        raise ValueError("an undo needs the activity to take back")
    taken = list(taken)
    battles = list(_heal(world.battles, past))
    taken += [was.standing for was, now in battles if was.standing and not now.is_won]
    goals = _reopen(world, taken, rules)
    lost = tuple(_list_lost(base, past, world, goals, taken))
    taken += [badge.standing for badge in lost if badge.standing]
    fallen = taken[len(base.entries) :]
    entries = [reverse_entry(paid) for paid in fallen]
    outcome = extend(base, entries, _count_freezes(past, world, goals, lost), rules)
    return replace(
        outcome,
        counters=add_tallies(base.counters, tally_entries((p.entry for p in fallen), -1)),
        streak=show_streak(outcome.player.streak, activity.occurred_at, activity.calendar),
        scoped=_scope(past, taken),
        damage=_count_spent(world.battles, past),
        battles=tuple(now for _, now in battles),
        blows=tuple(_feel(now, past) for _, now in battles if now.source in past.blows),
        goals=tuple(
            now for was, now in goals.items() if was.finished or now.progress != was.before
        ),
        lost_badges=lost,
        score=_score(taken, activity.occurred_at),
    )


def _count_spent(battles: Iterable[Battle], past: PastActivity) -> int:
    """The damage that stays dealt: in battles that a party has won since."""
    healed = {battle.source for battle in battles}
    return sum(
        damage
        for source, damage in past.blows.items()
        if source.type is SourceType.PARTY_BATTLE and source not in healed
    )


def _heal(battles: Iterable[Battle], past: PastActivity) -> Iterator[tuple[Battle, Battle]]:
    """Each battle before and after. One of one's own comes with the damage that stands."""
    for battle in battles:
        if battle.shared:
            damage = battle.damage - past.blows.get(battle.source, 0)
        else:
            damage = min(battle.damage, battle.hp)
        yield battle, replace(battle, damage=damage)


def _feel(battle: Battle, past: PastActivity) -> Blow:
    damage = -past.blows[battle.source]
    return Blow(battle.source, battle.title, damage, battle.hp_left, battle.is_won)


def _reopen(world: World, taken: list[PaidEntry], rules: Rules) -> dict[Goal, Goal]:
    """Every goal by what it was, as it is now; the payments of those that fall are added to `taken`.

    Quests count for quests, so some may only hold one another up. None stands at first, and those come
    back that are met by what stands already, until no other does.
    """
    finished = [goal for goal in world.goals if goal.finished]
    standing: list[Goal] = []
    while True:
        fallen = [goal.standing for goal in finished if goal.standing and goal not in standing]
        goals = {goal: _remeasure(goal, world, [*taken, *fallen], rules) for goal in world.goals}
        back = [goal for goal in finished if goal not in standing and goals[goal].finished]
        if not back:
            taken += fallen
            return goals
        standing += back


def _remeasure(goal: Goal, world: World, taken: Iterable[PaidEntry], rules: Rules) -> Goal:
    if goal.metric is Metric.STREAK_DAYS:
        peak = find_peak(world.history, rules, lambda event: _is_held(event, goal.window))
        progress = peak if goal.finished else 0
    else:
        gone = [paid.entry for paid in taken if goal.window.holds(paid.mark)]
        progress = goal.progress + tally_entries(gone, -1).get(goal.metric, 0)
    if goal.finished and progress >= goal.target:
        return replace(goal, progress=goal.target)
    kept = 0 if goal.metric is Metric.STREAK_DAYS else min(progress, goal.target)
    return replace(goal, progress=kept, finished=False)


def _is_held(event: RewardedAt, window: Window) -> bool:
    return window.holds(Mark(event.sequence, event.at, event.calendar.day_of(event.at)))


def _list_lost(
    base: Outcome,
    past: PastActivity,
    world: World,
    goals: Mapping[Goal, Goal],
    taken: Iterable[PaidEntry],
) -> Iterator[Badge]:
    """Badges that are no longer won, and prizes for which no goal stands any more."""
    global_delta = add_tallies(
        tally_activity(past.activity.kind, sign=-1),
        tally_entries((paid.entry for paid in taken), -1),
    )
    counters = add_scopes(
        world.counters,
        {(metric, None): delta for metric, delta in global_delta.items()},
        _scope(past, taken),
    )
    fallen = Counter(
        goal.reward.badge for goal, now in goals.items() if goal.standing and not now.finished
    )
    for badge in world.badges:
        if badge.standing is None:
            continue
        if badge.metric is None:
            lost = 0 < fallen[badge.key] >= world.givers.get(badge.key, 0)
        else:
            lost = not is_won(badge, base.player.streak, counters)
        if lost:
            yield badge


def _count_freezes(
    past: PastActivity, world: World, goals: Mapping[Goal, Goal], lost: Sequence[Badge]
) -> int:
    """Freezes that the undone activity's goals keep, less those that others' goals lose.

    The history leaves the undone activity out with all its freezes, and keeps the others' in.
    """
    rewards = [
        (goal.standing, goal.reward.freezes, now.finished) for goal, now in goals.items()
    ] + [(badge.standing, badge.reward.freezes, badge not in lost) for badge in world.badges]
    count = 0
    for standing, freezes, stays in rewards:
        if standing is None:
            continue
        was_own = standing.mark.sequence == past.sequence
        count += freezes * (int(was_own and stays) - int(not was_own and not stays))
    return count


def _scope(past: PastActivity, taken: Iterable[PaidEntry]) -> Mapping[Scope, int]:
    return add_scopes(
        scope_tally(tally_activity(past.activity.kind, sign=-1), past.activity.course),
        *(scope_tally(tally_entries([paid.entry], -1), paid.mark.course) for paid in taken),
    )


def _score(taken: Iterable[PaidEntry], now: datetime) -> int:
    """What the present week's XP loses: only what scored in it, since earlier weeks are closed.

    Weeks are ISO weeks in UTC (DESIGN 3).
    """
    week_on = week_of(now)
    scored = (paid for paid in taken if paid.mark.scored)
    return -sum(paid.entry.xp for paid in scored if week_of(paid.mark.at) == week_on)
