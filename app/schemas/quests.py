"""Bodies about the quests of a learner."""

from datetime import datetime

from pydantic import Field

from app.core.definitions import Cadence
from app.core.questing import QuestLock, QuestStatus
from app.game.metrics import Metric
from app.schemas.common import AnswerModel, Cursor, PageLimit, RequestModel
from app.schemas.rewards import GoalRewardRead


class QuestRead(AnswerModel):
    """A quest, and how far you are with it."""

    key: str
    cadence: Cadence
    title: str
    description: str
    metric: Metric = Field(description="What is counted.")
    course_slug: str | None = Field(
        description="Only what is done in this course counts; null: all does."
    )
    target: int = Field(description="How much of the metric completes it.")
    progress: int = Field(
        description="How much of it there is since you accepted it, for a daily quest since the day "
        "began; 0 unless it is active or completed. For streak_days it is your present streak."
    )
    reward: GoalRewardRead
    status: QuestStatus
    min_level: int = Field(description="The level that you need to accept it.")
    requires_quest: str | None = Field(
        description="The key of the quest that you have to complete before you accept this one."
    )
    locked_by: list[QuestLock] = Field(
        description="With `locked`: the conditions that you don't meet."
    )
    accepted_at: datetime | None = Field(
        description="Null for a daily quest that was accepted by itself."
    )
    ends_at: datetime | None = Field(
        description="When your day or your week ends; null for a quest that is completed once."
    )
    finished_at: datetime | None


class QuestQuery(RequestModel):
    """Which quests to list."""

    cadence: Cadence | None = Field(
        default=None, description="Those with this cadence; all unless given."
    )
    limit: PageLimit = 20
    cursor: Cursor | None = None
