"""The rows that start pages are made of."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from app.db.models import Player
from app.game.rules import Difficulty


@dataclass(frozen=True, slots=True)
class AwardRow:
    """A badge that the learner has, in the revision that was awarded."""

    key: str
    family: str
    tier: int
    title: str
    description: str
    awarded_at: datetime


@dataclass(frozen=True, slots=True)
class PlayerSummaryRow:
    """The player, what is to be done, and the badges won last, newest first."""

    player: Player
    daily_reviews: int
    tasks_due: int
    reviews_due: int
    unread: int
    badges: Sequence[AwardRow]


@dataclass(frozen=True, slots=True)
class BattleRow:
    """A running battle, the learner's own or a party's; ``own_damage`` is what the learner dealt."""

    kind: str
    id: int
    boss_key: str | None
    course: str | None
    week_id: int | None
    party_id: int | None
    party: str | None
    title: str
    hp: int
    damage: int
    own_damage: int
    xp: int
    gold: int
    strikes_back: bool
    started_at: datetime


@dataclass(frozen=True, slots=True)
class NextDayRow:
    """The first day of a course that the learner has not completed.

    ``ordinal``: its number in the course, from 1. ``boss``: the name of its week's, unless the learner
    has hurt it. ``was_entered``: it was ever completed or its quiz attempted.
    """

    id: int
    week_id: int
    week_title: str
    day: int
    title: str
    difficulty: Difficulty
    minutes: int
    ordinal: int
    boss: str | None
    was_entered: bool


@dataclass(frozen=True, slots=True)
class CourseSummaryRow:
    """A course that the learner takes, and how far; no next day if all is completed."""

    slug: str
    title: str
    status: str
    pacing: str
    enrolled_at: datetime
    enrolled_on: date
    review: str
    days: int
    completed: int
    next_day: NextDayRow | None
