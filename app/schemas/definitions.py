"""Bodies of those who define quests, bosses and badges."""

from datetime import date, datetime
from typing import Annotated, Any, TypeAlias

from pydantic import Field, StringConstraints

from app.core.definitions import (
    MAX_BOSS_XP,
    MAX_FREEZES,
    MAX_GOAL_XP,
    MAX_GOLD,
    MAX_HIT_POINTS,
    MAX_LEVEL,
    MAX_TARGET,
    MAX_TIER,
    BossKind,
    Cadence,
)
from app.game.metrics import Metric
from app.schemas.common import (
    MAX_ID,
    AnswerModel,
    Cursor,
    Line,
    PageLimit,
    RequestModel,
    omittable,
)
from app.schemas.curriculum import Key

DefinitionKey = Annotated[Key, Field(examples=["first-steps"])]
"""What a quest, a boss or a badge is called for good; all its revisions have it."""
Title = Annotated[Line, StringConstraints(max_length=100), Field(examples=["First steps"])]
Description = Annotated[
    Line, StringConstraints(max_length=500), Field(examples=["Complete one task."])
]
Target: TypeAlias = Annotated[int, Field(ge=1, le=MAX_TARGET, strict=True, examples=[3])]
Level: TypeAlias = Annotated[int, Field(ge=1, le=MAX_LEVEL, strict=True)]
Tier: TypeAlias = Annotated[int, Field(ge=1, le=MAX_TIER, strict=True)]
GoalXp: TypeAlias = Annotated[int, Field(ge=0, le=MAX_GOAL_XP, strict=True)]
BossXp: TypeAlias = Annotated[int, Field(ge=0, le=MAX_BOSS_XP, strict=True)]
Gold: TypeAlias = Annotated[int, Field(ge=0, le=MAX_GOLD, strict=True)]
Freezes: TypeAlias = Annotated[int, Field(ge=0, le=MAX_FREEZES, strict=True)]
HitPoints: TypeAlias = Annotated[int, Field(ge=1, le=MAX_HIT_POINTS, strict=True)]
Revision: TypeAlias = Annotated[int, Field(ge=1, le=MAX_ID, strict=True)]
Switch: TypeAlias = Annotated[bool, Field(strict=True)]

ABOUT_COURSE = "Only what is done in this course counts; null: all does."
ABOUT_FREEZES = "Streak freezes; more than can be held are lost."
ABOUT_PRIZE = "The key of a badge without a metric, which comes with the reward."
_REQUIRES = "The key of a once-quest that has to be completed before this one can be accepted."
_METRIC_OF_BADGE = "What is counted; null, like the target, for a prize that goals give."
_REVISION = "The revision that you change; if another is in force the change is refused."


class _Change(RequestModel):
    revision: Revision = omittable(description=_REVISION)

    def to_changes(self) -> dict[str, Any]:
        """The parts that were sent, but for the revision."""
        return self.model_dump(exclude_unset=True, exclude={"revision"})


class _Definition(RequestModel):
    key: DefinitionKey
    title: Title
    description: Description

    def to_changes(self) -> dict[str, Any]:
        """All parts but for the key, the defaults among them."""
        return self.model_dump(exclude={"key"})


class QuestCreate(_Definition):
    """A new quest. A daily one has neither a level nor a quest that comes before."""

    cadence: Cadence
    metric: Metric
    target: Target
    course_slug: Key | None = Field(default=None, description=ABOUT_COURSE)
    min_level: Level = 1
    requires_quest: DefinitionKey | None = Field(default=None, description=_REQUIRES)
    xp: GoalXp = 0
    gold: Gold = 0
    freezes: Freezes = Field(default=0, description=ABOUT_FREEZES)
    badge_key: DefinitionKey | None = Field(default=None, description=ABOUT_PRIZE)


