"""Levels: a pure function of the XP, so that no level is ever stored beside it."""

from dataclasses import dataclass
from math import isqrt

from app.game.rules import Rules


@dataclass(frozen=True, slots=True)
class LevelProgress:
    """A level, the XP gained since it was reached, and the XP missing for the next (at least 1)."""

    level: int
    xp_into_level: int
    xp_to_next_level: int


def xp_needed(level: int, rules: Rules) -> int:
    """Total XP at which a level is reached: step * n * (n - 1), so 0, 100, 300, 600, 1000, ...

    Raises ValueError below level 1.
    """
    if level < 1:
        raise ValueError("levels begin at 1")
    return rules.level_step * level * (level - 1)


def level_at(xp: int, rules: Rules) -> int:
    """The largest level whose total XP is reached; exact for integers of any size.

    n(n - 1) <= q is (2n - 1)^2 <= 4q + 1, and since n is whole, q may be floored before the root is
    taken and the root floored after it. Raises ValueError for negative XP, which no sequence of
    rewards and undos gives.
    """
    if xp < 0:
        raise ValueError("XP is never negative")
    return (1 + isqrt(4 * (xp // rules.level_step) + 1)) // 2


def measure_level(xp: int, rules: Rules) -> LevelProgress:
    """The level at some total XP and the way to the next.

    Invariant: `xp_needed(level) + xp_into_level == xp` and `xp + xp_to_next_level ==
    xp_needed(level + 1)`.
    """
    level = level_at(xp, rules)
    return LevelProgress(
        level=level,
        xp_into_level=xp - xp_needed(level, rules),
        xp_to_next_level=xp_needed(level + 1, rules) - xp,
    )
