"""The rows in which challenges are read."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class ChallengeRow:
    """A challenge as one learner sees it. ``party_id`` is None if it is for all.

    ``is_visible``: it is for all, or for a party that the learner is in. From ``joined_at`` on it is
    the learner's membership, all None without one.
    """

    id: int
    revision: int
    party_id: int | None
    created_by: int | None
    title: str
    description: str
    metric: str
    target: int
    course_slug: str | None
    xp: int
    gold: int
    freezes: int
    badge_key: str | None
    starts_at: datetime
    ends_at: datetime
    created_at: datetime
    is_visible: bool
    joined_at: datetime | None
    progress: int | None
    finished_at: datetime | None
    left_at: datetime | None
    final_rank: int | None

    @property
    def is_joined(self) -> bool:
        """Whether the learner is in it now."""
        return self.joined_at is not None and self.left_at is None


@dataclass(frozen=True, slots=True)
class RankedMember:
    """How a challenge ended for a learner."""

    user_id: int
    progress: int
    final_rank: int


@dataclass(frozen=True, slots=True)
class UntoldChallenge:
    """A closed challenge whose members with user ids up to ``told_up_to`` were told how it ended."""

    title: str
    target: int
    told_up_to: int
