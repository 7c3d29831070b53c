"""The numbers of DESIGN, section 3."""

from dataclasses import FrozenInstanceError
from typing import Any

import pytest

from app.game.rules import RULES, Difficulty, Price, Rules


def test_prices() -> None:
    assert dict(RULES.prices) == {
        "trivial": Price(xp=5, gold=1, damage=5),
        "easy": Price(xp=10, gold=2, damage=10),
        "medium": Price(xp=20, gold=4, damage=20),
        "hard": Price(xp=40, gold=8, damage=40),
    }


def test_every_difficulty_has_a_price() -> None:
    assert set(RULES.prices) == set(Difficulty)


def test_limits() -> None:
    limits = (RULES.max_freezes, RULES.paid_tasks_per_day, RULES.max_hearts)
    assert limits == (2, 20, 5)
    assert (RULES.streak_bonus_cap, RULES.percent, RULES.heart_regrowth_hours) == (50, 100, 4)
    assert (RULES.pass_percent, RULES.attempts_per_day) == (80, 10)
    assert (RULES.paid_reviews_per_day, RULES.reviews_per_heart) == (100, 10)
    assert RULES.version == 1


def test_prices_of_courses() -> None:
    assert RULES.quiz == Price(xp=30, gold=5, damage=30)
    assert RULES.perfect_quiz_xp == 10
    assert RULES.milestone == Price(xp=50, gold=10, damage=0)
    assert RULES.course == Price(xp=200, gold=50, damage=0)
    assert RULES.review == Price(xp=1, gold=0, damage=2)


def test_rules_are_a_value() -> None:
    assert Rules() == RULES
    assert hash(Rules()) == hash(RULES)


def test_rules_cannot_be_changed() -> None:
    rules: Any = RULES
    with pytest.raises(FrozenInstanceError):
        rules.version = 2
    with pytest.raises(TypeError):
        rules.prices["easy"] = Price(1, 1, 1)
