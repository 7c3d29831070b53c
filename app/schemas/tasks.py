"""Bodies about personal tasks."""

from datetime import date, datetime, time
from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from app.core.listing import TaskSort, TaskStatus
from app.game.rules import Difficulty
from app.schemas.common import (
    AnswerModel,
    Cursor,
    Line,
    PageLimit,
    PlainDate,
    PlainTime,
    RequestModel,
    Text,
    omittable,
)
from app.schemas.game import OutcomeRead

MAX_TAGS = 20
MAX_CHECKLIST_ITEMS = 50


def _without_repeats(tags: list[str]) -> list[str]:
    return list(dict.fromkeys(tags))


Title = Annotated[Line, StringConstraints(max_length=200), Field(examples=["Water the plants"])]
Description = Annotated[Text, StringConstraints(max_length=1000)]
Tag = Annotated[Line, StringConstraints(max_length=30), Field(examples=["home"])]
Tags = Annotated[list[Tag], Field(max_length=MAX_TAGS), AfterValidator(_without_repeats)]
Recurrence = Annotated[
    Text,
    StringConstraints(min_length=1, max_length=200),
    Field(examples=["FREQ=WEEKLY;BYDAY=MO,TH"]),
]


class ChecklistItem(RequestModel):
    """One line to tick."""

    text: Annotated[Line, StringConstraints(max_length=200)]
    done: Annotated[bool, Field(strict=True)] = False


Checklist = Annotated[list[ChecklistItem], Field(max_length=MAX_CHECKLIST_ITEMS)]


class TaskCreate(RequestModel):
    """A new task. Dates and times are on the owner's wall clock.

    ``recurrence`` is an RFC 5545 RRULE, no finer than a day, counted from ``due_on`` (today if absent).
    """

    title: Title
    description: Description = ""
    difficulty: Difficulty = Difficulty.EASY
    due_on: PlainDate | None = None
    due_time: PlainTime | None = None
    tags: Tags = Field(default_factory=list)
    checklist: Checklist = Field(default_factory=list)
    recurrence: Recurrence | None = None

    def to_changes(self) -> dict[str, Any]:
        """All parts of the task, the defaults among them."""
        return self.model_dump()

    @model_validator(mode="after")
    def refuse_time_without_date(self) -> Self:
        """A time of day alone says nothing, but for a recurring task, whose rule gives the dates."""
        if self.due_time is not None and self.due_on is None and self.recurrence is None:
            raise ValueError("due_time needs due_on or recurrence")
        return self


class TaskReplace(TaskCreate):
    """The whole of a task; what is left out goes back to its default."""


class TaskUpdate(RequestModel):
    """Changes to a task; what is left out stays. Null takes a due date, a time or a recurrence away."""

    title: Title = omittable()
    description: Description = omittable()
    difficulty: Difficulty = omittable()
    due_on: PlainDate | None = omittable()
    due_time: PlainTime | None = omittable()
    tags: Tags = omittable()
    checklist: Checklist = omittable()
    recurrence: Recurrence | None = omittable()

    def to_changes(self) -> dict[str, Any]:
        """The parts that were sent."""
        return self.model_dump(exclude_unset=True)


class ChecklistItemRead(AnswerModel):
    """One line to tick. In a recurring task the ticks are those of the current occurrence."""

    text: str
    done: bool


class TaskRead(AnswerModel):
    """A task.

    ``due_on`` is since when (or until when) it is to be done, ``due_at`` the same as an instant, if there
    is a time of day. For a recurring task send ``current_occurrence_on`` when completing it.
    """

    id: int
    title: str
    description: str
    difficulty: Difficulty
    due_on: date | None
    due_time: time | None
    due_at: datetime | None
    tags: list[str]
    checklist: list[ChecklistItemRead]
    recurrence: str | None
    current_occurrence_on: date | None
    completed: bool
    completed_at: datetime | None
    created_at: datetime
    updated_at: datetime


class OccurrenceRead(AnswerModel):
    """A scheduled date of a recurring task: completed, missed or to come."""

    occurrence_on: date
    completed_at: datetime | None
    checklist: list[ChecklistItemRead]


class OccurrenceChoice(RequestModel):
    """Which occurrence is meant; required when the task recurs, so that a retry can't hit the next one."""

    occurrence_on: PlainDate | None = None


class TaskCompletionRead(AnswerModel):
    """The task as it is now, and what that did to the player."""

    task: TaskRead
    outcome: OutcomeRead


class TaskQuery(RequestModel):
    """Which tasks to list, in what order."""

    status: TaskStatus | None = None
    q: Annotated[Line, StringConstraints(max_length=100)] | None = Field(
        default=None, description="Text in the title or the description, whatever its case."
    )
    tag: Tag | None = None
    difficulty: Difficulty | None = None
    due_from: PlainDate | None = None
    due_to: PlainDate | None = None
    sort: TaskSort = TaskSort.NEWEST
    limit: PageLimit = 20
    cursor: Cursor | None = None


class OccurrenceQuery(RequestModel):
    """Which part of a task's occurrences to list."""

    limit: PageLimit = 20
    cursor: Cursor | None = None
