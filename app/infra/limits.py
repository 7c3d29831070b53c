"""Counters in this process, by the service's own clock."""

import heapq
import math
from dataclasses import dataclass

from app.core.clock import Clock
from app.core.counters import Backoff

_FEW = 1024
"""So many counters may lie about, expired or not, before they are looked through."""

MAX_COUNTERS = 50_000
"""About 10 MB. Whoever has many addresses could otherwise fill the memory."""

_MAX_DOUBLINGS = 30
_ATTEMPTS = "attempts:"


@dataclass(slots=True)
class _Counter:
    expires_at: float
    count: int = 0
    waits: int = 0
    waits_until: float = 0.0


class InProcessCounters:
    """Counters of one process. Several processes each count for themselves.

    No method gives way to another task on its way, so each is atomic.
    """

    def __init__(self, clock: Clock, at_most: int = MAX_COUNTERS) -> None:
        self._clock = clock
        self._at_most = at_most
        self._counters: dict[str, _Counter] = {}
        self._sweep_at = min(_FEW, at_most)

    def __len__(self) -> int:
        """How many counters there are, those included that have expired since the last look."""
        return len(self._counters)

    async def increment(self, key: str, seconds: int) -> int:
        """Count one event; how many there are now. They are kept for so long after the first."""
        counter = self._find(key, seconds)
        counter.count += 1
        return counter.count

    async def begin_attempt(self, key: str, backoff: Backoff) -> int:
        """Count an attempt as failed before it is made; 0, or the seconds to wait."""
        now = self._now()
        counter = self._find(_ATTEMPTS + key, backoff.window_seconds)
        if now < counter.waits_until:
            return math.ceil(counter.waits_until - now)
        counter.count += 1
        if counter.count >= backoff.free_failures:
            doublings = min(counter.waits, _MAX_DOUBLINGS)
            wait = min(backoff.longest_wait_seconds, backoff.first_wait_seconds * 2**doublings)
            counter.waits += 1
            counter.waits_until = now + wait
            counter.expires_at = counter.waits_until + backoff.window_seconds
        return 0

    async def forgive(self, key: str) -> None:
        """Forget the failed attempts."""
        self._counters.pop(_ATTEMPTS + key, None)

    async def reset(self) -> None:
        """Forget everything."""
        self._counters.clear()

    async def close(self) -> None:
        """There are no connections."""

    def _find(self, key: str, seconds: int) -> _Counter:
        now = self._now()
        counter = self._counters.get(key)
        if counter is None or counter.expires_at <= now:
            self._make_room(now)
            counter = self._counters[key] = _Counter(now + seconds)
        return counter

    def _make_room(self, now: float) -> None:
        if len(self._counters) < self._sweep_at:
            return
        live = {key: c for key, c in self._counters.items() if c.expires_at > now}
        if len(live) >= self._at_most:
            # A flood of sources that come once must not make it forget those who come often.
            busiest = heapq.nlargest(
                self._at_most // 2, live.items(), key=lambda item: item[1].count
            )
            live = dict(busiest)
        self._counters = live
        # Each time twice as many as last time stayed: so a counter is looked at twice on average.
        self._sweep_at = min(self._at_most, max(_FEW, 2 * len(live)))

    def _now(self) -> float:
        return self._clock.now().timestamp()
