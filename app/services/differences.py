"""Differences: what a verification finds."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that is not as it should be; ``user_id`` is None for what belongs to several."""

    user_id: int | None
    what: str
    expected: str
    found: str


@dataclass(frozen=True, slots=True)
class Checked:
    """Some players that were checked, and what was wrong with them."""

    players: int
    differences: Sequence[Difference]
