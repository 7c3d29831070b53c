"""Wake-ups within one process."""

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager

from app.core.events import TooManyStreamsError
from app.core.metrics import EVENT_STREAMS

MAX_OF_USER = 5
"""Subscriptions of one user; a further one ends the oldest. A client that lost its connection comes back
long before the server hears of the loss, and must not be locked out by what is left of itself."""

MAX_IN_PROCESS = 10_000
RETRY_SECONDS = 30


class InProcessSubscription:
    """One waiter's end."""

    def __init__(self) -> None:
        self.is_over = False
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Let ``wait`` return."""
        self._woken.set()

    def end(self) -> None:
        """End it."""
        self.is_over = True
        self._woken.set()

    async def wait(self, seconds: float) -> bool:
        """Wait for a wake-up since the last wait, or the end; False if none came for so many seconds."""
        try:
            async with asyncio.timeout(seconds):
                await self._woken.wait()
        except TimeoutError:
            return False
        self._woken.clear()
        return True


class InProcessEvents:
    """Wakes those who wait in this process."""

    def __init__(self, *, of_user: int = MAX_OF_USER, at_most: int = MAX_IN_PROCESS) -> None:
        """So many subscriptions of one user, and of all."""
        self._of_user = of_user
        self._at_most = at_most
        self._count = 0
        self._subscriptions: dict[int, list[InProcessSubscription]] = {}  # oldest first
        self._occupied = asyncio.Event()
        self._is_closed = False

    @property
    def waiting(self) -> Collection[int]:
        """The users who are waited for in this process."""
        return self._subscriptions.keys()

    def publish(self, user_ids: Collection[int]) -> None:
        """Wake those who wait for one of these users."""
        self.wake(user_ids)

    def wake(self, user_ids: Collection[int]) -> None:
        """Wake them in this process."""
        for user_id in user_ids:
            for subscription in self._subscriptions.get(user_id, ()):
                subscription.wake()

    @asynccontextmanager
    async def subscribe(self, user_id: int) -> AsyncIterator[InProcessSubscription]:
        """Wait for one user; beyond a number the oldest subscription of the same user is ended.

        Raises:
            TooManyStreamsError: there are too many subscriptions in this process.
        """
        if self._count >= self._at_most:
            raise TooManyStreamsError(retry_after=RETRY_SECONDS)
        subscription = InProcessSubscription()
        if self._is_closed:
            subscription.end()
        self._add(user_id, subscription)
        try:
            yield subscription
        finally:
            self._remove(user_id, subscription)

    async def wait_for_anybody(self) -> None:
        """Wait until there is a subscription."""
        await self._occupied.wait()

    def close(self) -> None:
        """End all subscriptions, and those that come."""
        self._is_closed = True
        for theirs in self._subscriptions.values():
            for subscription in theirs:
                subscription.end()

    def start(self) -> None:
        """Nothing runs beside."""

    async def stop(self, seconds: float) -> None:
        """Close."""
        self.close()

    def _add(self, user_id: int, subscription: InProcessSubscription) -> None:
        theirs = self._subscriptions.setdefault(user_id, [])
        theirs.append(subscription)
        live = [one for one in theirs if not one.is_over]
        if len(live) > self._of_user:
            live[0].end()
        self._count += 1
        EVENT_STREAMS.inc()
        self._occupied.set()

    def _remove(self, user_id: int, subscription: InProcessSubscription) -> None:
        theirs = self._subscriptions[user_id]
        theirs.remove(subscription)
        if not theirs:
            del self._subscriptions[user_id]
        self._count -= 1
        EVENT_STREAMS.dec()
        if not self._count:
            self._occupied.clear()
