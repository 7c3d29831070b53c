"""Hearing early that the service is to leave.

A server waits for the answers under way before it tells the application of the shutdown. An answer that has
no end of its own has to be told before: by the signal itself.
"""

import asyncio
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

_SIGNALS = (signal.SIGTERM, signal.SIGINT)


@contextmanager
def tell_when_leaving(tell: Callable[[], None]) -> Iterator[None]:
    """Call ``tell`` in the event loop when a signal to leave arrives; what the server does with it stays.

    Signals that nobody handles, and threads that hear none, are left alone.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    loop = asyncio.get_running_loop()
    handlers = {number: signal.getsignal(number) for number in _SIGNALS}

    def handle(number: int, frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(tell)
        handler = handlers[signal.Signals(number)]
        if callable(handler):
            handler(number, frame)

    ours = [number for number, handler in handlers.items() if callable(handler)]
    for number in ours:
        signal.signal(number, handle)
    try:
        yield
    finally:
        for number in ours:
            if signal.getsignal(number) is handle:
                signal.signal(number, handlers[number])
