"""Counters over Redis: all processes count together."""

from typing import Any

from limits.aio.storage import RedisStorage

from app.core.clock import Clock
from app.core.counters import Backoff, Counters
from app.infra.redis_link import ANSWER_SECONDS, RedisAwayError, RedisLink

PREFIX = "questboard:limits"
_ATTEMPTS = "attempts:"

# The instants come from our clock, as in every process. Redis's own only throws away what is over.
_BEGIN_ATTEMPT = """
local now, free, window = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]) * 1000
local first, longest = tonumber(ARGV[4]) * 1000, tonumber(ARGV[5]) * 1000
local kept = redis.call('HMGET', KEYS[1], 'count', 'waits', 'waits_until', 'expires_at')
local count, waits = tonumber(kept[1]) or 0, tonumber(kept[2]) or 0
local waits_until, expires_at = tonumber(kept[3]) or 0, tonumber(kept[4]) or 0
if expires_at <= now then
    count, waits, waits_until, expires_at = 0, 0, 0, now + window
end
if now < waits_until then
    return math.ceil((waits_until - now) / 1000)
end
count = count + 1
if count >= free then
    waits_until = now + math.min(longest, first * 2 ^ math.min(waits, 30))
    waits = waits + 1
    expires_at = waits_until + window
end
redis.call('HSET', KEYS[1],
    'count', count, 'waits', waits, 'waits_until', waits_until, 'expires_at', expires_at)
redis.call('PEXPIRE', KEYS[1], expires_at - now)
return 0
"""


class RedisCounters:
    """Counters that all processes share. While Redis is away, this one counts by itself."""

    def __init__(
        self,
        url: str,
        clock: Clock,
        fallback: Counters,
        answer_seconds: float = ANSWER_SECONDS,
    ) -> None:
        self._link = RedisLink(url, "limits", answer_seconds)
        self._clock = clock
        self._fallback = fallback
        # The pool knows the address; here only the scheme counts.
        options: dict[str, Any] = {"connection_pool": self._link.pool}
        self._storage = RedisStorage(
            "async+redis://", implementation="redispy", key_prefix=PREFIX, **options
        )
        self._begin_attempt = self._link.client.register_script(_BEGIN_ATTEMPT)

    async def increment(self, key: str, seconds: int) -> int:
        """Count one event; how many there are now. They are kept for so long after the first."""
        try:
            return await self._link.ask(lambda: self._storage.incr(key, seconds))
        except RedisAwayError:
            return await self._fallback.increment(key, seconds)

    async def begin_attempt(self, key: str, backoff: Backoff) -> int:
        """Count an attempt as failed before it is made; 0, or the seconds to wait."""
        terms = [
            round(self._clock.now().timestamp() * 1000),
            backoff.free_failures,
            backoff.window_seconds,
            backoff.first_wait_seconds,
            backoff.longest_wait_seconds,
        ]
        try:
            return int(
                await self._link.ask(
                    lambda: self._begin_attempt([f"{PREFIX}:{_ATTEMPTS}{key}"], terms)
                )
            )
        except RedisAwayError:
            return await self._fallback.begin_attempt(key, backoff)

    async def forgive(self, key: str) -> None:
        """Forget the failed attempts, here as well: they may be of a time without Redis."""
        await self._fallback.forgive(key)
        try:
            await self._link.ask(lambda: self._storage.clear(_ATTEMPTS + key))
        except RedisAwayError:
            return

    async def reset(self) -> None:
        """Forget everything."""
        await self._fallback.reset()
        try:
            await self._link.ask(self._storage.reset)
        except RedisAwayError:
            return

    async def close(self) -> None:
        """Let go of connections."""
        await self._link.close()
