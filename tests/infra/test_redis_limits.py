"""Counters over a Redis that goes away, hangs and comes back; and what two processes share."""

import asyncio
import time
from collections.abc import Iterator

import pytest

from app.infra.redis_limits import RedisCounters
from app.infra.redis_link import ANSWER_SECONDS, REST_SECONDS
from tests.infra.test_limits import BACKOFF
from tests.support.clock import FakeClock
from tests.support.counters import open_redis_counters
from tests.support.logs import Stream, listen
from tests.support.process import free_port
from tests.support.redis import PrivateRedis, provide_redis


@pytest.fixture(scope="module")
def shared_redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrivateRedis]:
    with provide_redis(tmp_path_factory.mktemp("redis")) as redis:
        yield redis


@pytest.fixture
def redis(shared_redis: PrivateRedis) -> PrivateRedis:
    """A running, empty Redis, whatever a test does to it."""
    shared_redis.stop()
    shared_redis.start()
    return shared_redis


def names_of(log: Stream) -> list[object]:
    # Not what asyncio says of tasks that other tests left: garbage is collected when it is.
    return [line["event"] for line in log.lines if line["event"].startswith("redis_")]


async def increment_until(counters: RedisCounters, log: Stream, event: str) -> None:
    """Count until the log tells of an event."""
    give_up_at = time.monotonic() + 30
    while event not in names_of(log):
        assert time.monotonic() < give_up_at, log.getvalue()
        await counters.increment("until", 60)
        await asyncio.sleep(0.01)


async def test_two_processes_count_together(redis: PrivateRedis, clock: FakeClock) -> None:
    async with (
        open_redis_counters(redis.url, clock) as here,
        open_redis_counters(redis.url, clock) as there,
    ):
        assert [await c.increment("a", 60) for c in (here, there, here)] == [1, 2, 3]
        answers = [await c.begin_attempt("a", BACKOFF) for c in (here, there, here, there)]
        assert answers == [0, 0, 0, 10]
        await here.forgive("a")
        assert await there.begin_attempt("a", BACKOFF) == 0


async def test_a_request_asks_redis_once(redis: PrivateRedis, clock: FakeClock) -> None:
    async with open_redis_counters(redis.url, clock) as counters:
        await counters.increment("a", 60)
        await counters.begin_attempt("b", BACKOFF)
        client = counters._link.client
        await client.config_resetstat()
        for _ in range(5):
            await counters.increment("a", 60)
            await counters.begin_attempt("b", BACKOFF)
        asked = await client.info("commandstats")
    inside_scripts = {"cmdstat_incrby", "cmdstat_hmget", "cmdstat_hset", "cmdstat_pexpire"}
    assert asked.keys() - inside_scripts - {"cmdstat_config|resetstat"} == {"cmdstat_evalsha"}
    assert asked["cmdstat_evalsha"]["calls"] == 10


async def test_redis_throws_away_what_is_over(redis: PrivateRedis, clock: FakeClock) -> None:
    async with open_redis_counters(redis.url, clock) as counters:
        await counters.increment("a", 60)
        for _ in range(3):
            await counters.begin_attempt("b", BACKOFF)
        client = counters._link.client
        keys = await client.keys("*")
        left = {key: await client.pttl(key) for key in keys}
    assert left.keys() == {b"questboard:limits:a", b"questboard:limits:attempts:b"}
    assert 50_000 < left[b"questboard:limits:a"] <= 60_000
    assert 100_000 < left[b"questboard:limits:attempts:b"] <= 110_000


@pytest.mark.parametrize("path", ["", "0"])
async def test_without_redis_each_process_counts_for_itself(clock: FakeClock, path: str) -> None:
    url = f"redis://:secret@127.0.0.1:{free_port()}/{path}"
    with listen() as log:
        async with open_redis_counters(url, clock) as counters:
            assert [await counters.increment("a", 60) for _ in range(3)] == [1, 2, 3]
            answers = [await counters.begin_attempt("b", BACKOFF) for _ in range(4)]
            assert answers == [0, 0, 0, 10]
            await counters.forgive("b")
            assert await counters.begin_attempt("b", BACKOFF) == 0
            await counters.reset()
            assert await counters.increment("a", 60) == 1
    assert names_of(log) == ["redis_lost"]
    assert "secret" not in log.getvalue()


