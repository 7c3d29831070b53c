"""What learners do in courses."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    SmallInteger,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import NEVER_REUSE_IDS, Base, Created, Owner, OwnerKey, PrimaryKey
from app.db.types import Id, Json

# The second indexes on content's ids serve its foreign keys: deleting a draft would otherwise look
# through what all learners did.


class Enrollment(Base):
    """Somebody takes a course. Who left keeps the row, and with it the date that pacing counts from."""

    __tablename__ = "enrollments"
    __table_args__ = (Index(None, "course_id"),)

    user_id: Mapped[OwnerKey]
    course_id: Mapped[int] = mapped_column(Id, ForeignKey("courses.id"), primary_key=True)
    enrolled_at: Mapped[datetime]
    enrolled_on: Mapped[date]
    left_at: Mapped[datetime | None]
    review: Mapped[str] = mapped_column(String(16))


class CourseTaskCompletion(Base):
    """A completed day. The row is there exactly as long as the day is completed."""

    __tablename__ = "course_task_completions"
    __table_args__ = (Index(None, "user_id", "course_id"), Index(None, "course_task_id"))

    user_id: Mapped[OwnerKey]
    course_task_id: Mapped[int] = mapped_column(Id, ForeignKey("course_tasks.id"), primary_key=True)
    course_id: Mapped[int] = mapped_column(Id)
    completed_at: Mapped[datetime]


class QuizAttempt(Base):
    """An attempt at a quiz, with its answers frozen: what was asked, given and right at that time.

    ``graded``: the quiz had not been passed before, so the attempt could cost hearts and pay.
    """

    __tablename__ = "quiz_attempts"
    __table_args__ = (
        ForeignKeyConstraint(
            ["user_id", "activity_sequence"], ["activities.user_id", "activities.sequence"]
        ),
        Index(None, "course_task_id"),
        Index(None, "user_id", "course_id"),
        Index(None, "user_id", "activity_sequence"),
    )

    user_id: Mapped[OwnerKey]
    course_task_id: Mapped[int] = mapped_column(Id, ForeignKey("course_tasks.id"), primary_key=True)
    number: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    course_id: Mapped[int] = mapped_column(Id)
    activity_sequence: Mapped[int] = mapped_column(Id)
    attempted_at: Mapped[datetime]
    local_on: Mapped[date]
    quiz_revision: Mapped[int]
    graded: Mapped[bool]
    passed: Mapped[bool]
    questions: Mapped[int] = mapped_column(SmallInteger)
    right: Mapped[int] = mapped_column(SmallInteger)
    hearts_lost: Mapped[int] = mapped_column(SmallInteger)
    answers: Mapped[list[dict[str, Any]]] = mapped_column(Json)


class ReviewCard(Created, Base):
    """A question that comes back, with its memory state (FSRS).

    ``state``: 1 learning, 2 review, 3 relearning; ``stability`` in days; ``difficulty`` 1-10. The logs
    are kept, so that the state can be computed anew with other parameters.
    """

    __tablename__ = "review_cards"
    __table_args__ = (
        UniqueConstraint("user_id", "question_id"),
        UniqueConstraint("user_id", "id"),
        Index(None, "user_id", "due_at", "id"),
        Index(None, "question_id"),
        NEVER_REUSE_IDS,
    )

    id: Mapped[PrimaryKey]
    user_id: Mapped[Owner]
    question_id: Mapped[int] = mapped_column(Id, ForeignKey("quiz_questions.id"))
    course_id: Mapped[int] = mapped_column(Id)
    state: Mapped[int] = mapped_column(SmallInteger)
    step: Mapped[int | None] = mapped_column(SmallInteger)
    stability: Mapped[float | None] = mapped_column(Float(53))
    difficulty: Mapped[float | None] = mapped_column(Float(53))
    due_at: Mapped[datetime]
    last_reviewed_at: Mapped[datetime | None]
    reviews: Mapped[int]


class ReviewLog(Base):
    """One review, as it was: never changed. ``state`` is that of the card before it."""

    __tablename__ = "review_logs"
    __table_args__ = (
        ForeignKeyConstraint(
            ["user_id", "card_id"],
            ["review_cards.user_id", "review_cards.id"],
            ondelete="CASCADE",
        ),
        ForeignKeyConstraint(
            ["user_id", "activity_sequence"], ["activities.user_id", "activities.sequence"]
        ),
        Index(None, "user_id", "activity_sequence"),
    )

    user_id: Mapped[OwnerKey]
    card_id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    activity_sequence: Mapped[int] = mapped_column(Id)
    rating: Mapped[int] = mapped_column(SmallInteger)
    reviewed_at: Mapped[datetime]
    local_on: Mapped[date]
    state: Mapped[int] = mapped_column(SmallInteger)
