"""The rows that tell what a learner may do, and did, in courses."""

from dataclasses import dataclass
from datetime import date, datetime

from app.game.rules import Difficulty


@dataclass(frozen=True, slots=True)
class CourseRow:
    """A course and, if the learner takes it (or did), the enrolment."""

    id: int
    slug: str
    title: str
    pacing: str
    status: str
    published_at: datetime | None
    enrolled_at: datetime | None
    enrolled_on: date | None
    left_at: datetime | None
    review: str | None


@dataclass(frozen=True, slots=True)
class DayRow:
    """A course task with all that decides what the learner may do with it."""

    id: int
    course_id: int
    week_id: int
    day: int
    title: str
    difficulty: Difficulty
    minutes: int
    pass_percent: int
    quiz_revision: int
    status: str
    week_status: str
    week_title: str
    slug: str
    pacing: str
    course_status: str
    enrolled_on: date | None
    review: str | None
    questions: int
    quiz_passed: bool
    completed_at: datetime | None
    was_entered: bool
    boss: str | None


@dataclass(frozen=True, slots=True)
class WeekRow:
    """A published week: its days, how many the learner completed, and whether it was ever done, or any
    day of it ever completed or its quiz attempted.
    """

    id: int
    days: int
    completed: int
    was_done: bool
    was_entered: bool


@dataclass(frozen=True, slots=True)
class ProgressRow:
    """A published day with what the learner made of it."""

    id: int
    week_id: int
    day: int
    questions: int
    completed_at: datetime | None
    attempts: int
    quiz_passed: bool
    was_entered: bool


@dataclass(frozen=True, slots=True)
class StageRow:
    """What a week or a course paid: how often, how often that was reversed, and the latest payment."""

    source_type: str
    source_id: str
    payments: int
    reversals: int
    latest_id: int


@dataclass(frozen=True, slots=True)
class AttemptRow:
    """An attempt at a quiz without its answers."""

    number: int
    attempted_at: datetime
    graded: bool
    passed: bool
    questions: int
    right: int
    hearts_lost: int


@dataclass(frozen=True, slots=True)
class AttemptFacts:
    """The learner's hearts as written, and the attempts at one quiz."""

    hearts: int
    hearts_since: datetime | None
    attempts: int
    attempts_today: int
    passed: bool


@dataclass(frozen=True, slots=True)
class TakenCourseRow:
    """A course that the learner takes, and how far."""

    id: int
    slug: str
    title: str
    status: str
    enrolled_at: datetime
    enrolled_on: date
    review: str
    days: int
    completed: int
