"""Bodies about trials of definitions on real history."""

from datetime import date
from typing import Annotated, Any

from pydantic import Field

from app.core.definitions import MAX_TRIAL_PERIODS
from app.game.metrics import Metric
from app.schemas.common import AnswerModel, Instant, RequestModel
from app.schemas.curriculum import Key
from app.schemas.definitions import QuestCreate, Target


class QuestTrialCreate(RequestModel):
    """A quest to try out, and on how many periods; a once-quest is tried on all of the past."""

    quest: QuestCreate
    periods: Annotated[int, Field(ge=1, le=MAX_TRIAL_PERIODS, strict=True)] = 4


class ChallengeTrialCreate(RequestModel):
    """A challenge to try out on a time that is past, or begun."""

    metric: Metric
    target: Target
    course_slug: Key | None = None
    starts_at: Instant
    ends_at: Instant

    def to_changes(self) -> dict[str, Any]:
        """What is measured, without the time."""
        return self.model_dump(include={"metric", "target", "course_slug"})


class StandingRead(AnswerModel):
    """A learner, and the value of the metric."""

    user_id: int
    display_name: str
    value: int


class BadgeTrialRead(AnswerModel):
    """How many of all players the badge would have been awarded to, and up to 20 of them."""

    players: int
    awarded: int
    percent: float = Field(description="Of all players, with one decimal.")
    sample: list[StandingRead] = Field(description="The greatest values first.")


class PeriodTrialRead(AnswerModel):
    """A period; its dates are null for a once-quest."""

    first_on: date | None
    last_on: date | None
    begun: int = Field(description="Who did anything at all towards it.")
    completed: int


class QuestTrialRead(AnswerModel):
    """How the quest would have gone, the latest period first."""

    players: int
    periods: list[PeriodTrialRead]


class ChallengeTrialRead(AnswerModel):
    """How the challenge would have gone if everybody had joined."""

    players: int
    begun: int = Field(description="Who did anything at all towards it.")
    completed: int
