"""The ledger: rows that say why XP and gold moved. They are only ever added."""

from dataclasses import dataclass
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
class PaidEntry:
    """A row that is written and stands: nothing has reversed it.

    Ids grow in the order in which one learner's rows were written.
    """

    id: int
    entry: Entry
