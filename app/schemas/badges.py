"""Bodies about badges as learners see them."""

from datetime import datetime

from pydantic import Field

from app.game.metrics import Metric
from app.schemas.common import AnswerModel, Cursor, PageLimit, RequestModel


class BadgeQuery(RequestModel):
    """Which part of the badges to show."""

    limit: PageLimit = 20
    cursor: Cursor | None = None


class BadgeProgressRead(AnswerModel):
    """A badge, and how far you are."""

    key: str
    family: str = Field(description="Badges for the same thing have the same family.")
    tier: int = Field(description="The badge's place in its family.")
    title: str
    description: str
    metric: Metric | None = Field(description="What is counted; null for a prize.")
    course_slug: str | None = Field(description="Only what is done in this course counts.")
    target: int | None
    progress: int | None = Field(description="At most the target; null for a prize.")
    xp: int
    gold: int
    freezes: int
    awarded_at: datetime | None = Field(description="Null as long as you don't have it.")
