"""The rows that tell whom a learner fights, and may fight."""

from dataclasses import dataclass
from datetime import date, datetime

from app.db.models import BossBattle, PartyBattle
from app.db.repositories.learning_rows import WeekRow


@dataclass(frozen=True, slots=True)
class TakenWeekRow:
    """A published week of a course that the learner takes, and the battle with its boss, if that was hurt."""

    course: str
    pacing: str
    enrolled_on: date
    boss: str | None
    battle: BossBattle | None
    week: WeekRow


@dataclass(frozen=True, slots=True)
class FighterOfPartyRow:
    """A party of the learner's, its running battle, and a member who dealt damage in it.

    Without such a member the last three are None, without a battle the two before them as well.
    """

    party_id: int
    party_name: str
    battle: PartyBattle | None
    boss_key: str | None
    user_id: int | None
    display_name: str | None
    damage: int | None


@dataclass(frozen=True, slots=True)
class VictoryRow:
    """A fallen boss, and what it paid the learner."""

    kind: str
    title: str
    xp: int
    gold: int
    won_at: datetime
