"""What operators look after: settings that change without a restart, and what matters for security."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import NEVER_REUSE_IDS, Base, OwnerKey, PrimaryKey
from app.db.types import Id, Json


class AppSetting(Base):
    """A setting that an admin changed. Those without a row have their defaults."""

    __tablename__ = "app_settings"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    value: Mapped[Any] = mapped_column(Json)
    updated_at: Mapped[datetime]
    updated_by: Mapped[int | None] = mapped_column(Id)


class Revision(Base):
    """How often something that processes keep in memory was changed: they compare, and read it anew."""

    __tablename__ = "revisions"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    number: Mapped[int]


class AuditEntry(Base):
    """Something that matters for security. It outlives the accounts, of which it keeps the numbers only.

    ``actor_id`` did it, ``subject_id`` is whom it concerns, so far as they are known.
    """

    __tablename__ = "audit_log"
    __table_args__ = (
        Index(None, "at", "id"),
        Index(None, "event", "id"),
        Index(None, "actor_id", "id"),
        Index(None, "subject_id", "id"),
        NEVER_REUSE_IDS,
    )

    id: Mapped[PrimaryKey]
    at: Mapped[datetime]
    event: Mapped[str] = mapped_column(String(64))
    actor_id: Mapped[int | None] = mapped_column(Id)
    subject_id: Mapped[int | None] = mapped_column(Id)
    address: Mapped[str | None] = mapped_column(String(45))
    request_id: Mapped[str | None] = mapped_column(String(64))
    details: Mapped[dict[str, Any]] = mapped_column(Json)


class MailPreferences(Base):
    """Which mails a learner wishes. Nobody without a row does.

    ``reminder_hour``: of the learner's wall clock, 0-23. ``remind_at`` and ``report_at`` are when the next
    mails are due, so that one index finds them in all zones.
    """

    __tablename__ = "mail_preferences"
    __table_args__ = (Index(None, "remind_at"), Index(None, "report_at"))

    user_id: Mapped[OwnerKey]
    reminder_hour: Mapped[int | None] = mapped_column(SmallInteger)
    weekly_report: Mapped[bool]
    remind_at: Mapped[datetime | None]
    report_at: Mapped[datetime | None]
