"""Notifications: listed, marked as read, and followed live."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Query, status
from fastapi.sse import EventSourceResponse, ServerSentEvent

from app.api.deps import CurrentUser
from app.api.docs import problems
from app.api.event_docs import EVENT_STREAM
from app.api.idempotency import RETRY_REFUSALS, Idempotent
from app.api.notification_deps import (
    LiveEventsDep,
    NotificationReadServiceDep,
    NotificationServiceDep,
)
from app.api.resource import ResourceRouter
from app.core.events import TooManyStreamsError
from app.schemas.notifications import (
    NotificationPageRead,
    NotificationQuery,
    NotificationRead,
    ReadMark,
    UnreadRead,
)
from app.services.errors import BadCursorError
from app.services.notifications import NotificationsView, UnreadView

RETRY_MILLISECONDS = 3000
"""How long a client should wait before it comes back."""

router = ResourceRouter("/game", tag="game")


@router.get(
    "/notifications",
    summary="List your notifications",
    status_code=status.HTTP_200_OK,
    response_model=NotificationPageRead,
    responses=problems(BadCursorError),
)
async def list_notifications(
    query: Annotated[NotificationQuery, Query()],
    caller: CurrentUser,
    notifications: NotificationReadServiceDep,
) -> NotificationsView:
    """What happened to you, newest first. They are kept for 90 days."""
    return await notifications.list_page(caller, query.limit, query.cursor)


@router.post(
    "/notifications/read",
    summary="Mark notifications as read",
    status_code=status.HTTP_200_OK,
    response_model=UnreadRead,
    responses=problems(*RETRY_REFUSALS),
    dependencies=[Idempotent],
)
async def mark_notifications_read(
    body: ReadMark, caller: CurrentUser, notifications: NotificationServiceDep
) -> UnreadView:
    """Mark all up to an id as read. To do it again changes nothing."""
    return await notifications.mark_read(caller, body.up_to)


@router.get(
    "/events",
    summary="Follow your notifications live",
    status_code=status.HTTP_200_OK,
    response_class=EventSourceResponse,
    responses={**problems(TooManyStreamsError), **EVENT_STREAM},
)
async def stream_events(events: LiveEventsDep) -> AsyncIterator[ServerSentEvent]:
    """Your notifications as server-sent events, each once and in order.

    The event's name is the notification's kind, its id the notification's, its data the JSON that the list
    has. Without `Last-Event-ID` it begins with what comes after now; the id in its first lines lets you
    resume even if nothing came. A comment every 15 seconds keeps the connection open.

    The stream ends with the access token or the session, with the service, and the oldest one when you
    open more than five: come back with a token that counts and the last id.
    """
    yield ServerSentEvent(id=str(events.start_id), retry=RETRY_MILLISECONDS, comment="connected")
    async for notification in events.follow():
        yield ServerSentEvent(
            id=str(notification.id),
            event=notification.kind,
            data=NotificationRead.model_validate(notification),
        )
