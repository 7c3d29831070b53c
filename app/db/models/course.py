"""Courses: weeks of seven day-tasks, each with its quiz. Written by authors, the same for everybody."""

from datetime import datetime
from typing import Annotated, Any

from sqlalchemy import ForeignKey, Index, SmallInteger, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import NEVER_REUSE_IDS, Base, PrimaryKey, Timestamped
from app.db.types import DifficultyRank, Id, Json
from app.game.rules import Difficulty

CourseOfContent = Annotated[int, mapped_column(Id, ForeignKey("courses.id", ondelete="CASCADE"))]
Status = Annotated[str, mapped_column(String(16))]
"""A ``ContentStatus``. Only drafts are ever deleted: learners may refer to all else."""
ContentKey = Annotated[str, mapped_column(String(64))]
"""What an author calls it, for good: how a changed curriculum finds what it changes."""


class Course(Timestamped, Base):
    """A course. ``revision`` goes up with every change of it or of anything below it."""

    __tablename__ = "courses"
    __table_args__ = (UniqueConstraint("slug"), Index(None, "status", "id"), NEVER_REUSE_IDS)

    id: Mapped[PrimaryKey]
    slug: Mapped[str] = mapped_column(String(64))
    title: Mapped[str] = mapped_column(String(200))
    summary: Mapped[str] = mapped_column(String(1000))
    language: Mapped[str] = mapped_column(String(16))
    pacing: Mapped[str] = mapped_column(String(16))
    tags: Mapped[list[str]] = mapped_column(Json)
    status: Mapped[Status]
    revision: Mapped[int]
    published_at: Mapped[datetime | None]


class Week(Base):
    """A week of a course; ``position`` orders the weeks (numbers may be missing)."""

    __tablename__ = "weeks"
    __table_args__ = (
        UniqueConstraint("course_id", "key"),
        Index(None, "course_id", "position"),
        NEVER_REUSE_IDS,
    )

    id: Mapped[PrimaryKey]
    course_id: Mapped[CourseOfContent]
    key: Mapped[ContentKey]
    position: Mapped[int] = mapped_column(SmallInteger)
    title: Mapped[str] = mapped_column(String(200))
    milestone: Mapped[str] = mapped_column(String(200))
    boss: Mapped[str | None] = mapped_column(String(100))
    status: Mapped[Status]


class CourseTask(Base):
    """A day's task: a lesson in Markdown. ``quiz_revision`` goes up with every change of its quiz."""

    __tablename__ = "course_tasks"
    __table_args__ = (UniqueConstraint("week_id", "key"), Index(None, "course_id"), NEVER_REUSE_IDS)

    id: Mapped[PrimaryKey]
    course_id: Mapped[CourseOfContent]
    week_id: Mapped[int] = mapped_column(Id, ForeignKey("weeks.id", ondelete="CASCADE"))
    key: Mapped[ContentKey]
    day: Mapped[int] = mapped_column(SmallInteger)
    title: Mapped[str] = mapped_column(String(200))
    difficulty: Mapped[Difficulty] = mapped_column(DifficultyRank)
    minutes: Mapped[int] = mapped_column(SmallInteger)
    pass_percent: Mapped[int] = mapped_column(SmallInteger)
    body: Mapped[str] = mapped_column(Text)
    status: Mapped[Status]
    quiz_revision: Mapped[int]


class QuizQuestion(Base):
    """A question of a task's quiz.

    ``kind`` and ``body`` are those of ``app.schemas.curriculum``: the body holds what differs between
    the kinds (choices, the right answer), without kind, key, prompt and explanation.
    """

    __tablename__ = "quiz_questions"
    __table_args__ = (UniqueConstraint("course_task_id", "key"), NEVER_REUSE_IDS)

    id: Mapped[PrimaryKey]
    course_task_id: Mapped[int] = mapped_column(
        Id, ForeignKey("course_tasks.id", ondelete="CASCADE")
    )
    key: Mapped[ContentKey]
    position: Mapped[int] = mapped_column(SmallInteger)
    kind: Mapped[str] = mapped_column(String(16))
    prompt: Mapped[str] = mapped_column(Text)
    body: Mapped[dict[str, Any]] = mapped_column(Json)
    explanation: Mapped[str] = mapped_column(Text)
    status: Mapped[Status]
    revision: Mapped[int]
