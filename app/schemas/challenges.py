"""Bodies about challenges."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field

from app.core.challenges import ChallengeState
from app.game.metrics import Metric
from app.schemas.common import (
    MAX_ID,
    AnswerModel,
    Cursor,
    Instant,
    PageLimit,
    RequestModel,
    omittable,
)
from app.schemas.curriculum import Key
from app.schemas.definitions import (
    ABOUT_COURSE,
    ABOUT_FREEZES,
    ABOUT_PRIZE,
    DefinitionKey,
    Description,
    Freezes,
    GoalXp,
    Gold,
    Revision,
    Target,
    Title,
)
from app.schemas.rewards import GoalRewardRead

_STARTS_AT = "What is done from this instant on counts. At most a year ahead, and not in the past."
_ENDS_AT = "What is done before this instant counts: from an hour to 90 days after the start."
_PARTY = "A party that you are in; null, for admins: all learners."

StartsAt = Annotated[Instant, Field(examples=["2026-03-09T00:00:00Z"])]
EndsAt = Annotated[Instant, Field(examples=["2026-03-16T00:00:00Z"])]


class ChallengeCreate(RequestModel):
    """A new challenge. That of a party pays nothing."""

    party_id: Annotated[int, Field(strict=True, ge=1, le=MAX_ID)] | None = Field(
        default=None, description=_PARTY
    )
    title: Title
    description: Description
    metric: Metric
    target: Target
    course_slug: Key | None = Field(default=None, description=ABOUT_COURSE)
    starts_at: StartsAt = Field(description=_STARTS_AT)
    ends_at: EndsAt = Field(description=_ENDS_AT)
    xp: GoalXp = 0
    gold: Gold = 0
    freezes: Freezes = Field(default=0, description=ABOUT_FREEZES)
    badge_key: DefinitionKey | None = Field(default=None, description=ABOUT_PRIZE)

    def to_changes(self) -> dict[str, Any]:
        """All parts of the challenge, the defaults among them."""
        return self.model_dump()


class ChallengeUpdate(RequestModel):
    """Changes to a challenge; what is left out stays. Once it runs: title and description only."""

    revision: Revision = omittable(
        description="The revision that you change; if the challenge has another, nothing is changed."
    )
    title: Title = omittable()
    description: Description = omittable()
    metric: Metric = omittable()
    target: Target = omittable()
    course_slug: Key | None = omittable(description=ABOUT_COURSE)
    starts_at: StartsAt = omittable(description=_STARTS_AT)
    ends_at: EndsAt = omittable(description=_ENDS_AT)
    xp: GoalXp = omittable()
    gold: Gold = omittable()
    freezes: Freezes = omittable(description=ABOUT_FREEZES)
    badge_key: DefinitionKey | None = omittable(description=ABOUT_PRIZE)

    def to_changes(self) -> dict[str, Any]:
        """The parts that were sent, but for the revision."""
        return self.model_dump(exclude_unset=True, exclude={"revision"})


class ChallengeQuery(RequestModel):
    """Which challenges to list."""

    state: ChallengeState | None = Field(
        default=None, description="Open ones run at this moment. All unless given."
    )
    mine: bool = Field(default=False, description="Only those that you are in.")
    limit: PageLimit = 20
    cursor: Cursor | None = None


class MembershipRead(AnswerModel):
    """You in a challenge."""

    joined_at: datetime = Field(description="What you do from then on counts.")
    progress: int = Field(
        description="In units of the metric, at most the target. Of `streak_days`: your streak, if you "
        "have done something in the challenge."
    )
    finished_at: datetime | None = Field(description="When you reached the target.")
    left_at: datetime | None = Field(description="When you left after having finished.")
    final_rank: int | None = Field(description="Given when the challenge is over; ties share one.")


class ChallengeRead(AnswerModel):
    """A challenge, for all or for a party of yours."""

    id: int
    revision: int = Field(description="Goes up with every change.")
    party_id: int | None = Field(description="The party that it is for; null: all learners.")
    created_by: int | None = Field(
        description="The user id of the member who made it, if it is for a party and they are still here."
    )
    title: str
    description: str
    metric: Metric
    target: int
    course_slug: str | None = Field(description="Only what is done in this course counts.")
    reward: GoalRewardRead = Field(description="All is 0 in a party's challenge.")
    starts_at: datetime
    ends_at: datetime
    created_at: datetime
    state: ChallengeState
    membership: MembershipRead | None = Field(description="Null unless you joined.")
