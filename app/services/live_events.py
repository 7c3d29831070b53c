"""Live events: a learner's notifications as they come, from an id on."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass

from app.core.errors import UnauthenticatedError, UnavailableError
from app.core.events import Events, Subscription
from app.db.models import Notification
from app.db.unit_of_work import ReadUnitOfWork
from app.services.notifications import NotificationView, show_notification

RECHECK_SECONDS = 15.0
"""How long an ended session is at most not noticed while nothing happens. Before anything is sent it is
looked at anyway."""

BATCH = 100

OpenReading = Callable[[], AbstractAsyncContextManager[ReadUnitOfWork]]
Check = Callable[[], Awaitable[object]]
"""Raises ``UnauthenticatedError`` when who follows may not any more."""


@dataclass(frozen=True, slots=True)
class Follower:
    """Whose stream it is, where it begins, and whether it may go on."""

    user_id: int
    start_id: int
    check: Check


class LiveEvents:
    """One learner's stream. It reads in short units of work and holds nothing while it waits."""

    def __init__(
        self,
        follower: Follower,
        subscription: Subscription,
        open_reading: OpenReading,
        recheck_seconds: float,
    ) -> None:
        self._follower = follower
        self._subscription = subscription
        self._open_reading = open_reading
        self._recheck_seconds = recheck_seconds

    @property
    def start_id(self) -> int:
        """The stream begins with what comes after this id."""
        return self._follower.start_id

    async def follow(self) -> AsyncIterator[NotificationView]:
        """All that come, in order, until the check refuses, or the subscription or the database ends it.

        An end is no failure: the client comes back with the last id that it got, and misses nothing.
        """
        last_id = self.start_id
        while not self._subscription.is_over:
            try:
                rows = await self._read_after(last_id)
            except (UnauthenticatedError, UnavailableError):
                return
            for row in rows:
                yield show_notification(row)
                last_id = row.id
            if len(rows) < BATCH:
                await self._subscription.wait(self._recheck_seconds)

    async def _read_after(self, last_id: int) -> Sequence[Notification]:
        async with self._open_reading() as uow:
            rows = await uow.notifications.list_after(self._follower.user_id, last_id, BATCH)
        # Only now: what happened after the session's end can't be among rows that were read before.
        await self._follower.check()
        return rows


class LiveEventService:
    """Opens streams."""

    def __init__(
        self,
        open_reading: OpenReading,
        events: Events,
        recheck_seconds: float = RECHECK_SECONDS,
    ) -> None:
        self._open_reading = open_reading
        self._events = events
        self._recheck_seconds = recheck_seconds

    @asynccontextmanager
    async def open(
        self, user_id: int, last_id: int | None, check: Check
    ) -> AsyncIterator[LiveEvents]:
        """A stream of what comes after ``last_id``, or after now without one.

        An id that was not given yet counts as the newest: no event that comes may be skipped.

        Raises:
            UnavailableError: the database is out of reach, or there are too many streams.
        """
        # Subscribed first: what is committed from here on wakes the stream.
        async with self._events.subscribe(user_id) as subscription:
            newest = await self._find_newest(user_id)
            start_id = newest if last_id is None else min(last_id, newest)
            follower = Follower(user_id, start_id, check)
            yield LiveEvents(follower, subscription, self._open_reading, self._recheck_seconds)

    async def _find_newest(self, user_id: int) -> int:
        async with self._open_reading() as uow:
            return (await uow.notifications.newest_ids([user_id])).get(user_id, 0)
