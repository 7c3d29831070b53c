"""What the statements of leagues give."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class MembershipRow:
    """Who was in which group. ``final_rank`` and ``move`` are None until the group is closed."""

    user_id: int
    week_on: date
    group_id: int
    tier: int
    final_rank: int | None
    move: int | None


@dataclass(frozen=True, slots=True)
class LeagueMemberRow:
    """A member of a group, and the score of its week."""

    user_id: int
    name: str
    visibility: str
    score: int


@dataclass(frozen=True, slots=True)
class ClosedGroupRow:
    """Which week and tier a group is of."""

    week_on: date
    tier: int
