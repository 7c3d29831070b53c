"""The rows in which the quests of a learner are read and written."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType

from app.core.definitions import Cadence
from app.db.repositories.definition_rows import QuestRow

CADENCE_RANKS: Mapping[Cadence, int] = MappingProxyType(
    {Cadence.DAILY: 0, Cadence.WEEKLY: 1, Cadence.ONCE: 2}
)
"""In which order quests are listed."""


@dataclass(frozen=True, slots=True)
class QuestPosition:
    """A place in the list of quests: by cadence, then by key. Keys are never empty."""

    cadence: Cadence = Cadence.DAILY
    key: str = ""


@dataclass(frozen=True, slots=True)
class QuestOfLearner(QuestRow):
    """A revision of a quest, with what its learner has done about it in its present period.

    ``status``, the stored one, and what follows it are None without a row. ``requirement_met``:
    whether the quest that it requires is completed, or there is none.
    """

    course_slug: str | None
    status: str | None
    progress: int | None
    accepted_at: datetime | None
    finished_at: datetime | None
    requirement_met: bool


@dataclass(frozen=True, slots=True)
class NewProgress:
    """A quest that is accepted or abandoned: it is at 0, and not finished."""

    user_id: int
    quest_key: str
    period_on: date
    last_on: date
    quest_id: int
    status: str
    accepted_at: datetime | None
    accepted_sequence: int
