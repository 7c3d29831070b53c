"""The annotated aliases of notifications and of their live stream."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Header, Response
from pydantic import Field

from app.api.deps import BearerToken, ClockDep, PartsDep, ReadUowDep, UncountedUser, UowDep
from app.schemas.common import MAX_ID, WHOLE_NUMBER
from app.services.live_events import LiveEvents, LiveEventService
from app.services.notifications import NotificationReadService, NotificationService

LastEventId = Annotated[
    int | None,
    Header(
        alias="Last-Event-ID",
        description="The id of the last event that you got: the stream goes on after it.",
    ),
    Field(ge=0, le=MAX_ID),
    WHOLE_NUMBER,
]


async def get_notification_reader(uow: ReadUowDep) -> NotificationReadService:
    """Shows notifications."""
    return NotificationReadService(uow)


async def get_notifications(uow: UowDep, clock: ClockDep) -> NotificationService:
    """Marks notifications as read."""
    return NotificationService(uow, clock)


async def open_live_events(
    parts: PartsDep,
    caller: UncountedUser,
    token: BearerToken,
    response: Response,
    last_event_id: LastEventId = None,
) -> AsyncIterator[LiveEvents]:
    """The caller's stream: open until the answer has ended, for as long as the token counts."""

    async def check() -> None:
        await parts.callers.recheck(token, caller.user_id)

    response.headers["Cache-Control"] = "no-store"  # beside FastAPI's no-cache
    service = LiveEventService(parts.database.reading, parts.events)
    async with service.open(caller.user_id, last_event_id, check) as events:
        yield events


LiveEventsDep = Annotated[LiveEvents, Depends(open_live_events)]
NotificationReadServiceDep = Annotated[NotificationReadService, Depends(get_notification_reader)]
NotificationServiceDep = Annotated[NotificationService, Depends(get_notifications)]
