"""Bodies about what goals pay."""

from pydantic import Field

from app.schemas.common import AnswerModel


class GoalRewardRead(AnswerModel):
    """What reaching the target of a quest or a challenge pays, at once."""

    xp: int
    gold: int
    freezes: int = Field(description="Streak freezes; more than can be held are lost.")
    badge_key: str | None = Field(description="The key of a badge that comes with it.")