async def test_what_hangs_is_waited_for_once_and_then_left_alone(
    redis: PrivateRedis, clock: FakeClock
) -> None:
    with listen() as log:
        async with open_redis_counters(redis.url, clock, ANSWER_SECONDS) as counters:
            assert await counters.increment("a", 60) == 1
            redis.freeze()
            begun = time.monotonic()
            assert await counters.increment("a", 60) == 1
            waited = time.monotonic() - begun
            many = [await counters.increment("a", 60) for _ in range(1000)]
            all_in_all = time.monotonic() - begun
            redis.thaw()
    assert many == list(range(2, 1002))
    assert waited >= ANSWER_SECONDS
    # The thousand are over before anybody asks Redis again, even on a slow machine.
    assert all_in_all - waited < ANSWER_SECONDS + REST_SECONDS
    assert names_of(log) == ["redis_lost"]


async def test_requests_at_once_lose_a_hanging_redis_once(
    redis: PrivateRedis, clock: FakeClock
) -> None:
    with listen() as log:
        async with open_redis_counters(redis.url, clock, ANSWER_SECONDS) as counters:
            await counters.increment("a", 60)
            redis.freeze()
            counts = await asyncio.gather(*(counters.increment("a", 60) for _ in range(200)))
            redis.thaw()
    assert sorted(counts) == list(range(1, 201))
    assert names_of(log) == ["redis_lost"]


async def test_answers_that_come_too_late_are_not_taken_for_others(
    redis: PrivateRedis, clock: FakeClock
) -> None:
    with listen() as log:
        async with open_redis_counters(redis.url, clock, ANSWER_SECONDS) as counters:
            assert [await counters.increment("a", 60) for _ in range(7)] == list(range(1, 8))
            redis.freeze()
            await counters.increment("a", 60)
            redis.thaw()
            await increment_until(counters, log, "redis_back")
            assert await counters.increment("b", 60) == 1
            assert await counters.begin_attempt("c", BACKOFF) == 0
            assert await counters.increment("a", 60) in {8, 9}  # it may have heard the one


async def test_redis_may_go_and_come_back_without_its_scripts(
    redis: PrivateRedis, clock: FakeClock
) -> None:
    with listen() as log:
        async with open_redis_counters(redis.url, clock) as counters:
            # So that there are many connections to be lost.
            await asyncio.gather(*(counters.increment("a", 60) for _ in range(100)))
            await counters.begin_attempt("b", BACKOFF)
            redis.stop()
            await increment_until(counters, log, "redis_lost")
            redis.start()
            await increment_until(counters, log, "redis_back")
            counts = await asyncio.gather(*(counters.increment("a", 60) for _ in range(100)))
            answers = [await counters.begin_attempt("b", BACKOFF) for _ in range(4)]
    assert sorted(counts) == list(range(1, 101))
    assert answers == [0, 0, 0, 10]
    assert names_of(log) == ["redis_lost", "redis_back"]
    assert {line["part"] for line in log.lines} == {"limits"}


async def test_a_redis_that_refuses_to_write_is_as_good_as_none(
    redis: PrivateRedis, clock: FakeClock
) -> None:
    with listen() as log:
        async with open_redis_counters(redis.url, clock) as counters:
            await counters._link.client.config_set("maxmemory", "1")
            assert [await counters.increment("a", 60) for _ in range(3)] == [1, 2, 3]
            assert await counters.begin_attempt("b", BACKOFF) == 0
    assert names_of(log) == ["redis_lost"]


async def test_a_restart_that_nobody_notices_is_none(redis: PrivateRedis, clock: FakeClock) -> None:
    with listen() as log:
        async with open_redis_counters(redis.url, clock) as counters:
            await asyncio.gather(*(counters.increment("a", 60) for _ in range(100)))
            redis.stop()
            redis.start()
            counts = await asyncio.gather(*(counters.increment("a", 60) for _ in range(100)))
    assert sorted(counts) == list(range(1, 101))
    assert names_of(log) == []