class QuestUpdate(_Change):
    """Changes to a quest; what is left out stays."""

    cadence: Cadence = omittable()
    title: Title = omittable()
    description: Description = omittable()
    metric: Metric = omittable()
    target: Target = omittable()
    course_slug: Key | None = omittable(description=ABOUT_COURSE)
    min_level: Level = omittable()
    requires_quest: DefinitionKey | None = omittable(description=_REQUIRES)
    xp: GoalXp = omittable()
    gold: Gold = omittable()
    freezes: Freezes = omittable(description=ABOUT_FREEZES)
    badge_key: DefinitionKey | None = omittable(description=ABOUT_PRIZE)


class BossCreate(_Definition):
    """A new boss, to be chosen by learners or by parties."""

    kind: BossKind
    hp: HitPoints
    xp: BossXp = 0
    gold: Gold = 0
    strikes_back: Switch = Field(
        default=False, description="Whether each day without an activity costs a heart."
    )
    min_level: Level = Field(default=1, description="Of who begins the fight.")


class BossUpdate(_Change):
    """Changes to a boss; what is left out stays. Battles under way keep their numbers."""

    title: Title = omittable()
    description: Description = omittable()
    kind: BossKind = omittable()
    hp: HitPoints = omittable()
    xp: BossXp = omittable()
    gold: Gold = omittable()
    strikes_back: Switch = omittable()
    min_level: Level = omittable()


class BadgeCreate(_Definition):
    """A new badge: one that is won by a metric, or a prize that goals give."""

    family: DefinitionKey = Field(description="Badges for the same thing stand together.")
    tier: Tier = Field(default=1, description="The badge's place in its family.")
    metric: Metric | None = Field(default=None, description=_METRIC_OF_BADGE)
    target: Target | None = None
    course_slug: Key | None = Field(default=None, description=ABOUT_COURSE)
    xp: GoalXp = 0
    gold: Gold = 0
    freezes: Freezes = Field(default=0, description=ABOUT_FREEZES)


class BadgeUpdate(_Change):
    """Changes to a badge; what is left out stays. Who has it keeps it."""

    family: DefinitionKey = omittable()
    tier: Tier = omittable()
    title: Title = omittable()
    description: Description = omittable()
    metric: Metric | None = omittable(description=_METRIC_OF_BADGE)
    target: Target | None = omittable()
    course_slug: Key | None = omittable(description=ABOUT_COURSE)
    xp: GoalXp = omittable()
    gold: Gold = omittable()
    freezes: Freezes = omittable(description=ABOUT_FREEZES)


class RevisionQuery(RequestModel):
    """Which revisions to list."""

    key: DefinitionKey | None = Field(default=None, description="Those of one definition.")
    in_force: bool | None = Field(
        default=None, description="Those in force, or the retired ones; all unless given."
    )
    limit: PageLimit = 20
    cursor: Cursor | None = None


class _RevisionRead(AnswerModel):
    key: str
    revision: int = Field(description="Goes up with every change.")
    title: str
    description: str
    created_at: datetime
    retired_at: datetime | None = Field(description="Null as long as the revision is in force.")


class QuestRevisionRead(_RevisionRead):
    """A revision of a quest."""

    cadence: Cadence
    metric: Metric
    target: int
    course_slug: str | None
    min_level: int
    requires_quest: str | None
    xp: int
    gold: int
    freezes: int
    badge_key: str | None
    pool_from: date | None = Field(description="The first date of a daily quest in the pool.")
    pool_until: date | None = Field(description="The first date on which it is not in it any more.")


class BossRevisionRead(_RevisionRead):
    """A revision of a boss."""

    kind: BossKind
    hp: int
    xp: int
    gold: int
    strikes_back: bool
    min_level: int


class BadgeRevisionRead(_RevisionRead):
    """A revision of a badge."""

    family: str
    tier: int
    metric: Metric | None
    target: int | None
    course_slug: str | None
    xp: int
    gold: int
    freezes: int
