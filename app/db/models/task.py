"""Personal tasks and the occurrences of those that recur."""

from datetime import date, datetime, time
from typing import Any

from sqlalchemy import ForeignKeyConstraint, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import NEVER_REUSE_IDS, Base, Owner, OwnerKey, PrimaryKey, Timestamped
from app.db.types import DifficultyRank, Id, Json, OpenEndedDate
from app.game.rules import Difficulty


class Task(Timestamped, Base):
    """A personal task.

    Dates and the time of day are the owner's wall clock, so that neither DST nor travel moves them.
    A recurring task has ``recurrence`` (an RFC 5545 RRULE) counted from ``starts_on``; its ``due_on``
    is the first scheduled date after ``last_done_on``, the latest occurrence that is completed, and
    its ``completed_at`` is set once no occurrence is left. The ticks of a recurring task's checklist
    hold for the occurrence ``checklist_on`` alone. ``search_text`` is title and description, folded.
    """

    __tablename__ = "tasks"
    __table_args__ = (
        UniqueConstraint("user_id", "id"),
        Index(
            "ix_tasks_user_id_open",
            "user_id",
            "id",
            postgresql_where=text("completed_at IS NULL"),
            sqlite_where=text("completed_at IS NULL"),
        ),
        Index(None, "user_id", "due_on", "id"),
        Index(None, "user_id", "difficulty", "id"),
        NEVER_REUSE_IDS,
    )

    id: Mapped[PrimaryKey]
    user_id: Mapped[Owner]
    title: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(String(1000))
    search_text: Mapped[str] = mapped_column(Text)
    difficulty: Mapped[Difficulty] = mapped_column(DifficultyRank)
    due_on: Mapped[date | None] = mapped_column(OpenEndedDate, nullable=False)
    due_time: Mapped[time | None]
    tags: Mapped[list[str]] = mapped_column(Json)
    checklist: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    checklist_on: Mapped[date | None]
    recurrence: Mapped[str | None] = mapped_column(String(200))
    starts_on: Mapped[date | None]
    last_done_on: Mapped[date | None]
    completed_at: Mapped[datetime | None]


class TaskOccurrence(Base):
    """A completed occurrence of a recurring task, with the checklist as it stood then.

    The row is there exactly as long as the occurrence is completed.
    """

    __tablename__ = "task_occurrences"
    __table_args__ = (
        ForeignKeyConstraint(
            ["user_id", "task_id"], ["tasks.user_id", "tasks.id"], ondelete="CASCADE"
        ),
    )

    user_id: Mapped[OwnerKey]
    task_id: Mapped[int] = mapped_column(Id, primary_key=True)
    occurrence_on: Mapped[date] = mapped_column(primary_key=True)
    completed_at: Mapped[datetime]
    checklist: Mapped[list[dict[str, Any]]] = mapped_column(Json)
