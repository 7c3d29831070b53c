"""The cache that all processes share, over Redis. While it is away nothing is found, and nothing fails."""

import asyncio
import secrets
from collections import Counter
from collections.abc import Collection, Sequence
from contextlib import suppress
from functools import partial
from typing import Any

from app.core.cache import RedisState, Slot
from app.infra.redis_link import REST_SECONDS, RedisAwayError, RedisLink

PREFIX = "questboard:cache"
STAMP_SECONDS = 3600
_CLEARED_AT_ONCE = 500


class RedisCache:
    """Values in Redis, under names that belong to one service: others may share the server."""

    def __init__(self, link: RedisLink, namespace: str) -> None:
        self._link = link
        self._prefix = f"{PREFIX}:{namespace}:"

    async def get(self, key: str) -> bytes | None:
        """The value; None if it is not there or Redis does not answer."""
        with suppress(RedisAwayError):
            (value,) = await self._link.ask(lambda: _read(self._link, self._prefix + key))
            return value
        return None

    async def set(self, key: str, value: bytes, seconds: int) -> None:
        """Keep a value, if Redis answers."""
        with suppress(RedisAwayError):
            await self._link.ask(
                lambda: self._link.client.set(self._prefix + key, value, ex=seconds)
            )

    async def delete(self, key: str) -> None:
        """Forget a value, if Redis answers."""
        with suppress(RedisAwayError):
            await self._link.ask(lambda: self._link.client.delete(self._prefix + key))

    async def clear(self) -> None:
        """Forget all values of this service, groups included, if Redis answers."""
        with suppress(RedisAwayError):
            await self._link.ask(self._clear)

    async def probe(self) -> RedisState:
        """Whether Redis answers."""
        try:
            await self._link.ask(self._link.client.ping)
        except RedisAwayError:
            return RedisState.DEGRADED
        return RedisState.OK

    async def _clear(self) -> None:
        client = self._link.client
        pattern = f"{self._prefix}*"
        async for key in client.scan_iter(match=pattern, count=_CLEARED_AT_ONCE):
            await client.unlink(key)


class RedisGroups:
    """Groups that any process may change.

    Each group has a stamp in Redis, made at random by whoever first needs it. Values begin with the stamp
    that they were made under; a change erases the stamp, so the next one differs. It is asked for
    together with the value, every time, and without an answer nothing kept is used. Until Redis has
    confirmed a change of this process, this process uses nothing of the group.
    """

    def __init__(self, link: RedisLink, namespace: str) -> None:
        self._link = link
        self._prefix = f"{PREFIX}:{namespace}:"
        self._unsent: Counter[str] = Counter()
        self._sending: asyncio.Task[None] | None = None

    async def find(self, group: str, key: str) -> Slot:
        """The place of a value, and the value if its stamp is the group's."""
        full_key = f"{self._prefix}{group}:{key}"
        if group in self._unsent:
            return Slot(full_key)
        try:
            stamp, value = await self._link.ask(
                lambda: self._ask(self._name_stamp(group), full_key)
            )
        except RedisAwayError:
            return Slot(full_key)
        if group in self._unsent:  # changed while we asked
            return Slot(full_key)
        if value is None or not value.startswith(stamp):
            return Slot(full_key, stamp.decode())
        return Slot(full_key, stamp.decode(), value[len(stamp) :])

    async def fill(self, slot: Slot, value: bytes, seconds: int) -> None:
        """Keep a value under the stamp that was found."""
        if slot.stamp is None:
            return
        stamped = slot.stamp.encode() + value
        with suppress(RedisAwayError):
            await self._link.ask(lambda: self._link.client.set(slot.key, stamped, ex=seconds))

    def change(self, groups: Collection[str]) -> None:
        """Have the stamps erased, at once and for as long as it takes."""
        self._unsent.update(groups)
        if self._sending is None or self._sending.done():
            self._sending = asyncio.create_task(self._send(), name="cache_changes")

    async def close(self) -> None:
        """Give up on what is not sent: what is kept does not live long."""
        if self._sending is not None:
            self._sending.cancel()
            await asyncio.gather(self._sending, return_exceptions=True)

    async def _ask(self, stamp_key: str, key: str) -> tuple[bytes, bytes | None]:
        stamp, value = await _read(self._link, stamp_key, key)
        if stamp is None:
            fresh = secrets.token_hex(8)
            await self._link.client.set(stamp_key, fresh, nx=True, ex=STAMP_SECONDS)
            stamp, value = await _read(self._link, stamp_key, key)  # another's, if that was faster
        if stamp is None:
            raise RedisAwayError  # it has no room, not even for this
        return stamp, value

    async def _send(self) -> None:
        while self._unsent:
            sent = Counter(self._unsent)
            try:
                await self._link.ask(partial(self._erase_stamps, list(sent)))
            except RedisAwayError:
                await asyncio.sleep(REST_SECONDS / 4)
                continue
            # What was changed again meanwhile is sent again: Redis may have heard us before that.
            self._unsent -= sent

    async def _erase_stamps(self, groups: Sequence[str]) -> None:
        await self._link.client.delete(*(self._name_stamp(group) for group in groups))

    def _name_stamp(self, group: str) -> str:
        return f"{self._prefix}stamp:{group}"


async def _read(link: RedisLink, *keys: str) -> list[bytes | None]:
    """The values of keys (the client's type does not say that they are bytes)."""
    values: list[Any] = await link.client.mget(*keys)
    return values
