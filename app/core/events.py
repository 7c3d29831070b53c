"""Wake-ups: that somebody has something new to read. What it is stands in the database.

A wake-up may come too often, or get lost on its way to another process: whoever waits for them also looks
from time to time.
"""

from collections.abc import Collection
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from app.core.errors import UnavailableError


class TooManyStreamsError(UnavailableError):
    """This process holds as many streams as it can."""

    code = "too_many_streams"
    detail = "Too many event streams are open. Try again later."


class Subscription(Protocol):
    """One waiter's end."""

    @property
    def is_over(self) -> bool:
        """Whether it was ended from outside: for a newer one of the same user, or with the service."""
        ...

    async def wait(self, seconds: float) -> bool:
        """Wait for a wake-up since the last wait, or the end; False if none came for so many seconds."""
        ...


class Events(Protocol):
    """Wakes those who wait, in all processes of the service."""

    @property
    def waiting(self) -> Collection[int]:
        """The users who are waited for in this process."""
        ...

    def publish(self, user_ids: Collection[int]) -> None:
        """Wake those who wait for one of these users, here at once and elsewhere soon. Never fails."""
        ...

    def wake(self, user_ids: Collection[int]) -> None:
        """Wake them in this process alone."""
        ...

    def subscribe(self, user_id: int) -> AbstractAsyncContextManager[Subscription]:
        """Wait for one user; beyond a number the oldest subscription of the same user is ended.

        Raises:
            TooManyStreamsError: there are too many subscriptions in this process.
        """
        ...

    async def wait_for_anybody(self) -> None:
        """Wait until there is a subscription."""
        ...

    def close(self) -> None:
        """End all subscriptions, and those that come: the service leaves."""
        ...

    def start(self) -> None:
        """Begin what runs beside; to be called in the event loop."""
        ...

    async def stop(self, seconds: float) -> None:
        """Close, and give what is still to be published so long at most."""
        ...
