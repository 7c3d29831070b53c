"""What an undo takes back beyond the activity: it is as if only the rest had happened."""

from dataclasses import replace
from typing import Any

import pytest

from app.core.definitions import Cadence
from app.game.activity import Activity, ActivityKind, Source, SourceType
from app.game.battle import Battle, Blow
from app.game.goal import Reward
from app.game.metrics import Metric
from app.game.outcome import Outcome, rest
from app.game.play import play
from app.game.player import new_player
from app.game.retraction import retract
from app.game.rules import RULES, Difficulty
from app.game.streak import derive_streak
from app.game.world import PastActivity, World
from tests.game.adventure import Adventure
from tests.game.adventure_checks import check
from tests.game.campaign import Quest
from tests.game.model import UTC_CALENDAR
from tests.game.record import NOON
from tests.game.test_adventures import show
from tests.game.test_consequences import make_badge, set_out

KRAKEN = Battle(Source(SourceType.PARTY_BATTLE, "3"), "Kraken", 100, 60, 150, 40, shared=True)


def finished(model: Adventure) -> set[str]:
    return {source.id for source in model.payments() if source.type is SourceType.QUEST}


def test_the_undo_of_what_brought_everything_leaves_no_trace() -> None:
    """It killed a boss, filled a quest, gave a badge and a level."""
    model = set_out(
        Quest("three", Metric.TASKS_COMPLETED, 3, Reward(30, 5, 1)),
        badges=(make_badge("b", Reward(7, 2), Metric.TASKS_COMPLETED, 3),),
    )
    model.fight(60)
    model.complete("1")
    model.complete("2")
    before = show(model)
    done = model.complete("3", Difficulty.HARD)
    assert (done.xp, done.gold, done.level_after) == (40 + 50 + 30 + 7, 8 + 4 + 5 + 2, 2)
    undone = model.undo("3")
    assert (undone.xp, undone.gold) == (-done.xp, -done.gold)
    assert (undone.level_before, undone.level_after) == (2, 1)
    assert [blow.damage for blow in undone.blows] == [-40]
    assert [badge.key for badge in undone.lost_badges] == ["b"]
    assert show(model) == before
    again = model.complete("3", Difficulty.HARD)
    assert (again.xp, {entry.round for entry in again.entries}) == (done.xp, {1})
    check(model)


def test_what_another_fills_in_stays() -> None:
    model = set_out(Quest("two", Metric.TASKS_COMPLETED, 2, Reward(30, 5, 1)))
    for name in ("1", "2", "3"):
        model.complete(name)
    undone = model.undo("2")
    assert (undone.xp, undone.gold, undone.freezes) == (-10, -2, 1)
    assert finished(model) == {"two"}
    assert model.player.streak.freezes == 1
    check(model)


def test_freezes_of_another_s_goal_are_taken_back() -> None:
    """The quest was finished by the second, and falls with the first. The day before was missed."""
    model = set_out(Quest("two", Metric.TASKS_COMPLETED, 2, Reward(30, 5, 1)))
    model.complete("1")
    model.complete("2")
    model.wait(48)
    assert model.player.streak.freezes == 1
    undone = model.undo("1")
    assert (undone.xp, undone.freezes, model.player.streak.freezes) == (-40, -1, 0)
    assert undone.streak == 0  # nothing saves it now
    check(model)


def test_quests_that_only_hold_one_another_up_fall_together() -> None:
    """Without "b" there are "a" and the two of the chain: enough for both, if they were there."""
    model = set_out(
        Quest("a", Metric.TASKS_COMPLETED, 1, Reward(1)),
        Quest("b", Metric.TASKS_COMPLETED, 2, Reward(2)),
        Quest("chain", Metric.QUESTS_COMPLETED, 2, Reward(4)),
        Quest("link", Metric.QUESTS_COMPLETED, 3, Reward(8)),
    )
    model.complete("1")
    model.complete("2")
    assert finished(model) == {"a", "b", "chain", "link"}
    undone = model.undo("1")
    assert finished(model) == {"a"}
    assert undone.xp == -10 - 2 - 4 - 8
    assert {goal.key: goal.progress for goal in undone.goals if not goal.finished} == {
        "b": 1, "chain": 1, "link": 1,
    }  # fmt: skip


def test_a_chain_that_stands_on_others_stays() -> None:
    model = set_out(
        Quest("a", Metric.TASKS_COMPLETED, 1, Reward(1)),
        Quest("b", Metric.TASKS_COMPLETED, 2, Reward(2)),
        Quest("c", Metric.TASKS_COMPLETED, 1, Reward(2)),
        Quest("chain", Metric.QUESTS_COMPLETED, 2, Reward(4)),
        Quest("link", Metric.QUESTS_COMPLETED, 3, Reward(8)),
    )
    model.complete("1")
    model.complete("2")
    model.undo("1")
    assert finished(model) == {"a", "c", "chain", "link"}
    check(model)


def test_a_quest_that_was_accepted_later_falls_with_one_that_it_counted() -> None:
    model = set_out(
        Quest("two", Metric.TASKS_COMPLETED, 2, Reward(30)),
        Quest("later", Metric.QUESTS_COMPLETED, 1, Reward(5)),
    )
    model.abandon("later")
    model.complete("1")
    model.accept("later")
    model.complete("2")
    assert finished(model) == {"two", "later"}
    assert model.undo("1").xp == -10 - 30 - 5
    assert finished(model) == set()
    check(model)


