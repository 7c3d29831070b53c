"""Attempting quizzes: the pass, what it pays, and what wrong answers cost."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.game.activity import Activity, ActivityKind, Attempt, Source, SourceType
from app.game.hearts import Hearts, regrow_hearts
from app.game.ledger import Entry, Reason
from app.game.metrics import Metric
from app.game.outcome import Outcome
from app.game.play import play
from app.game.player import new_player
from app.game.rules import RULES
from app.game.streak import Streak
from app.game.world import World
from tests.game.model import UTC_CALENDAR, Model
from tests.game.record import NOON

QUIZ = Source(SourceType.QUIZ, "7")
FAULTLESS = Attempt(questions=5, wrong=0, graded=True, first=True, pass_percent=80)
FULL = Hearts(5, None)

attempts = st.integers(1, 50).flatmap(
    lambda questions: st.builds(
        Attempt,
        st.just(questions),
        st.integers(0, questions),
        graded=st.booleans(),
        first=st.booleans(),
        pass_percent=st.integers(1, 100),
    )
)
hearts_left = st.just(FULL) | st.builds(Hearts, st.integers(1, 4), st.just(NOON))


def attempt(
    how: Attempt, *, streak: int = 0, hearts: Hearts = FULL, at: datetime = NOON
) -> Outcome:
    """The attempt, after a streak of so many days up to yesterday."""
    player = replace(new_player(RULES), hearts=hearts)
    if streak:
        yesterday = NOON - timedelta(days=1)
        player = replace(player, streak=Streak(streak, streak, yesterday, yesterday.date()))
    return play(
        player,
        Activity(ActivityKind.QUIZ_ATTEMPTED, QUIZ, at, UTC_CALENDAR, attempt=how),
        World(),
    )


@pytest.mark.parametrize(
    ("questions", "wrong", "pass_percent", "passed"),
    [
        (5, 1, 80, True),  # 80 % to the point
        (10, 2, 80, True),
        (10, 3, 80, False),
        (50, 10, 80, True),
        (50, 11, 80, False),
        (10_000, 2_000, 80, True),
        (10_000, 2_001, 80, False),  # 79.99 %
        (1, 0, 80, True),
        (1, 1, 80, False),
        (1, 0, 100, True),
        (1, 1, 1, False),
        (3, 1, 66, True),  # 66.66... %
        (3, 1, 67, False),
        (7, 0, 100, True),
        (7, 1, 100, False),
    ],
)
def test_passed_at_the_percentage(
    questions: int, wrong: int, pass_percent: int, passed: bool
) -> None:
    how = Attempt(questions, wrong, graded=True, first=True, pass_percent=pass_percent)
    assert how.right == questions - wrong
    assert how.is_passed is passed
    assert attempt(how).paid is passed


@given(attempts)
def test_one_more_right_answer_never_fails(how: Attempt) -> None:
    assert how.right + how.wrong == how.questions
    assert replace(how, wrong=0).is_passed
    assert not replace(how, wrong=how.questions).is_passed
    if how.wrong:
        assert replace(how, wrong=how.wrong - 1).is_passed >= how.is_passed


def test_a_pass_says_all_that_it_did() -> None:
    outcome = attempt(replace(FAULTLESS, wrong=1))
    assert outcome.entries == (Entry(Reason.QUIZ_PASSED, QUIZ, round=0, xp=30, gold=5),)
    assert outcome.counters == {Metric.QUIZZES_PASSED: 1, Metric.XP_EARNED: 30}
    assert (outcome.paid, outcome.streak, outcome.hearts) == (True, 1, -1)
    assert outcome.player.hearts == Hearts(4, NOON)
    assert (outcome.player.xp, outcome.player.gold) == (30, 5)


def test_a_faultless_first_attempt_pays_more() -> None:
    outcome = attempt(FAULTLESS)
    assert outcome.entries == (
        Entry(Reason.QUIZ_PASSED, QUIZ, round=0, xp=30, gold=5),
        Entry(Reason.QUIZ_PERFECT, QUIZ, round=0, xp=10, gold=0),
    )
    assert outcome.counters == {Metric.QUIZZES_PASSED: 1, Metric.XP_EARNED: 40}
    assert (outcome.hearts, outcome.player.hearts) == (0, FULL)


@pytest.mark.parametrize("how", [replace(FAULTLESS, first=False), replace(FAULTLESS, wrong=1)])
def test_a_later_or_faulty_one_does_not(how: Attempt) -> None:
    assert [entry.reason for entry in attempt(how).entries] == [Reason.QUIZ_PASSED]


def test_a_failed_attempt_costs_hearts_and_nothing_else() -> None:
    outcome = attempt(replace(FAULTLESS, wrong=2), streak=7)
    assert (outcome.paid, outcome.entries, dict(outcome.counters)) == (False, (), {})
    assert (outcome.hearts, outcome.player.hearts) == (-2, Hearts(3, NOON))
    assert (outcome.player.xp, outcome.player.gold) == (0, 0)
    assert outcome.player.streak.count == outcome.streak == 7


@pytest.mark.parametrize("wrong", [0, 2, 5])
def test_an_attempt_after_the_pass_is_for_practice(wrong: int) -> None:
    outcome = attempt(replace(FAULTLESS, wrong=wrong, graded=False, first=False), hearts=FULL)
    assert outcome.player == new_player(RULES)
    assert (outcome.paid, outcome.entries, outcome.hearts) == (False, (), 0)
    assert not outcome.counters


def test_practice_needs_no_heart() -> None:
    practice = replace(FAULTLESS, wrong=5, graded=False, first=False)
    assert attempt(practice, hearts=Hearts(0, NOON)).player.hearts == Hearts(0, NOON)


@pytest.mark.parametrize("wrong", [0, 1])
def test_without_a_heart_a_graded_attempt_is_refused(wrong: int) -> None:
    with pytest.raises(ValueError, match="heart"):
        attempt(replace(FAULTLESS, wrong=wrong), hearts=Hearts(0, NOON))


def test_a_heart_that_grew_back_is_enough() -> None:
    outcome = attempt(
        replace(FAULTLESS, wrong=3), hearts=Hearts(0, NOON), at=NOON + timedelta(hours=4)
    )
    assert (outcome.hearts, outcome.player.hearts.count) == (-1, 0)


def test_an_attempt_that_does_not_say_how_it_went_is_refused() -> None:
    activity = Activity(ActivityKind.QUIZ_ATTEMPTED, QUIZ, NOON, UTC_CALENDAR)
    with pytest.raises(ValueError, match="how it went"):
        play(new_player(RULES), activity, World())


@given(attempts, hearts_left)
def test_hearts_lost_are_the_wrong_answers_as_far_as_there_are_hearts(
    how: Attempt, hearts: Hearts
) -> None:
    outcome = attempt(how, hearts=hearts)
    lost = min(how.wrong, hearts.count) if how.graded else 0
    assert outcome.hearts == -lost
    left = regrow_hearts(outcome.player.hearts, NOON, RULES).count
    assert left == hearts.count - lost


@given(attempts, st.integers(0, 200))
def test_the_entries_add_up_to_the_whole_base_with_its_bonus(how: Attempt, days: int) -> None:
    """Flooring each by itself would lose a point here and there."""
    outcome = attempt(how, streak=days)
    paid = how.graded and how.is_passed
    base = 0 if not paid else 40 if how.first and not how.wrong else 30
    assert outcome.xp == base * (100 + min(days + 1, 50)) // 100
    assert outcome.gold == (5 if paid else 0)
    assert outcome.paid is paid


def test_flooring_each_entry_by_itself_would_lose_a_point() -> None:
    outcome = attempt(FAULTLESS, streak=4)  # 5 %: 31.5 and 10.5, together 42
    assert [entry.xp for entry in outcome.entries] == [31, 11]


def test_only_the_first_pass_pays() -> None:
    model = Model()
    paid = [model.attempt("1", 5, wrong).paid for wrong in (2, 1, 0, 0, 5)]
    assert paid == [False, True, False, False, False]
    assert (model.player.xp, model.player.gold) == (30, 5)
    assert model.counters[Metric.QUIZZES_PASSED] == 1
    assert [change for _, change in model.heart_changes] == [-2, -1]
