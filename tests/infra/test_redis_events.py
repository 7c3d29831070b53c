"""Wake-ups over a real Redis, which may go away and come back."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest
from redis.asyncio import Redis

from app.core.events import Subscription
from app.infra.redis_events import CHANNEL, RedisEvents
from tests.support.logs import Stream, listen
from tests.support.process import free_port
from tests.support.redis import PrivateRedis, provide_redis, provide_redis_url

LONG = 60.0


@pytest.fixture(scope="module")
def shared_redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrivateRedis]:
    with provide_redis(tmp_path_factory.mktemp("redis")) as redis:
        yield redis


@pytest.fixture(scope="module")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Any Redis, also one that others use."""
    with provide_redis_url(tmp_path_factory.mktemp("any_redis")) as url:
        yield url


@pytest.fixture
def redis(shared_redis: PrivateRedis) -> PrivateRedis:
    """A running Redis, whatever a test does to it."""
    shared_redis.stop()
    shared_redis.start()
    return shared_redis


@asynccontextmanager
async def run(url: str) -> AsyncIterator[RedisEvents]:
    """The events of one process."""
    events = RedisEvents(url)
    events.start()
    try:
        yield events
    finally:
        await events.stop(5)


async def wait_for_listeners(redis: PrivateRedis, count: int = 1) -> None:
    """Until so many processes listen."""
    async with Redis.from_url(redis.url) as client:
        while (await client.pubsub_numsub(CHANNEL))[0][1] < count:
            pass


def names_of(log: Stream) -> list[object]:
    return [line["event"] for line in log.lines]


async def test_one_process_wakes_another(redis_url: str) -> None:
    async with run(redis_url) as here, run(redis_url) as there, there.subscribe(7) as waiter:
        await wake_over_redis(here, waiter)


async def test_a_process_wakes_its_own_at_once_and_only_once(redis: PrivateRedis) -> None:
    async with (
        run(redis.url) as here,
        run(redis.url) as there,
        here.subscribe(7) as near,
        there.subscribe(7) as far,
    ):
        await wait_for_listeners(redis, 2)
        here.publish([7])
        assert await near.wait(0)
        assert await far.wait(LONG)
        there.publish([8])  # behind the first, so that one has been here when this has
        await heard(here, there)
        assert not await near.wait(0)


async def heard(here: RedisEvents, there: RedisEvents) -> None:
    """Wait until what was published so far has come."""
    async with here.subscribe(0) as marker:
        there.publish([0])
        assert await marker.wait(LONG)


async def test_who_does_not_wait_does_not_listen(redis: PrivateRedis) -> None:
    async with run(redis.url) as here, run(redis.url) as there, there.subscribe(7):
        await wait_for_listeners(redis)
        here.publish([7])
        async with Redis.from_url(redis.url) as client:
            assert (await client.pubsub_numsub(CHANNEL))[0][1] == 1


@pytest.mark.parametrize(
    "message", [b"", b"x", b"x y", b"x 7 y", b"\xff \xfe", b"x " + b"9" * 5000]
)
async def test_what_others_say_there_is_passed_over(redis_url: str, message: bytes) -> None:
    async with run(redis_url) as here, run(redis_url) as there, there.subscribe(7) as waiter:
        await wake_over_redis(here, waiter)
        async with Redis.from_url(redis_url) as client:
            await client.publish(CHANNEL, message)
        await wake_over_redis(here, waiter)


async def test_without_redis_nothing_fails() -> None:
    url = f"redis://:secret@127.0.0.1:{free_port()}/0"
    with listen() as log:
        async with run(url) as events, events.subscribe(7) as waiter:
            events.publish([7])
            assert await waiter.wait(0)
            await wait_until_lost(events, log)

    assert names_of(log) == ["redis_lost"]
    assert "secret" not in log.getvalue()


async def wait_until_lost(events: RedisEvents, log: Stream) -> None:
    async with events.subscribe(0) as pause:
        while "redis_lost" not in names_of(log):
            await pause.wait(0.01)


async def test_redis_may_go_and_come_back(redis: PrivateRedis) -> None:
    with listen() as log:
        async with run(redis.url) as here, run(redis.url) as there, there.subscribe(7) as waiter:
            await wait_for_listeners(redis)
            redis.stop()
            here.publish([7])
            await wait_until_lost(here, log)
            redis.start()
            await wait_for_listeners(redis)
            await wake_over_redis(here, waiter)

    assert {"redis_lost", "redis_back"} == set(names_of(log))


async def wake_over_redis(here: RedisEvents, waiter: Subscription) -> None:
    """Publish until it is heard: a connection that was lost is found out by the next message."""
    while not await waiter.wait(0.1):
        here.publish([7])


async def test_what_is_published_last_is_sent_before_the_end(redis: PrivateRedis) -> None:
    async with run(redis.url) as there, there.subscribe(7) as waiter:
        await wait_for_listeners(redis)
        async with run(redis.url) as here:
            here.publish([7])
        assert await waiter.wait(LONG)


async def test_a_silent_redis_is_asked_and_given_up(
    redis: PrivateRedis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.infra.redis_events.SILENCE_SECONDS", 0.05)
    with listen() as log:
        async with run(redis.url) as here, run(redis.url) as there, there.subscribe(7) as waiter:
            await wait_for_listeners(redis)
            await wake_over_redis(here, waiter)
            assert names_of(log) == []
            redis.freeze()
            await wait_until_lost(there, log)
            redis.thaw()
            await wake_over_redis(here, waiter)
