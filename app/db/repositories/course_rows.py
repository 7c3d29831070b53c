"""The rows in which courses are shown."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.game.rules import Difficulty


@dataclass(frozen=True, slots=True)
class CatalogueRow:
    """A course as the catalogue lists it; ``weeks`` and ``days`` count what learners see of it."""

    id: int
    slug: str
    title: str
    summary: str
    language: str
    pacing: str
    tags: list[str]
    status: str
    weeks: int
    days: int
    revision: int
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class CourseHead:
    """A course without its parts."""

    id: int
    slug: str
    title: str
    summary: str
    language: str
    pacing: str
    tags: list[str]
    status: str
    revision: int
    published_at: datetime | None
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class WeekLine:
    """A week of a course's tree."""

    id: int
    key: str
    title: str
    milestone: str
    boss: str | None
    status: str


@dataclass(frozen=True, slots=True)
class DayLine:
    """A day of a course's tree; ``questions`` is how many its quiz has."""

    week_id: int
    id: int
    key: str
    day: int
    title: str
    difficulty: Difficulty
    minutes: int
    pass_percent: int
    status: str
    questions: int


@dataclass(frozen=True, slots=True)
class QuestionLine:
    """A question as its authors see it."""

    id: int
    course_task_id: int
    key: str
    kind: str
    prompt: str
    body: dict[str, Any]
    explanation: str
    status: str
    revision: int
