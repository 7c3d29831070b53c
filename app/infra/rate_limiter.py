"""Counts requests against their rates."""

import math

from app.core.clock import Clock
from app.core.counters import Counters
from app.core.rate_limits import FindRateLimits, Rate, RateLimits, Standing


class RateLimiter:
    """Counts in windows that follow each other by the clock, the same ones in every process.

    So a single number has to be asked of Redis, and what is left, and until when, is known with it.
    """

    def __init__(self, counters: Counters, clock: Clock, find_rates: FindRateLimits) -> None:
        self._counters = counters
        self._clock = clock
        self._find_rates = find_rates

    @property
    def rates(self) -> RateLimits:
        """The rates in force now."""
        return self._find_rates()

    async def count(self, rate: Rate, source: str) -> Standing:
        """Count a request of a source: an account, or a network as ``name_network`` has it."""
        window, elapsed = divmod(self._clock.now().timestamp(), rate.seconds)
        key = f"{rate.name}:{rate.seconds}:{source}:{window:.0f}"
        count = await self._counters.increment(key, rate.seconds)
        return Standing(
            rate,
            remaining=max(0, rate.count - count),
            seconds_left=math.ceil(rate.seconds - elapsed),
            is_exceeded=count > rate.count,
        )
