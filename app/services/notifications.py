"""Notifications: listed, and marked as read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.core.clock import Clock
from app.core.errors import UnauthenticatedError
from app.db.models import Notification
from app.db.unit_of_work import ReadUnitOfWork, UnitOfWork
from app.services.paging import NEWEST, cut_page, decode_id, encode_cursor
from app.services.principal import Principal

_LIST = "notifications"


@dataclass(frozen=True, slots=True)
class NotificationView:
    """Something that the learner was told."""

    id: int
    kind: str
    data: Mapping[str, Any]
    created_at: datetime
    read_at: datetime | None


@dataclass(frozen=True, slots=True)
class NotificationsView:
    """A page of notifications, and how many are unread in all."""

    items: Sequence[NotificationView]
    next_cursor: str | None
    unread: int


@dataclass(frozen=True, slots=True)
class UnreadView:
    """How many are unread."""

    unread: int


class NotificationReadService:
    """Shows what the learner was told."""

    def __init__(self, uow: ReadUnitOfWork) -> None:
        self._uow = uow

    async def list_page(
        self, principal: Principal, limit: int, cursor: str | None
    ) -> NotificationsView:
        """A page, newest first.

        Raises:
            BadCursorError: the cursor is not one of this list.
        """
        before_id = decode_id(_LIST, cursor, NEWEST)
        rows = await self._uow.notifications.list_page(principal.user_id, before_id, limit + 1)
        page = cut_page(rows, limit, show_notification, lambda row: encode_cursor(_LIST, [row.id]))
        unread = await self._uow.notifications.count_unread(principal.user_id)
        return NotificationsView(page.items, page.next_cursor, unread)


class NotificationService:
    """Marks what the learner has read."""

    def __init__(self, uow: UnitOfWork, clock: Clock) -> None:
        self._uow = uow
        self._clock = clock

    async def mark_read(self, principal: Principal, up_to: int) -> UnreadView:
        """Mark all up to an id as read; what is read already keeps its instant.

        Raises:
            UnauthenticatedError: the account was deleted meanwhile.
        """
        # Under the player's lock: two calls at once would lock the same rows in any order.
        if await self._uow.players.lock(principal.user_id) is None:
            raise UnauthenticatedError
        await self._uow.notifications.mark_read(principal.user_id, up_to, self._clock.now())
        return UnreadView(await self._uow.notifications.count_unread(principal.user_id))


def show_notification(row: Notification) -> NotificationView:
    """A notification as its owner sees it."""
    return NotificationView(row.id, row.kind, row.data, row.created_at, row.read_at)
