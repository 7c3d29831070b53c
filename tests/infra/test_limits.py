"""Counters, in this process and over a real Redis: both count alike."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.counters import Backoff, Counters
from app.infra.limits import InProcessCounters
from tests.support.clock import FakeClock
from tests.support.counters import open_counters
from tests.support.redis import provide_redis_url

BACKOFF = Backoff(
    free_failures=3, window_seconds=100, first_wait_seconds=10, longest_wait_seconds=35
)


@pytest.fixture(scope="module")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with provide_redis_url(tmp_path_factory.mktemp("redis")) as url:
        yield url


@pytest.fixture(params=["in process", "redis"])
async def counters(request: pytest.FixtureRequest, clock: FakeClock) -> AsyncIterator[Counters]:
    is_shared = request.param == "redis"
    url = request.getfixturevalue("redis_url") if is_shared else None
    async with open_counters(url, clock) as counters:
        yield counters


async def attempt(counters: Counters, times: int = 1, key: str = "a") -> list[int]:
    return [await counters.begin_attempt(key, BACKOFF) for _ in range(times)]


async def test_events_are_counted_by_their_keys(counters: Counters) -> None:
    assert [await counters.increment("a", 60) for _ in range(3)] == [1, 2, 3]
    assert await counters.increment("b", 60) == 1


async def test_events_and_attempts_of_a_key_are_counted_apart(counters: Counters) -> None:
    assert await counters.increment("a", 60) == 1
    assert await attempt(counters, 4) == [0, 0, 0, 10]
    await counters.forgive("a")
    assert await counters.increment("a", 60) == 2


async def test_events_at_once_are_all_counted(counters: Counters) -> None:
    counts = await asyncio.gather(*(counters.increment("a", 60) for _ in range(100)))
    assert sorted(counts) == list(range(1, 101))


async def test_attempts_at_once_are_all_counted(counters: Counters) -> None:
    answers = await asyncio.gather(*(counters.begin_attempt("a", BACKOFF) for _ in range(100)))
    assert sorted(answers) == [0] * 3 + [10] * 97


async def test_each_wait_is_twice_as_long_up_to_the_longest(
    counters: Counters, clock: FakeClock
) -> None:
    assert await attempt(counters, 4) == [0, 0, 0, 10]
    for longer in (20, 35, 35):
        clock.advance(seconds=35)
        assert await attempt(counters, 2) == [0, longer]


async def test_the_wait_is_told_in_whole_seconds_rounded_up(
    counters: Counters, clock: FakeClock
) -> None:
    await attempt(counters, 3)
    for elapsed, left in ((0.4, 10), (9.5, 1), (0.1, 0)):
        clock.advance(seconds=elapsed)
        assert await attempt(counters) == [left]


async def test_failures_are_forgotten_a_window_after_the_first_or_after_the_wait(
    counters: Counters, clock: FakeClock
) -> None:
    await attempt(counters, 2)
    clock.advance(seconds=100)
    assert await attempt(counters, 4) == [0, 0, 0, 10]
    clock.advance(seconds=109.9)
    assert await attempt(counters, 2) == [0, 20]
    clock.advance(seconds=120)
    assert await attempt(counters, 4) == [0, 0, 0, 10]


async def test_forgiving_forgets_the_failures_and_the_wait_of_one_key(counters: Counters) -> None:
    for key in "ab":
        await attempt(counters, 3, key)
    await counters.forgive("a")
    await counters.forgive("never seen")
    assert await attempt(counters, 4, "a") == [0, 0, 0, 10]
    assert await attempt(counters, 1, "b") == [10]


async def test_all_can_be_forgotten(counters: Counters) -> None:
    await counters.increment("a", 60)
    await attempt(counters, 3, "b")
    await counters.reset()
    assert await counters.increment("a", 60) == 1
    assert await attempt(counters, 1, "b") == [0]


STEPS = st.lists(
    st.one_of(st.just(0.0), st.sampled_from([0.5, 9.9, 10.0, 34.9, 35.0, 99.9, 100.0, 135.0])),
    max_size=30,
)


@given(steps=STEPS)
async def test_redis_makes_wait_whom_this_process_would(redis_url: str, steps: list[float]) -> None:
    """Both kinds have the rule in a language of their own."""
    clock = FakeClock()
    in_process = InProcessCounters(clock)
    async with open_counters(redis_url, clock) as shared:
        for seconds in steps:
            clock.advance(seconds=seconds)
            assert await attempt(shared) == await attempt(in_process)


async def test_counters_of_this_process_expire(clock: FakeClock) -> None:
    counters = InProcessCounters(clock)
    await counters.increment("a", 60)
    clock.advance(seconds=59)
    assert await counters.increment("a", 60) == 2
    clock.advance(seconds=1)
    assert await counters.increment("a", 60) == 1


async def test_expired_counters_are_thrown_away_and_live_ones_kept(clock: FakeClock) -> None:
    counters = InProcessCounters(clock)
    await counters.increment("live", 100_000)
    for number in range(10_000):
        await counters.increment(str(number), 60)
        clock.advance(seconds=1)
    assert len(counters) < 2_000
    assert await counters.increment("live", 100_000) == 2


async def test_a_flood_of_sources_neither_fills_the_memory_nor_hides_who_comes_often(
    clock: FakeClock,
) -> None:
    counters = InProcessCounters(clock, at_most=100)
    await counters.increment("busy", 60)
    await attempt(counters, 3, "guessed at")
    for number in range(10_000):
        await counters.increment("busy", 60)
        await counters.increment(str(number), 60)
        assert len(counters) <= 100
    assert await counters.increment("busy", 60) == 10_002
    assert await attempt(counters, 1, "guessed at") == [10]
