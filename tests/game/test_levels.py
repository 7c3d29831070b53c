"""Levels."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.game.levels import LevelProgress, level_at, measure_level, xp_needed
from app.game.rules import RULES

levels = st.integers(1, 10**40)
amounts = st.integers(0, 10**6) | st.integers(0, 10**80)


def test_first_levels() -> None:
    assert [xp_needed(level, RULES) for level in range(1, 6)] == [0, 100, 300, 600, 1000]


@pytest.mark.parametrize(
    ("xp", "level"),
    [(0, 1), (99, 1), (100, 2), (299, 2), (300, 3), (599, 3), (600, 4), (999, 4), (1000, 5)],
)
def test_level_at(xp: int, level: int) -> None:
    assert level_at(xp, RULES) == level


def test_progress() -> None:
    assert measure_level(150, RULES) == LevelProgress(2, xp_into_level=50, xp_to_next_level=150)
    assert measure_level(0, RULES) == LevelProgress(1, xp_into_level=0, xp_to_next_level=100)


@given(levels)
def test_level_at_is_the_inverse_of_xp_needed(level: int) -> None:
    assert level_at(xp_needed(level, RULES), RULES) == level
    assert level_at(xp_needed(level + 1, RULES) - 1, RULES) == level


@given(amounts)
def test_level_is_the_largest_that_is_reached(xp: int) -> None:
    level = level_at(xp, RULES)
    assert xp_needed(level, RULES) <= xp < xp_needed(level + 1, RULES)


@given(amounts)
def test_progress_adds_up(xp: int) -> None:
    progress = measure_level(xp, RULES)
    assert xp_needed(progress.level, RULES) + progress.xp_into_level == xp
    assert xp + progress.xp_to_next_level == xp_needed(progress.level + 1, RULES)
    assert progress.xp_to_next_level >= 1


def test_refuses_what_no_game_gives() -> None:
    with pytest.raises(ValueError, match="never negative"):
        level_at(-1, RULES)
    with pytest.raises(ValueError, match="begin at 1"):
        xp_needed(0, RULES)
