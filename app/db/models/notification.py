"""Notifications: what happened to a learner, in an order that can be resumed."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base, Created, OwnerKey
from app.db.types import Id, Json


class Notification(Created, Base):
    """Something to tell a learner.

    ``id`` counts within one learner and is given under the player's lock, so that it is in the order of
    commits: a database sequence is not, and ``id > last`` would lose rows.
    """

    __tablename__ = "notifications"
    __table_args__ = (Index("ix_notifications_created_at", "created_at"),)

    user_id: Mapped[OwnerKey]
    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(32))
    data: Mapped[dict[str, Any]] = mapped_column(Json)
    read_at: Mapped[datetime | None]
