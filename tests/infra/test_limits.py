"""Counters in this process."""

import pytest

from app.infra.limits import InProcessCounters
from tests.support.clock import FakeClock


@pytest.fixture
def counters(clock: FakeClock) -> InProcessCounters:
    return InProcessCounters(clock)


async def test_a_window_begins_with_the_first_event(
    counters: InProcessCounters, clock: FakeClock
) -> None:
    assert await counters.increment("a", 60) == 1
    clock.advance(seconds=59)
    assert await counters.increment("a", 60) == 2
    clock.advance(seconds=1)
    assert await counters.increment("a", 60) == 1


async def test_keys_are_counted_apart(counters: InProcessCounters) -> None:
    await counters.increment("a", 60)
    assert await counters.increment("b", 60) == 1


async def test_the_seconds_left_are_rounded_up(
    counters: InProcessCounters, clock: FakeClock
) -> None:
    await counters.increment("a", 60)
    clock.advance(seconds=58.5)
    assert await counters.seconds_left("a") == 2
    clock.advance(seconds=1.4)
    assert await counters.seconds_left("a") == 1
    clock.advance(seconds=0.1)
    assert await counters.seconds_left("a") == 0
    assert await counters.seconds_left("never seen") == 0


@pytest.mark.parametrize(("seconds", "left"), [(90, 90), (30, 60)])
async def test_a_counter_is_made_to_last_but_never_cut_short(
    counters: InProcessCounters, seconds: int, left: int
) -> None:
    await counters.increment("a", 60)
    await counters.extend("a", seconds)
    assert await counters.seconds_left("a") == left
    assert await counters.increment("a", 60) == 2


async def test_what_is_not_counted_is_not_made_to_last(counters: InProcessCounters) -> None:
    await counters.extend("a", 60)
    assert await counters.increment("a", 60) == 1


async def test_counters_are_forgotten_one_by_one_and_all_at_once(
    counters: InProcessCounters,
) -> None:
    for key in ("a", "b", "c"):
        await counters.increment(key, 60)
    await counters.clear("a", "never seen")
    assert [await counters.increment(key, 60) for key in ("a", "b")] == [1, 2]
    await counters.reset()
    assert [await counters.increment(key, 60) for key in ("a", "b", "c")] == [1, 1, 1]


async def test_expired_counters_are_thrown_away_and_live_ones_kept(
    counters: InProcessCounters, clock: FakeClock
) -> None:
    await counters.increment("live", 100_000)
    for number in range(10_000):
        await counters.increment(str(number), 60)
        clock.advance(seconds=1)
    assert len(counters._counters) < 2_000
    assert await counters.increment("live", 100_000) == 2
