"""Counters in this process, by the service's own clock."""

import math
from dataclasses import dataclass

from app.core.clock import Clock

_FEW = 1024
"""So many counters may lie about, expired or not, before they are looked through."""


@dataclass(slots=True)
class _Counter:
    count: int
    expires_at: float


class InProcessCounters:
    """Counters of one process. Several processes each count for themselves.

    No method gives way to another task on its way, so each is atomic.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._counters: dict[str, _Counter] = {}
        self._sweep_at = _FEW

    async def increment(self, key: str, window_seconds: int) -> int:
        """Count one event, in a window that begins with the first; how many there are now."""
        counter = self._find(key)
        if counter is None:
            self._sweep()
            counter = self._counters[key] = _Counter(0, self._now() + window_seconds)
        counter.count += 1
        return counter.count

    async def extend(self, key: str, seconds: int) -> None:
        """Have a counter last for at least so long from now."""
        counter = self._find(key)
        if counter is not None:
            counter.expires_at = max(counter.expires_at, self._now() + seconds)

    async def seconds_left(self, key: str) -> int:
        """How long the counter will still be there; 0 if it is not."""
        counter = self._find(key)
        return 0 if counter is None else math.ceil(counter.expires_at - self._now())

    async def clear(self, *keys: str) -> None:
        """Forget counters."""
        for key in keys:
            self._counters.pop(key, None)

    async def reset(self) -> None:
        """Forget all counters."""
        self._counters.clear()

    def _find(self, key: str) -> _Counter | None:
        counter = self._counters.get(key)
        return None if counter is None or counter.expires_at <= self._now() else counter

    def _sweep(self) -> None:
        # Each time twice as many as last time stayed: so a counter is looked at twice on average.
        if len(self._counters) >= self._sweep_at:
            now = self._now()
            self._counters = {k: c for k, c in self._counters.items() if c.expires_at > now}
            self._sweep_at = max(_FEW, 2 * len(self._counters))

    def _now(self) -> float:
        return self._clock.now().timestamp()
