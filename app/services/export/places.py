"""How many exports are made, and kept until they are sent, at a time in this process."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from app.services.export.errors import ExportRunningError, ExportsBusyError

_RETRY_AFTER_SECONDS = 10


class ExportPlaces:
    """Lets each user have one export at a time, and all together only so many."""

    def __init__(self, kept: int, made: int, wait_seconds: float) -> None:
        """``kept``: files at a time. ``made``: of these, how many may be read from the database."""
        self._kept = kept
        self._making = asyncio.Semaphore(made)
        self._wait_seconds = wait_seconds
        self._users: set[int] = set()

    @contextmanager
    def keep(self, user_id: int) -> Iterator[None]:
        """Hold a place for the user's file.

        Raises:
            ExportRunningError: the user holds one already.
            ExportsBusyError: none is free.
        """
        if user_id in self._users:
            raise ExportRunningError(retry_after=_RETRY_AFTER_SECONDS)
        if len(self._users) >= self._kept:
            raise ExportsBusyError(retry_after=_RETRY_AFTER_SECONDS)
        self._users.add(user_id)
        try:
            yield
        finally:
            self._users.discard(user_id)

    @asynccontextmanager
    async def make(self) -> AsyncIterator[None]:
        """Wait for one's turn: each that is made holds a connection of the database.

        Raises:
            ExportsBusyError: it did not come in time.
        """
        try:
            async with asyncio.timeout(self._wait_seconds):
                await self._making.acquire()
        except TimeoutError:
            raise ExportsBusyError(retry_after=_RETRY_AFTER_SECONDS) from None
        try:
            yield
        finally:
            self._making.release()
