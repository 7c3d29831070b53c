"""What a replay works on: activities as they were recorded, and definitions as they were in force."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeAlias

from app.game.activity import Activity, Source
from app.game.battle import Battle
from app.game.goal import Badge, Reward
from app.game.metrics import Metric

Amounts: TypeAlias = tuple[int, int]
"""XP and gold"""


@dataclass(frozen=True, slots=True)
class EntryKey:
    """What tells an entry of a learner from all others: an id would not, since a replay gives others.

    ``reverses`` is the reason of what a reversal takes back; source and round are the same.
    """

    reason: str
    source: Source
    round: int
    reverses: str | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """An activity with all that was recorded of its outcome.

    ``stages``: the weeks and courses that it was asked of, and whether they were met; None where that
    was not recorded. ``blows``: the damage that bosses felt, as it was cut; ``party_blows``: the same of
    parties' bosses.
    """

    sequence: int
    activity: Activity
    local_on: date
    undoes: int | None
    revision: int | None
    paid: bool
    freezes: int
    hearts: int
    damage: int
    blows: Mapping[Source, int]
    party_blows: Mapping[Source, int]
    stages: Sequence[tuple[Source, bool]] | None
    entries: Mapping[EntryKey, Amounts]


@dataclass(frozen=True, slots=True)
class GoalDefinition:
    """What a quest or a challenge asks and gives."""

    id: int
    key: str
    metric: Metric
    target: int
    course: int | None
    reward: Reward


@dataclass(frozen=True, slots=True)
class QuestDefinition(GoalDefinition):
    """A revision of a quest; a daily one is in the pool of the dates in ``[pool_from, pool_until)``."""

    revision: int
    cadence: str
    created_at: datetime
    pool_from: date | None
    pool_until: date | None

    def is_in_pool(self, on: date, at: datetime) -> bool:
        """Whether it was one of the daily quests of this date, as seen at this instant."""
        if self.pool_from is None or self.created_at > at:
            return False
        return self.pool_from <= on and (self.pool_until is None or on < self.pool_until)


@dataclass(frozen=True, slots=True)
class ChallengeDefinition(GoalDefinition):
    """A challenge for all. From its start on nothing of this changes."""

    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class BadgeDefinition:
    """A revision of a badge, and when it was in force."""

    id: int
    badge: Badge
    created_at: datetime
    retired_at: datetime | None


@dataclass(frozen=True, slots=True)
class Definitions:
    """Every revision of everything; badges in the order in which they are awarded."""

    quests: Sequence[QuestDefinition]
    challenges: Mapping[int, ChallengeDefinition]
    badges: Sequence[BadgeDefinition]


@dataclass(frozen=True, slots=True)
class KeptGoal:
    """How far a quest (in a period) or a challenge is. ``began``: after which activity it counts."""

    definition: int
    status: str
    progress: int
    began: int
    finished: int | None


@dataclass(frozen=True, slots=True)
class KeptBattle:
    """How far one's own battle is; ``hp``, ``xp`` and ``gold`` are as they were when it began."""

    hp: int
    xp: int
    gold: int
    began: int
    damage: int
    won: int | None


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a replay takes as given beside the activities: who was fought, and for what.

    ``bosses``: battles with bosses of one's choice as they begin; ``spoils``: what the fallen bosses
    of parties pay, by the battle.
    """

    definitions: Definitions
    bosses: Mapping[Source, Battle]
    spoils: Mapping[Source, Amounts]
