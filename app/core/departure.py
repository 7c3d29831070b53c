"""Whether this process is about to leave: signals tell a process, so there is one such value in each."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass


async def _listen_to_none() -> None:
    pass


@dataclass
class Departure:
    """How the process leaves. From the signal on it is leaving; it serves on while it drains."""

    is_leaving: bool = False
    drain_seconds: float = 0
    """How long it serves on although it says that it is not ready: so balancers look elsewhere."""
    stop_listening: Callable[[], Awaitable[None]] = _listen_to_none
    """Takes no further connections; those that the system took already are accepted."""


THIS_PROCESS = Departure()
