"""Wake-ups for workers: within the process and over a real Redis, which may be away."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from redis.asyncio import Redis

from app.infra import redis_wakeups
from app.infra.job_wakeups import create_waker
from app.infra.redis_wakeups import QUEUE, RedisWaker
from tests.support.logs import listen
from tests.support.process import free_port
from tests.support.redis import PrivateRedis, provide_redis


class Heard:
    """What a worker was woken for."""

    def __init__(self) -> None:
        self.ids: set[int] = set()
        self._more = asyncio.Event()

    async def __call__(self, job_id: int) -> None:
        self.ids.add(job_id)
        self._more.set()

    async def wait_for(self, *ids: int) -> None:
        async with asyncio.timeout(20):
            while not self.ids.issuperset(ids):
                self._more.clear()
                await self._more.wait()


@asynccontextmanager
async def waker(redis_url: str, heard: Heard | None = None) -> AsyncIterator[RedisWaker]:
    """One process; with ``heard`` it does jobs."""
    ours = create_waker(redis_url)
    assert isinstance(ours, RedisWaker)
    if heard is not None:
        await ours.start(heard)
    try:
        yield ours
    finally:
        await ours.stop()


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[PrivateRedis]:
    with provide_redis(tmp_path) as server:
        yield server


async def test_within_the_process() -> None:
    heard = Heard()
    ours = create_waker(None)
    await ours.start(heard)
    ours.wake([1, 2])
    await heard.wait_for(1, 2)
    await ours.stop()


async def test_without_anybody_who_does_jobs_nothing_happens() -> None:
    heard = Heard()
    ours = create_waker(None)
    ours.wake([1])
    await ours.start(heard)
    await ours.stop()
    ours.wake([2])
    await asyncio.sleep(0)  # a call, had there been one, would have begun

    assert heard.ids == set()


async def test_what_is_called_within_the_process_ends_before_it_leaves() -> None:
    begun, may_end, ended = asyncio.Event(), asyncio.Event(), []

    async def do(job_id: int) -> None:
        begun.set()
        await may_end.wait()
        ended.append(job_id)

    ours = create_waker(None)
    await ours.start(do)
    ours.wake([1])
    await begun.wait()
    leaving = asyncio.create_task(ours.stop())
    await asyncio.sleep(0)
    assert not leaving.done()
    may_end.set()
    await leaving

    assert ended == [1]


async def test_from_one_process_to_another(redis: PrivateRedis) -> None:
    heard = Heard()
    async with waker(redis.url) as api, waker(redis.url, heard):
        api.wake([1, 2, 3])
        await heard.wait_for(1, 2, 3)


async def test_each_wake_up_is_for_one_worker(redis: PrivateRedis) -> None:
    first, second = Heard(), Heard()
    async with waker(redis.url) as api, waker(redis.url, first), waker(redis.url, second):
        api.wake(range(100))
        async with asyncio.timeout(20):
            while len(first.ids | second.ids) < 100:
                await asyncio.wait(
                    [asyncio.create_task(each._more.wait()) for each in (first, second)],
                    return_when=asyncio.FIRST_COMPLETED,
                )
                first._more.clear()
                second._more.clear()
    assert not first.ids & second.ids


async def test_a_redis_that_goes_and_comes_back(
    redis: PrivateRedis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis_wakeups, "WAIT_SECONDS", 0.05)
    heard = Heard()
    with listen() as log:
        async with waker(redis.url) as api, waker(redis.url, heard):
            api.wake([1])
            await heard.wait_for(1)
            redis.stop()
            api.wake([2])
            await asyncio.gather(*api._sending)
            redis.start()
            api.wake([3])
            await heard.wait_for(3)
    assert heard.ids == {1, 3}  # the second was lost: whoever does jobs finds it by looking
    assert "job_wakeups_lost" in log.getvalue()


async def test_nobody_there_is_no_failure() -> None:
    heard = Heard()
    nowhere = f"redis://127.0.0.1:{free_port()}/0"
    async with waker(nowhere, heard) as ours:
        ours.wake([1])
        await asyncio.gather(*ours._sending)
    assert heard.ids == set()


async def test_what_waits_is_bounded(redis: PrivateRedis, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redis_wakeups, "MAX_WAITING", 5)
    async with waker(redis.url) as api:
        api.wake(range(20))
        await asyncio.gather(*api._sending)
    async with Redis.from_url(redis.url) as client:
        assert await client.llen(QUEUE) == 5
    heard = Heard()
    async with waker(redis.url, heard):
        await heard.wait_for(*range(15, 20))
    assert heard.ids == set(range(15, 20))
