"""Counters in this process, on the storage of the ``limits`` package."""

import math
import time

from limits.aio.storage import MemoryStorage


class InProcessCounters:
    """Counters of one process. Several processes each count for themselves."""

    def __init__(self) -> None:
        self._storage = MemoryStorage()

    async def increment(self, key: str, window_seconds: int) -> int:
        """Count one event, in a window that begins with the first; how many there are now."""
        return await self._storage.incr(key, window_seconds)

    async def seconds_left(self, key: str) -> int:
        """How long the counter will still be there; 0 if it is not."""
        if not await self._storage.get(key):
            return 0
        return max(0, math.ceil(await self._storage.get_expiry(key) - time.time()))

    async def clear(self, *keys: str) -> None:
        """Forget counters."""
        for key in keys:
            await self._storage.clear(key)

    async def reset(self) -> None:
        """Forget all counters."""
        await self._storage.reset()
