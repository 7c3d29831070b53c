"""The rows in which quests, bosses and badges are read."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class QuestRow:
    """A revision of a quest. ``[pool_from, pool_until)``: the dates on which it is in the daily pool."""

    id: int
    key: str
    revision: int
    cadence: str
    title: str
    description: str
    metric: str
    target: int
    course_id: int | None
    min_level: int
    requires_quest: str | None
    badge_key: str | None
    pool_from: date | None
    pool_until: date | None
    xp: int
    gold: int
    freezes: int


@dataclass(frozen=True, slots=True)
class BossRow:
    """A revision of a boss."""

    id: int
    key: str
    revision: int
    kind: str
    title: str
    description: str
    hp: int
    xp: int
    gold: int
    strikes_back: bool
    min_level: int


@dataclass(frozen=True, slots=True)
class BadgeRow:
    """A revision of a badge. Without a metric (and target) it is a prize."""

    id: int
    key: str
    revision: int
    family: str
    tier: int
    title: str
    description: str
    metric: str | None
    target: int | None
    course_id: int | None
    xp: int
    gold: int
    freezes: int


@dataclass(frozen=True, slots=True)
class QuestRevision(QuestRow):
    """A quest as admins see it."""

    course_slug: str | None
    created_at: datetime
    retired_at: datetime | None


@dataclass(frozen=True, slots=True)
class BossRevision(BossRow):
    """A boss as admins see it."""

    created_at: datetime
    retired_at: datetime | None


@dataclass(frozen=True, slots=True)
class BadgeRevision(BadgeRow):
    """A badge as admins see it."""

    course_slug: str | None
    created_at: datetime
    retired_at: datetime | None


@dataclass(frozen=True, slots=True)
class BadgeOfLearner(BadgeRow):
    """A badge on a learner's page; ``awarded_at`` is None as long as the learner has it not."""

    course_slug: str | None
    awarded_at: datetime | None
