"""The ledger: rows that say why XP and gold moved. They are only ever added."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from app.game.activity import Source


class Reason(StrEnum):
    """Why a balance moved."""

    TASK_COMPLETED = "task_completed"
    COURSE_TASK_COMPLETED = "course_task_completed"
    QUIZ_PASSED = "quiz_passed"
    QUIZ_PERFECT = "quiz_perfect"
    MILESTONE_REACHED = "milestone_reached"
    COURSE_COMPLETED = "course_completed"
    REVIEWED = "reviewed"
    PURCHASED = "purchased"
    BOSS_DEFEATED = "boss_defeated"
    QUEST_COMPLETED = "quest_completed"
    CHALLENGE_COMPLETED = "challenge_completed"
    BADGE_AWARDED = "badge_awarded"
    UNDO = "undo"


@dataclass(frozen=True, slots=True)
class Entry:
    """A row to write: signed XP and gold, for a source and its round.

    The round is how often the source was undone before. A reversal has the source and round of what
    it reverses. Invariant, but for reversals: (source, reason, round) occurs once per learner; for
    reversals, `reverses_id` does.
    """

    reason: Reason
    source: Source
    round: int
    xp: int
    gold: int
    reverses_id: int | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    """Where in a learner's history an activity stands: its number, its instant (UTC), its local day,
    and the course that it was done in, if any. `scored`: whether its XP count for its week.
    """

    sequence: int
    at: datetime
    local_on: date
    course: int | None = None
    scored: bool = True


@dataclass(frozen=True, slots=True)
class PaidEntry:
    """A row that is written and stands: nothing has reversed it.

    Ids grow in the order in which one learner's rows were written. `mark` is that of the activity
    that gave it.
    """

    id: int
    entry: Entry
    mark: Mark
