"""What goals pay, as learners see it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class GoalRewardView:
    """See ``app.schemas.rewards.GoalRewardRead`` for what the fields mean to clients."""

    xp: int
    gold: int
    freezes: int
    badge_key: str | None
