"""A course as the parts that it consists of, by their keys: what a definition says, what there is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeAlias

from app.core.curriculum import ContentStatus
from app.schemas.curriculum import CourseDefinition, key_of
from app.services.curriculum.questions import write_body

PartPath: TypeAlias = tuple[str, ...]
"""The keys that lead to a part: none to the course itself, then week, day and question."""

Fields: TypeAlias = Mapping[str, Any]
"""What an author says of a part, by the names of the columns."""


class PartKind(StrEnum):
    """What a part of a course is."""

    COURSE = "course"
    WEEK = "week"
    TASK = "task"
    QUESTION = "question"


@dataclass(frozen=True, slots=True)
class StoredPart:
    """A part that there is. ``revision`` is its own: a question's, or that of a task's quiz."""

    fields: Fields
    status: str
    revision: int = 1

    @property
    def is_archived(self) -> bool:
        """Whether it is only kept."""
        return self.status == ContentStatus.ARCHIVED


@dataclass(frozen=True, slots=True)
class StoredCourse:
    """All that there is of a course, archived parts included."""

    course: StoredPart | None = None
    weeks: Mapping[PartPath, StoredPart] = field(default_factory=dict)
    tasks: Mapping[PartPath, StoredPart] = field(default_factory=dict)
    questions: Mapping[PartPath, StoredPart] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CourseParts:
    """What a definition says."""

    course: Fields
    weeks: Mapping[PartPath, Fields]
    tasks: Mapping[PartPath, Fields]
    questions: Mapping[PartPath, Fields]


COURSE_FIELDS: Sequence[str] = ("title", "summary", "language", "pacing", "tags")
WEEK_FIELDS: Sequence[str] = ("position", "title", "milestone", "boss")
TASK_FIELDS: Sequence[str] = ("day", "title", "difficulty", "minutes", "pass_percent", "body")
QUESTION_FIELDS: Sequence[str] = ("position", "kind", "prompt", "body", "explanation")


def take_fields(source: Any, names: Sequence[str]) -> dict[str, Any]:
    """Those attributes of a row or a definition."""
    return {name: getattr(source, name) for name in names}


def take_apart(course: CourseDefinition) -> CourseParts:
    """The parts of a definition. Weeks and questions are numbered from 1."""
    weeks: dict[PartPath, Fields] = {}
    tasks: dict[PartPath, Fields] = {}
    questions: dict[PartPath, Fields] = {}
    for week_position, week in enumerate(course.weeks, 1):
        weeks[week.key,] = {"position": week_position, **take_fields(week, WEEK_FIELDS[1:])}
        for day in week.days:
            tasks[week.key, day.key] = take_fields(day, TASK_FIELDS)
            for position, question in enumerate(day.questions, 1):
                questions[week.key, day.key, key_of(question)] = {
                    "position": position,
                    "kind": question.kind,
                    "prompt": question.prompt,
                    "body": write_body(question),
                    "explanation": question.explanation,
                }
    fields = {**take_fields(course, COURSE_FIELDS), "tags": list(course.tags)}
    return CourseParts(fields, weeks, tasks, questions)
