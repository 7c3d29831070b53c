"""Redis, for as long as it answers in time.

A part that can do without Redis asks it here: what does not come at once does not come, and a Redis
that was lost is left alone for a moment instead of being waited for by every request.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog
from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.maint_notifications import MaintNotificationsConfig

ANSWER_SECONDS = 0.5
"""Connecting included. A Redis nearby answers in a thousandth of it; our own process may be busy, though."""

REST_SECONDS = 1.0
"""How long one that was lost is left alone; then one request finds out whether it is back."""

MAX_CONNECTIONS = 10
"""One process can't ask faster than so many can answer, and all may have to be opened at once."""

Answer = TypeVar("Answer")

_FAILURES = (RedisError, OSError)
_log = structlog.get_logger(__name__)


class RedisAwayError(Exception):
    """Redis did not answer, just now or a moment ago."""


class RedisLink:
    """One part's connections to Redis."""

    def __init__(self, url: str, part: str, answer_seconds: float = ANSWER_SECONDS) -> None:
        """``part`` is what the log calls it."""
        self.pool = BlockingConnectionPool.from_url(
            url,
            max_connections=MAX_CONNECTIONS,
            retry=Retry(NoBackoff(), 1),
            # With these, connections from before a restart of Redis would show only when they fail.
            maint_notifications_config=MaintNotificationsConfig(enabled=False),
        )
        self.client = Redis.from_pool(self.pool)
        self._part = part
        self._answer_seconds = answer_seconds
        self._is_lost = False
        self._rests_until = 0.0

    async def ask(self, question: Callable[[], Awaitable[Answer]]) -> Answer:
        """The answer of Redis. It hears the question twice if a connection breaks meanwhile.

        Raises:
            RedisAwayError: there is none. Whether the question was heard is not known.
        """
        now = time.monotonic()
        if now < self._rests_until:
            raise RedisAwayError
        finds_out = self._is_lost
        if finds_out:
            self._rests_until = now + REST_SECONDS  # the others do without meanwhile
        try:
            async with asyncio.timeout(self._answer_seconds):
                answer = await question()
        except _FAILURES as error:
            self._note_loss(error)
            raise RedisAwayError from error
        if finds_out:
            self._note_return()
        return answer

    async def close(self) -> None:
        """Let go of the connections."""
        await self.client.aclose()

    def _note_loss(self, error: Exception) -> None:
        self._rests_until = time.monotonic() + REST_SECONDS
        if not self._is_lost:
            self._is_lost = True
            reason = f"{type(error).__name__}: {error}"
            _log.warning("redis_lost", part=self._part, reason=reason)

    def _note_return(self) -> None:
        self._rests_until = 0.0
        if self._is_lost:
            self._is_lost = False
            _log.info("redis_back", part=self._part)
