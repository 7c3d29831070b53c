"""Bodies about notifications."""

from datetime import datetime
from typing import Any

from pydantic import Field

from app.core.notices import NoticeKind
from app.schemas.common import MAX_ID, AnswerModel, Cursor, PageLimit, PageRead, RequestModel


class NotificationQuery(RequestModel):
    """Which part of the notifications to show."""

    limit: PageLimit = 20
    cursor: Cursor | None = None


class NotificationRead(AnswerModel):
    """Something that happened to you."""

    id: int = Field(description="Counts your notifications, without gaps from the first on.")
    kind: str = Field(
        description="What happened. More kinds may come: leave out those that you don't know.",
        examples=[str(kind) for kind in NoticeKind],
    )
    data: dict[str, Any] = Field(
        description="What it is about; docs/game.md tells the members of each kind."
    )
    created_at: datetime
    read_at: datetime | None


class NotificationPageRead(PageRead[NotificationRead]):
    """Some of your notifications."""

    unread: int = Field(description="How many are unread in all, counted up to 100.")


class ReadMark(RequestModel):
    """How far you have read."""

    up_to: int = Field(
        ge=0,
        le=MAX_ID,
        strict=True,
        description="The id of the newest notification that you have seen.",
        examples=[17],
    )


class UnreadRead(AnswerModel):
    """What is left to read."""

    unread: int = Field(description="How many are unread, counted up to 100.")
