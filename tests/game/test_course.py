"""Completing the days of a course, and what that finishes."""

from dataclasses import replace
from datetime import timedelta

import pytest

from app.game.activity import Activity, ActivityKind, Source, SourceType
from app.game.ledger import Entry, PaidEntry, Reason
from app.game.metrics import Metric
from app.game.play import play
from app.game.player import Player, new_player
from app.game.rules import RULES, Difficulty
from app.game.streak import Streak
from app.game.world import Stage, World
from tests.game.model import UTC_CALENDAR, Model
from tests.game.record import MARK, NOON

DAY = Source(SourceType.COURSE_TASK, "7")
WEEK = Source(SourceType.WEEK, "1")
COURSE = Source(SourceType.COURSE, "1")
COMPLETED = Activity(ActivityKind.COURSE_TASK_COMPLETED, DAY, NOON, UTC_CALENDAR, Difficulty.MEDIUM)
OWN = Entry(Reason.COURSE_TASK_COMPLETED, DAY, round=0, xp=20, gold=4)
MILESTONE = Entry(Reason.MILESTONE_REACHED, WEEK, round=0, xp=50, gold=10)
WHOLE = Entry(Reason.COURSE_COMPLETED, COURSE, round=0, xp=200, gold=50)


def finish(*stages: Stage) -> tuple[Entry, ...]:
    return play(new_player(RULES), COMPLETED, World(stages=stages)).entries


def after_streak_of(days: int) -> Player:
    yesterday = NOON - timedelta(days=1)
    return replace(new_player(RULES), streak=Streak(days, days, yesterday, yesterday.date()))


@pytest.mark.parametrize(
    ("difficulty", "xp", "gold"),
    [
        (Difficulty.TRIVIAL, 5, 1),
        (Difficulty.EASY, 10, 2),
        (Difficulty.MEDIUM, 20, 4),
        (Difficulty.HARD, 40, 8),
    ],
)
def test_a_day_pays_like_a_personal_task(difficulty: Difficulty, xp: int, gold: int) -> None:
    outcome = play(new_player(RULES), replace(COMPLETED, difficulty=difficulty), World(round=3))
    assert outcome.entries == (Entry(Reason.COURSE_TASK_COMPLETED, DAY, 3, xp, gold),)
    assert outcome.counters == {Metric.COURSE_TASKS_COMPLETED: 1, Metric.XP_EARNED: xp}
    assert (outcome.paid, outcome.hearts, outcome.streak) == (True, 0, 1)


@pytest.mark.parametrize("paid_today", [20, 1000])
def test_there_is_no_limit_a_day(paid_today: int) -> None:
    assert play(new_player(RULES), COMPLETED, World(paid_today=paid_today)).paid


def test_what_is_finished_is_paid_after_the_day_itself() -> None:
    stages = (Stage(WEEK, is_met=True), Stage(COURSE, is_met=True))
    outcome = play(new_player(RULES), COMPLETED, World(stages=stages))
    assert outcome.entries == (OWN, MILESTONE, WHOLE)
    assert (outcome.xp, outcome.gold) == (270, 64)
    assert (outcome.player.xp, outcome.player.gold) == (270, 64)
    assert (outcome.level_before, outcome.level_after) == (1, 2)
    assert outcome.counters == {
        Metric.COURSE_TASKS_COMPLETED: 1,
        Metric.COURSES_COMPLETED: 1,
        Metric.XP_EARNED: 270,
    }


def test_a_week_without_its_course() -> None:
    stages = (Stage(WEEK, is_met=True), Stage(COURSE, is_met=False))
    outcome = play(new_player(RULES), COMPLETED, World(stages=stages))
    assert outcome.entries == (OWN, MILESTONE)
    assert outcome.counters == {Metric.COURSE_TASKS_COMPLETED: 1, Metric.XP_EARNED: 70}


def test_what_is_not_finished_or_is_paid_already_pays_nothing() -> None:
    standing = PaidEntry(3, MILESTONE, MARK)
    assert finish(Stage(WEEK, is_met=False), Stage(COURSE, is_met=False)) == (OWN,)
    assert finish(Stage(WEEK, is_met=True, standing=standing)) == (OWN,)
    assert finish(Stage(WEEK, is_met=False, standing=standing)) == (OWN,)


def test_a_stage_that_was_reversed_is_paid_in_its_next_round() -> None:
    assert finish(Stage(WEEK, is_met=True, round=2)) == (OWN, replace(MILESTONE, round=2))


@pytest.mark.parametrize("days", [9, 49, 1000])
def test_the_streak_raises_the_day_but_not_what_it_finishes(days: int) -> None:
    stages = (Stage(WEEK, is_met=True), Stage(COURSE, is_met=True))
    outcome = play(after_streak_of(days), COMPLETED, World(stages=stages))
    bonus = min(days + 1, 50)
    assert [entry.xp for entry in outcome.entries] == [20 * (100 + bonus) // 100, 50, 200]
    assert [entry.gold for entry in outcome.entries] == [4, 10, 50]


def test_a_day_without_difficulty_is_refused() -> None:
    with pytest.raises(ValueError, match="difficulty"):
        play(new_player(RULES), replace(COMPLETED, difficulty=None), World())


def test_a_course_from_its_first_day_to_its_last() -> None:
    model = Model()
    reasons = []
    for day in ("4", "1", "2", "3", "5"):
        outcome = model.complete_day(day)
        model.wait(24)
        reasons.append([str(entry.reason) for entry in outcome.entries[1:]])
    assert reasons == [
        [], [], [], ["milestone_reached"], ["milestone_reached", "course_completed"],
    ]  # fmt: skip
    assert (model.player.xp, model.player.gold) == (5 * 10 + 2 * 50 + 200, 5 * 2 + 2 * 10 + 50)
    assert model.counters[Metric.COURSES_COMPLETED] == 1
    assert model.player.streak.count == 5


def test_a_day_that_is_completed_changes_nothing_when_it_is_completed_again() -> None:
    model = Model()
    player = model.complete_day("1").player
    assert model.complete_day("1").player is player
    assert model.complete("1").paid  # a personal task of the same number is another source
