"""The steps of leaving: not ready, drained, deaf to new connections, told; then the server hears of it."""

import asyncio
import signal
from collections.abc import Iterator
from types import FrameType

import pytest

from app.core.departure import Departure
from app.infra.leaving import tell_when_leaving


class Steps:
    """What happened, in order."""

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.server_was_told = asyncio.Event()

    async def stop_listening(self) -> None:
        self.taken.append("deaf")

    def tell(self) -> None:
        self.taken.append("told")

    def handle(self, number: int, _frame: FrameType | None) -> None:
        self.taken.append(signal.Signals(number).name)
        self.server_was_told.set()


@pytest.fixture
def steps() -> Iterator[Steps]:
    steps = Steps()
    before = {
        number: signal.signal(number, steps.handle) for number in (signal.SIGTERM, signal.SIGINT)
    }
    yield steps
    for number, handler in before.items():
        signal.signal(number, handler)


async def test_the_server_hears_of_it_last(steps: Steps) -> None:
    departure = Departure(stop_listening=steps.stop_listening)
    with tell_when_leaving(steps.tell, departure):
        signal.raise_signal(signal.SIGTERM)
        assert departure.is_leaving
        await steps.server_was_told.wait()
        assert steps.taken == ["deaf", "told", "SIGTERM"]

    assert not departure.is_leaving


async def test_it_drains_first(steps: Steps) -> None:
    departure = Departure(drain_seconds=0.05, stop_listening=steps.stop_listening)
    begun = asyncio.get_running_loop().time()
    with tell_when_leaving(steps.tell, departure):
        signal.raise_signal(signal.SIGTERM)
        await steps.server_was_told.wait()

    assert asyncio.get_running_loop().time() - begun >= 0.05
    assert steps.taken == ["deaf", "told", "SIGTERM"]


async def test_a_second_sigterm_changes_nothing(steps: Steps) -> None:
    with tell_when_leaving(steps.tell, Departure(drain_seconds=0.05)):
        signal.raise_signal(signal.SIGTERM)
        signal.raise_signal(signal.SIGTERM)
        await steps.server_was_told.wait()
        await asyncio.sleep(0)

    assert steps.taken == ["told", "SIGTERM"]


async def test_a_person_at_a_terminal_need_not_wait(steps: Steps) -> None:
    with tell_when_leaving(steps.tell, Departure(drain_seconds=3600)):
        signal.raise_signal(signal.SIGTERM)
        signal.raise_signal(signal.SIGINT)
        await steps.server_was_told.wait()
        assert steps.taken == ["told", "SIGTERM"]
        signal.raise_signal(signal.SIGINT)

    assert steps.taken == ["told", "SIGTERM", "SIGINT"]


async def test_what_has_not_left_in_the_end_is_forgotten(steps: Steps) -> None:
    with tell_when_leaving(steps.tell, Departure(drain_seconds=3600)):
        signal.raise_signal(signal.SIGTERM)
        await asyncio.sleep(0)

    assert steps.taken == []
