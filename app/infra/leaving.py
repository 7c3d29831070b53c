"""Leaving in order, from the signal on.

First the process says that it is not ready, and serves on for as long as balancers need to see it. Then it
takes no further connections. An answer that has no end of its own (a stream) is told, because a server waits
for the answers under way before it tells the application of the shutdown. Last the server hears of it.
"""

import asyncio
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType

import structlog

from app.core.departure import THIS_PROCESS, Departure

_SIGNALS = (signal.SIGTERM, signal.SIGINT)
_log = structlog.get_logger(__name__)


@contextmanager
def tell_when_leaving(
    tell: Callable[[], None], departure: Departure = THIS_PROCESS
) -> Iterator[None]:
    """Call ``tell`` in the event loop before the server hears of a signal to leave.

    SIGTERM is a supervisor's, who may send it twice (to the group and through the parent). SIGINT is a
    person's at a terminal: nothing is drained, and the second one goes straight to the server.
    Signals that nobody handles, and threads that hear none, are left alone.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    leaver = _Leaver(tell, departure)
    handlers = {number: signal.getsignal(number) for number in _SIGNALS}
    ours = {number: handler for number, handler in handlers.items() if callable(handler)}

    def handle(number: int, frame: FrameType | None) -> None:
        leaver.hear(signal.Signals(number), lambda: ours[signal.Signals(number)](number, frame))

    for number in ours:
        signal.signal(number, handle)
    try:
        yield
    finally:
        leaver.forget()
        for number, handler in ours.items():
            if signal.getsignal(number) is handle:
                signal.signal(number, handler)


class _Leaver:
    """Goes through the steps once, however many signals come."""

    def __init__(self, tell: Callable[[], None], departure: Departure) -> None:
        self._tell = tell
        self._departure = departure
        self._loop = asyncio.get_running_loop()
        self._hurried = asyncio.Event()
        self._leaving: asyncio.Task[None] | None = None

    def hear(self, number: signal.Signals, tell_server: Callable[[], None]) -> None:
        """Take note of a signal, between any two steps of the program."""
        is_first = not self._departure.is_leaving
        self._departure.is_leaving = True
        if number is signal.SIGINT and self._hurried.is_set():
            tell_server()
            return
        self._loop.call_soon_threadsafe(self._act, number, is_first, tell_server)

    def forget(self) -> None:
        """It is over: the process may serve anew (in tests it does)."""
        self._departure.is_leaving = False
        if self._leaving is not None:
            self._leaving.cancel()

    def _act(self, number: signal.Signals, is_first: bool, tell_server: Callable[[], None]) -> None:
        if number is signal.SIGINT:
            self._hurried.set()
        if is_first:
            self._leaving = asyncio.create_task(self._leave(tell_server), name="leaving")

    async def _leave(self, tell_server: Callable[[], None]) -> None:
        seconds = self._departure.drain_seconds
        if seconds:
            _log.info("draining", seconds=seconds)
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._hurried.wait()
        try:
            await self._departure.stop_listening()
        finally:  # whatever happened there, the server has to hear of it
            self._tell()
            tell_server()
