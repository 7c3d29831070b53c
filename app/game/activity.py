"""Activities: what a learner did, on what, and when."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from app.game.calendar import Calendar
from app.game.rules import Difficulty, ShopItem


class ActivityKind(StrEnum):
    """What was done."""

    TASK_COMPLETED = "task_completed"
    COURSE_TASK_COMPLETED = "course_task_completed"
    QUIZ_ATTEMPTED = "quiz_attempted"
    REVIEWED = "reviewed"
    PURCHASED = "purchased"
    UNDONE = "undone"


class SourceType(StrEnum):
    """What kind of thing can pay, or cost."""

    TASK = "task"
    TASK_OCCURRENCE = "task_occurrence"
    COURSE_TASK = "course_task"
    QUIZ = "quiz"
    CARD_DAY = "card_day"
    WEEK = "week"
    COURSE = "course"
    PURCHASE = "purchase"


@dataclass(frozen=True, slots=True)
class Source:
    """A thing that pays (or costs) at most once at a time. The id is unique for one learner and type.

    A purchase is its own source: its id is the number of its activity.
    """

    type: SourceType
    id: str


@dataclass(frozen=True, slots=True)
class Attempt:
    """How an attempt at a quiz went.

    ``graded``: the quiz was not passed before. ``first``: it was never attempted before.
    ``pass_percent``: how much has to be right, 1-100.
    """

    questions: int
    wrong: int
    graded: bool
    first: bool
    pass_percent: int

    @property
    def right(self) -> int:
        """How many answers were right."""
        return self.questions - self.wrong

    @property
    def is_passed(self) -> bool:
        """Whether enough was right."""
        return self.right * 100 >= self.pass_percent * self.questions


@dataclass(frozen=True, slots=True)
class Activity:
    """One thing done, at an aware instant, with the learner's calendar of that time.

    ``difficulty`` is that of a completed task (personal or of a course), ``attempt`` says how a quiz
    went, ``item`` what was bought; each is None for the other kinds. An undo names the source that it
    takes back.
    """

    kind: ActivityKind
    source: Source
    occurred_at: datetime
    calendar: Calendar
    difficulty: Difficulty | None = None
    attempt: Attempt | None = None
    item: ShopItem | None = None

    @property
    def local_on(self) -> date:
        """The learner's local day on which it was done."""
        return self.calendar.day_of(self.occurred_at)
