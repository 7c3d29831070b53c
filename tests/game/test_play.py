"""Completing tasks through the one door."""

from dataclasses import replace
from datetime import timedelta

import pytest

from app.game.activity import Activity, ActivityKind, Source, SourceType
from app.game.ledger import Entry, Reason
from app.game.metrics import Metric, tally_activity
from app.game.outcome import rest
from app.game.play import play
from app.game.player import Player, new_player
from app.game.rules import RULES, Difficulty
from app.game.streak import Streak
from app.game.world import World
from tests.game.model import UTC_CALENDAR, Model
from tests.game.record import NOON

TASK = Source(SourceType.TASK, "1")
COMPLETED = Activity(
    ActivityKind.TASK_COMPLETED, TASK, NOON, UTC_CALENDAR, difficulty=Difficulty.MEDIUM
)


def play_after(days: int, difficulty: Difficulty) -> tuple[int, int]:
    """XP and gold of a task today, when the streak had so many days yesterday."""
    yesterday = NOON - timedelta(days=1)
    streak = Streak(days, days, yesterday, yesterday.date()) if days else Streak()
    activity = replace(COMPLETED, difficulty=difficulty)
    outcome = play(replace(new_player(RULES), streak=streak), activity, World())
    return outcome.xp, outcome.gold


@pytest.mark.parametrize(
    ("difficulty", "days", "xp", "gold"),
    [
        (Difficulty.TRIVIAL, 0, 5, 1),  # 5 * 101 // 100
        (Difficulty.EASY, 0, 10, 2),
        (Difficulty.MEDIUM, 0, 20, 4),
        (Difficulty.HARD, 0, 40, 8),
        (Difficulty.EASY, 8, 10, 2),  # 10 * 109 // 100
        (Difficulty.EASY, 9, 11, 2),  # today is the tenth day
        (Difficulty.HARD, 48, 59, 8),  # 40 * 149 // 100
        (Difficulty.HARD, 49, 60, 8),
        (Difficulty.HARD, 50, 60, 8),  # 50 per cent at most
        (Difficulty.HARD, 1000, 60, 8),
    ],
)
def test_price_with_the_streak_of_today(
    difficulty: Difficulty, days: int, xp: int, gold: int
) -> None:
    assert play_after(days, difficulty) == (xp, gold)


def test_a_completion_says_all_that_it_did() -> None:
    player = replace(new_player(RULES), xp=90, gold=7)
    outcome = play(player, COMPLETED, World(round=3))
    streak = Streak(1, 1, NOON, NOON.date(), 0)
    assert outcome.player == Player(xp=110, gold=11, streak=streak, hearts=player.hearts)
    assert outcome.paid
    assert outcome.entries == (Entry(Reason.TASK_COMPLETED, TASK, round=3, xp=20, gold=4),)
    assert outcome.counters == {Metric.TASKS_COMPLETED: 1, Metric.XP_EARNED: 20}
    assert (outcome.level_before, outcome.level_after, outcome.streak) == (1, 2, 1)
    assert (outcome.blows, outcome.goals, outcome.badges) == ((), (), ())


@pytest.mark.parametrize(("paid_today", "paid"), [(19, True), (20, False), (21, False)])
def test_twenty_are_paid_a_day(paid_today: int, paid: bool) -> None:
    outcome = play(new_player(RULES), COMPLETED, World(paid_today=paid_today))
    assert outcome.paid is paid
    assert bool(outcome.entries) is paid
    assert outcome.counters[Metric.TASKS_COMPLETED] == 1


def test_an_unpaid_completion_moves_nothing_but_its_counter() -> None:
    player = new_player(RULES)
    outcome = play(player, COMPLETED, World(paid_today=20))
    assert outcome.player == player
    assert (outcome.xp, outcome.gold, outcome.streak) == (0, 0, 0)
    assert outcome.counters == {Metric.TASKS_COMPLETED: 1}


def test_the_limit_is_of_a_local_day() -> None:
    model = Model()
    first = [model.complete(f"{n}").paid for n in range(22)]
    model.wait(24)
    second = [model.complete(f"{n}").paid for n in range(22, 44)]
    assert first == second == [True] * 20 + [False] * 2


def test_an_occurrence_is_a_source_like_a_task() -> None:
    source = Source(SourceType.TASK_OCCURRENCE, "1:2026-03-02")
    outcome = play(new_player(RULES), replace(COMPLETED, source=source), World())
    assert outcome.entries[0].source == source


def test_a_repeat_changes_nothing() -> None:
    model = Model()
    player = model.complete("1").player
    outcome = model.complete("1")
    assert outcome.player is player
    assert outcome == rest(player, UTC_CALENDAR, NOON, RULES)
    assert (outcome.xp, outcome.gold, outcome.paid, dict(outcome.counters)) == (0, 0, False, {})
    assert (outcome.level_before, outcome.level_after, outcome.streak) == (1, 1, 1)


def test_a_repeat_shows_a_lost_streak() -> None:
    player = Model().complete("1").player
    assert rest(player, UTC_CALENDAR, NOON + timedelta(days=2), RULES).streak == 0


def test_activities_know_their_local_day() -> None:
    assert COMPLETED.local_on == NOON.date()


def test_a_task_without_difficulty_is_refused() -> None:
    with pytest.raises(ValueError, match="difficulty"):
        play(new_player(RULES), replace(COMPLETED, difficulty=None), World())


def test_an_undo_counts_for_nothing() -> None:
    with pytest.raises(ValueError, match="not counted"):
        tally_activity(ActivityKind.UNDONE)


def test_metrics_are_those_of_the_design() -> None:
    names = (
        "tasks_completed, course_tasks_completed, quizzes_passed, reviews_done, xp_earned, "
        "streak_days, bosses_defeated, quests_completed, courses_completed"
    )
    assert [str(metric) for metric in Metric] == names.split(", ")
