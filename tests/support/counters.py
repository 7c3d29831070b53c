"""Counters of both kinds, by a clock that tests set."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from app.core.clock import Clock
from app.core.counters import Counters
from app.infra.limits import InProcessCounters
from app.infra.redis_limits import RedisCounters

PATIENCE = 10.0
"""Tests share a busy machine, which is no loss of Redis."""


@asynccontextmanager
async def open_redis_counters(
    url: str, clock: Clock, answer_seconds: float = PATIENCE
) -> AsyncIterator[RedisCounters]:
    """The counters of one process."""
    counters = RedisCounters(url, clock, InProcessCounters(clock), answer_seconds)
    try:
        yield counters
    finally:
        await counters.close()


@asynccontextmanager
async def open_counters(url: str | None, clock: Clock) -> AsyncIterator[Counters]:
    """Empty counters: over Redis, or of this process if there is no address."""
    if url is None:
        yield InProcessCounters(clock)
        return
    async with open_redis_counters(url, clock) as counters:
        await counters.reset()
        yield counters