def test_a_streak_that_was_counted_later_falls_with_an_earlier_day() -> None:
    """The quest was accepted on the second day, and needs the first one all the same."""
    model = set_out(Quest("regular", Metric.STREAK_DAYS, 2, Reward(15)))
    model.abandon("regular")
    model.complete("monday")
    model.wait(24)
    model.accept("regular")
    model.complete("tuesday")
    assert model.undo("monday").xp == -10 - 15
    assert finished(model) == set()
    check(model)


def test_a_streak_of_old_keeps_no_quest_of_another_day() -> None:
    """Once there was a streak of two days; now there is one day, and the next is undone."""
    model = set_out(Quest("again", Metric.STREAK_DAYS, 2, Reward(6), cadence=Cadence.DAILY))
    model.complete("monday")
    model.wait(24)
    model.complete("tuesday")
    model.wait(6 * 24)
    model.complete("another monday")
    model.wait(24)
    model.complete("another tuesday")
    assert finished(model) == {"again/2026-03-03", "again/2026-03-10"}
    model.undo("another tuesday")
    assert finished(model) == {"again/2026-03-03"}
    check(model)


@pytest.mark.parametrize("first", ["1", "2"])
def test_a_prize_stays_as_long_as_one_of_its_quests_stands(first: str) -> None:
    """Whichever of the two gave it: without that one, the other would have."""
    model = set_out(
        Quest("one", Metric.TASKS_COMPLETED, 1, Reward(badge="prize")),
        Quest("hard", Metric.XP_EARNED, 40, Reward(badge="prize")),
        badges=(make_badge("prize", Reward(11, 0, 1)),),
    )
    model.complete("1")
    assert model.badges == {"prize"}
    assert model.complete("2", Difficulty.HARD).badges == ()
    model.undo(first)
    assert model.badges == {"prize"}
    undone = model.undo({"1": "2", "2": "1"}[first])
    assert [badge.key for badge in undone.lost_badges] == ["prize"]
    assert (model.player.xp, model.player.streak) == (0, derive_streak((), RULES))
    check(model)


def test_a_prize_of_two_quests_that_came_at_once_stays_with_one_of_them() -> None:
    model = set_out(
        Quest("one", Metric.TASKS_COMPLETED, 1, Reward(badge="prize")),
        Quest("two", Metric.TASKS_COMPLETED, 2, Reward(badge="prize")),
        badges=(make_badge("prize", Reward(11)),),
    )
    model.abandon("one")
    model.complete("1")
    model.accept("one")
    model.complete("2")
    assert finished(model) == {"one", "two"}
    model.undo("1")
    assert (finished(model), model.badges) == ({"one"}, {"prize"})
    check(model)


@pytest.mark.parametrize(("hours", "score"), [(0, -140), (7 * 24, 0)])
def test_a_week_that_is_over_keeps_its_score(hours: int, score: int) -> None:
    model = set_out(Quest("two", Metric.TASKS_COMPLETED, 2, Reward(100)))
    model.complete("1", Difficulty.HARD)
    model.complete("2")
    model.wait(hours)
    undone = model.undo("1")
    assert (undone.xp, undone.score) == (-140, score)
    check(model)


def test_only_what_was_paid_this_week_is_taken_off_its_score() -> None:
    """The quest was finished this week, by another task."""
    model = set_out(Quest("two", Metric.TASKS_COMPLETED, 2, Reward(100)))
    model.complete("1", Difficulty.HARD)
    model.wait(7 * 24)
    model.complete("2")
    undone = model.undo("1")
    assert (undone.xp, undone.score) == (-140, -100)
    check(model)


def undo_blow(**around: Any) -> Outcome:
    """Undo a task that had dealt 25 to a party's boss."""
    source = Source(SourceType.TASK, "1")
    task = Activity(ActivityKind.TASK_COMPLETED, source, NOON, UTC_CALENDAR, Difficulty.HARD)
    past = PastActivity(task, paid=True, entries=(), sequence=1, blows={KRAKEN.source: 25})
    undo = replace(task, kind=ActivityKind.UNDONE)
    return play(new_player(RULES), undo, World(undone=past, **around))


def test_a_blow_at_a_party_s_boss_is_healed_as_it_was_cut() -> None:
    outcome = undo_blow(battles=(KRAKEN,))
    assert outcome.battles == (replace(KRAKEN, damage=35),)
    assert outcome.blows == (Blow(KRAKEN.source, "Kraken", -25, hp_left=65, defeated=False),)


def test_a_party_s_boss_that_fell_stays_fallen() -> None:
    """Then it is not among the battles of an undo."""
    outcome = undo_blow()
    assert (outcome.battles, outcome.blows, outcome.entries) == ((), (), ())


def test_a_badge_for_which_nothing_was_written_down_is_not_taken_back() -> None:
    badge = make_badge("old", Reward(5), Metric.TASKS_COMPLETED, 3)
    assert undo_blow(badges=(badge,)).lost_badges == ()


def test_an_undo_needs_what_it_takes_back() -> None:
    undo = Activity(ActivityKind.UNDONE, Source(SourceType.TASK, "1"), NOON, UTC_CALENDAR)
    base = rest(new_player(RULES), UTC_CALENDAR, NOON, RULES)
    with pytest.raises(ValueError, match="to take back"):
        retract(base, (), undo, World(), RULES)
