"""The cache of one process, and the groups of a service that is one process."""

import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Collection
from dataclasses import dataclass

from app.core.cache import Cache, Slot

MAX_BYTES = 32 * 1024 * 1024
"""Keys and values of a process; some hundred courses."""

_OVERHEAD = 250
"""Bytes that an entry takes besides its key and value, about."""

_LARGEST_SHARE = 8
"""One value may take an eighth of the room: it must not drive all others out."""


@dataclass(frozen=True, slots=True)
class _Entry:
    value: bytes
    expires_at: float
    size: int


class InProcessCache:
    """Keeps the values that were asked for last. No method gives way to another task on its way."""

    def __init__(
        self, max_bytes: int = MAX_BYTES, tell_time: Callable[[], float] = time.monotonic
    ) -> None:
        self._max_bytes = max_bytes
        self._tell_time = tell_time
        self._entries: OrderedDict[str, _Entry] = OrderedDict()  # the longest unused first
        self._bytes = 0

    @property
    def size(self) -> int:
        """Bytes that are taken, about."""
        return self._bytes

    def __len__(self) -> int:
        """How many values there are, expired ones included."""
        return len(self._entries)

    async def get(self, key: str) -> bytes | None:
        """The value, if it is there and not too old."""
        entry = self._entries.get(key)
        if entry is None:
            return None
        if entry.expires_at <= self._tell_time():
            self._drop(key)
            return None
        self._entries.move_to_end(key)
        return entry.value

    async def set(self, key: str, value: bytes, seconds: int) -> None:
        """Keep a value, unless it is too large; the longest unused ones make room."""
        self._drop(key)
        size = len(key) + len(value) + _OVERHEAD
        if size > self._max_bytes // _LARGEST_SHARE:
            return
        self._entries[key] = _Entry(value, self._tell_time() + seconds, size)
        self._bytes += size
        while self._bytes > self._max_bytes:
            self._drop(next(iter(self._entries)))

    async def delete(self, key: str) -> None:
        """Forget a value."""
        self._drop(key)

    async def clear(self) -> None:
        """Forget all values."""
        self._entries.clear()
        self._bytes = 0

    def _drop(self, key: str) -> None:
        entry = self._entries.pop(key, None)
        if entry is not None:
            self._bytes -= entry.size


class LayeredCache:
    """A near cache before a far one: what is found far off is kept near for a while."""

    def __init__(self, near: Cache, far: Cache, near_seconds: int) -> None:
        self._near = near
        self._far = far
        self._near_seconds = near_seconds

    async def get(self, key: str) -> bytes | None:
        """The value from the nearest place that has it."""
        value = await self._near.get(key)
        if value is None:
            value = await self._far.get(key)
            if value is not None:
                await self._near.set(key, value, self._near_seconds)
        return value

    async def set(self, key: str, value: bytes, seconds: int) -> None:
        """Keep a value in both places."""
        await self._near.set(key, value, min(seconds, self._near_seconds))
        await self._far.set(key, value, seconds)

    async def delete(self, key: str) -> None:
        """Forget a value in both places (but not in the near ones of other processes)."""
        await self._near.delete(key)
        await self._far.delete(key)

    async def clear(self) -> None:
        """Forget all values in both places."""
        await self._near.clear()
        await self._far.clear()


class InProcessGroups:
    """Groups that are changed by this process alone."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache
        self._changes: Counter[str] = Counter()

    async def find(self, group: str, key: str) -> Slot:
        """The place of a value since the last change of its group."""
        stamp = str(self._changes[group])
        full_key = f"{group}:{stamp}:{key}"
        return Slot(full_key, stamp, await self._cache.get(full_key))

    async def fill(self, slot: Slot, value: bytes, seconds: int) -> None:
        """Keep a value; after a change of the group nobody asks for this key any more."""
        if slot.stamp is not None:
            await self._cache.set(slot.key, value, seconds)

    def change(self, groups: Collection[str]) -> None:
        """Count the change."""
        self._changes.update(groups)

    async def close(self) -> None:
        """Nothing runs beside."""


class NoGroups:
    """Keeps nothing: other processes change the groups, and there is nothing to hear of it by."""

    async def find(self, group: str, key: str) -> Slot:
        """An empty place."""
        return Slot(key)

    async def fill(self, slot: Slot, value: bytes, seconds: int) -> None:
        """Do nothing."""

    def change(self, groups: Collection[str]) -> None:
        """Do nothing."""

    async def close(self) -> None:
        """Nothing runs beside."""
