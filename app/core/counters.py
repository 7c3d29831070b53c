"""Counting events: what limits are made of."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Backoff:
    """When failures make an account wait, and for how long: each wait is twice as long as the last."""

    free_failures: int
    """This many in the window; the last of them and each further one make it wait."""
    window_seconds: int
    first_wait_seconds: int
    longest_wait_seconds: int


class Counters(Protocol):
    """Counters that vanish by themselves. Over Redis they are shared by all processes.

    Each method is atomic, and none fails: without Redis each process counts for itself. Events and
    attempts of the same key are counted apart.
    """

    async def increment(self, key: str, seconds: int) -> int:
        """Count one event; how many there are now. They are kept for so long after the first."""
        ...

    async def begin_attempt(self, key: str, backoff: Backoff) -> int:
        """Count an attempt as failed before it is made.

        0 if it may be made, else the seconds to wait. What has to wait is not counted, and failures
        are remembered for a window after the wait, or nobody would ever wait for longest.
        """
        ...

    async def forgive(self, key: str) -> None:
        """Forget the failed attempts."""
        ...

    async def reset(self) -> None:
        """Forget everything."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...
