"""The signal to leave is heard by the application as well as by the server."""

import asyncio
import signal
from collections.abc import Iterator
from types import FrameType

import pytest

from app.infra.leaving import tell_when_leaving


@pytest.fixture
def heard() -> Iterator[list[int]]:
    """What the server's own handler hears."""
    signals: list[int] = []

    def handle(number: int, _frame: FrameType | None) -> None:
        signals.append(number)

    before = signal.signal(signal.SIGTERM, handle)
    yield signals
    signal.signal(signal.SIGTERM, before)


async def test_both_are_told(heard: list[int]) -> None:
    told = asyncio.Event()
    with tell_when_leaving(told.set):
        signal.raise_signal(signal.SIGTERM)
        await told.wait()

    assert heard == [signal.SIGTERM]


async def test_afterwards_the_server_alone_is_told(heard: list[int]) -> None:
    told = asyncio.Event()
    with tell_when_leaving(told.set):
        pass
    signal.raise_signal(signal.SIGTERM)
    await asyncio.sleep(0)

    assert heard == [signal.SIGTERM]
    assert not told.is_set()


async def test_a_later_handler_is_left_in_its_place(heard: list[int]) -> None:
    def later(_number: int, _frame: FrameType | None) -> None:
        heard.append(0)

    with tell_when_leaving(lambda: None):
        signal.signal(signal.SIGTERM, later)

    assert signal.getsignal(signal.SIGTERM) is later


async def test_a_signal_that_nobody_handles_is_left_alone() -> None:
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    with tell_when_leaving(lambda: None):
        assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


async def test_other_threads_hear_no_signals(heard: list[int]) -> None:
    def run() -> None:
        with tell_when_leaving(lambda: None):
            signal.raise_signal(signal.SIGTERM)

    await asyncio.to_thread(run)

    assert heard == [signal.SIGTERM]
