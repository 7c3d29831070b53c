"""Activities: what a learner did, on what, and when."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from app.game.calendar import Calendar
from app.game.rules import Difficulty


class ActivityKind(StrEnum):
    """What was done."""

    TASK_COMPLETED = "task_completed"
    UNDONE = "undone"


class SourceType(StrEnum):
    """What kind of thing can pay."""

    TASK = "task"
    TASK_OCCURRENCE = "task_occurrence"


@dataclass(frozen=True, slots=True)
class Source:
    """A thing that pays at most once at a time. The id is unique for one learner and type."""

    type: SourceType
    id: str


@dataclass(frozen=True, slots=True)
class Activity:
    """One thing done, at an aware instant, with the learner's calendar of that time.

    Difficulty is that of a completed task, and None for kinds that have none. An undo names the
    source that it takes back.
    """

    kind: ActivityKind
    source: Source
    occurred_at: datetime
    calendar: Calendar
    difficulty: Difficulty | None = None

    @property
    def local_on(self) -> date:
        """The learner's local day on which it was done."""
        return self.calendar.day_of(self.occurred_at)
