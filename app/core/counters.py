"""Counting events in windows of time: what limits are made of."""

from typing import Protocol


class Counters(Protocol):
    """Counters that vanish by themselves. Over Redis they are shared by all processes."""

    async def increment(self, key: str, window_seconds: int) -> int:
        """Count one event, in a window that begins with the first; how many there are now."""
        ...

    async def extend(self, key: str, seconds: int) -> None:
        """Have a counter last for at least so long from now."""
        ...

    async def seconds_left(self, key: str) -> int:
        """How long the counter will still be there; 0 if it is not."""
        ...

    async def clear(self, *keys: str) -> None:
        """Forget counters."""
        ...
