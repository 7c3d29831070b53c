"""Background jobs: what is to be done beside the requests, written down in the transaction that wants it."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, SmallInteger, String, UniqueConstraint, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import NEVER_REUSE_IDS, Base, Created, PrimaryKey
from app.db.types import Id, Json, JsonOrNull


class BackgroundTask(Created, Base):
    """A job. ``user_id`` is whom it is about; those of nobody are the service's own.

    ``status``: queued, running, done or dead. ``due_at``: not before then; while it runs, when its lease
    ends and another worker may take it. ``lease``: by whom it is done. ``slot`` keeps what is done once a
    period from being wanted twice: the name of the schedule with the period.
    """

    __tablename__ = "background_tasks"
    __table_args__ = (
        Index(
            "ix_background_tasks_due",
            "due_at",
            postgresql_where=text("status IN ('queued', 'running')"),
            sqlite_where=text("status IN ('queued', 'running')"),
        ),
        Index(None, "user_id", "id"),
        Index("ix_background_tasks_finished", "status", "finished_at"),
        UniqueConstraint("slot"),
        NEVER_REUSE_IDS,
    )

    id: Mapped[PrimaryKey]
    user_id: Mapped[int | None] = mapped_column(Id, ForeignKey("users.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(64))
    data: Mapped[dict[str, Any]] = mapped_column(Json)
    status: Mapped[str] = mapped_column(String(16))
    attempts: Mapped[int] = mapped_column(SmallInteger)
    due_at: Mapped[datetime]
    lease: Mapped[str | None] = mapped_column(Uuid(as_uuid=False))
    slot: Mapped[str | None] = mapped_column(String(100))
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    result: Mapped[dict[str, Any] | None] = mapped_column(JsonOrNull)
    error: Mapped[str | None] = mapped_column(String(500))
