"""Reviewing cards."""

from dataclasses import replace
from datetime import timedelta

import pytest

from app.game.activity import Activity, ActivityKind, Source, SourceType
from app.game.hearts import Hearts
from app.game.ledger import Entry, Reason
from app.game.metrics import Metric
from app.game.play import play
from app.game.player import new_player
from app.game.rules import RULES
from app.game.streak import Streak
from app.game.world import World
from tests.game.model import UTC_CALENDAR, Model
from tests.game.record import NOON

CARD = Source(SourceType.CARD_DAY, "3:2026-03-02")
REVIEWED = Activity(ActivityKind.REVIEWED, CARD, NOON, UTC_CALENDAR)
HURT = Hearts(2, NOON)


def test_a_review_pays_one_point() -> None:
    outcome = play(new_player(RULES), REVIEWED, World())
    assert outcome.entries == (Entry(Reason.REVIEWED, CARD, round=0, xp=1, gold=0),)
    assert outcome.counters == {Metric.REVIEWS_DONE: 1, Metric.XP_EARNED: 1}
    assert (outcome.paid, outcome.streak, outcome.hearts) == (True, 1, 0)
    assert outcome.player.xp == 1


@pytest.mark.parametrize("days", [1, 49, 500])
def test_no_streak_makes_more_of_it(days: int) -> None:
    yesterday = NOON - timedelta(days=1)
    streak = Streak(days, days, yesterday, yesterday.date())
    outcome = play(replace(new_player(RULES), streak=streak), REVIEWED, World())
    assert (outcome.xp, outcome.streak) == (1, days + 1)


@pytest.mark.parametrize(
    "world", [World(paid_today=100), World(paid_today=101), World(is_paid=True)]
)
def test_what_is_not_paid_is_counted_and_moves_nothing_else(world: World) -> None:
    player = replace(new_player(RULES), hearts=HURT)
    outcome = play(player, REVIEWED, world)
    assert outcome.player == player
    assert (outcome.paid, outcome.entries, outcome.hearts, outcome.streak) == (False, (), 0, 0)
    assert outcome.counters == {Metric.REVIEWS_DONE: 1}


def test_a_hundred_are_paid_a_day() -> None:
    model = Model()
    assert [model.review(f"{n}").paid for n in range(102)] == [True] * 100 + [False] * 2
    model.wait(24)
    assert model.review("0").paid
    assert model.player.xp == 101
    assert model.counters[Metric.REVIEWS_DONE] == 103


def test_a_card_is_paid_once_a_day() -> None:
    model = Model()
    assert [model.review("1").paid for _ in range(3)] == [True, False, False]
    assert model.review("2").paid
    model.wait(24)
    assert model.review("1").paid


@pytest.mark.parametrize("paid_today", range(100))
def test_every_tenth_gives_a_heart_back(paid_today: int) -> None:
    player = replace(new_player(RULES), hearts=HURT)
    outcome = play(player, REVIEWED, World(paid_today=paid_today))
    is_tenth = paid_today % 10 == 9
    assert outcome.hearts == is_tenth
    assert outcome.player.hearts == (Hearts(3, NOON) if is_tenth else HURT)


@pytest.mark.parametrize("hearts", [Hearts(5, None), Hearts(4, NOON - timedelta(hours=4))])
def test_nothing_comes_back_where_nothing_is_missing(hearts: Hearts) -> None:
    player = replace(new_player(RULES), hearts=hearts)
    outcome = play(player, REVIEWED, World(paid_today=9))
    assert (outcome.hearts, outcome.player.hearts) == (0, hearts)


def test_ten_reviews_after_a_bad_quiz() -> None:
    model = Model()
    model.attempt("1", questions=5, wrong=5)
    assert model.player.hearts.count == 0
    hearts = [model.review(f"{n}").hearts for n in range(20)]
    assert hearts == ([0] * 9 + [1]) * 2
    assert model.player.hearts == Hearts(2, NOON)
