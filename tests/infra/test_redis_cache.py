"""The cache over a Redis that goes away, hangs and comes back; and what two processes see of it."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest
from redis.asyncio import Redis

from app.core.cache import RedisState
from app.infra.caches import Caches, create_caches
from app.infra.redis_link import ANSWER_SECONDS, REST_SECONDS
from tests.support.logs import listen
from tests.support.process import free_port
from tests.support.redis import PrivateRedis, provide_redis

LONG = 3600
WAITS_AT_MOST = 30


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


@asynccontextmanager
async def open_caches(url: str, namespace: str = "ours") -> AsyncIterator[Caches]:
    caches = create_caches(url, namespace, is_alone=False)
    try:
        yield caches
    finally:
        await caches.close()


async def look(caches: Caches, key: str = "a") -> bytes | None:
    return (await caches.groups.find("tables", key)).value


async def keep(caches: Caches, value: bytes, key: str = "a") -> None:
    await caches.groups.fill(await caches.groups.find("tables", key), value, LONG)


async def wait_until_it_changed(caches: Caches) -> None:
    """Wait until Redis has confirmed the changes of this process."""
    give_up_at = time.monotonic() + WAITS_AT_MOST
    while (await caches.groups.find("tables", "any")).stamp is None:
        assert time.monotonic() < give_up_at
        await asyncio.sleep(0.01)


async def test_what_one_process_keeps_all_have(redis: PrivateRedis) -> None:
    async with open_caches(redis.url) as here, open_caches(redis.url) as there:
        await here.lasting.set("a", b"\x00\xff", LONG)
        assert await there.lasting.get("a") == b"\x00\xff"
        await keep(here, b"page")
        assert await look(there) == b"page"


async def test_services_that_share_a_redis_share_nothing_in_it(redis: PrivateRedis) -> None:
    async with open_caches(redis.url) as ours, open_caches(redis.url, "theirs") as theirs:
        await ours.lasting.set("a", b"1", LONG)
        await keep(ours, b"page")
        assert (await theirs.lasting.get("a"), await look(theirs)) == (None, None)
        await theirs.lasting.clear()
        theirs.groups.change({"tables"})
        await wait_until_it_changed(theirs)
        assert await look(ours) == b"page"


async def test_a_change_here_is_one_everywhere(redis: PrivateRedis) -> None:
    async with open_caches(redis.url) as here, open_caches(redis.url) as there:
        await keep(there, b"old")
        here.groups.change({"tables"})
        assert await look(here) is None  # at once, whether Redis has heard of it or not
        await wait_until_it_changed(here)
        assert (await look(there), await look(here)) == (None, None)
        await keep(here, b"new")
        assert await look(there) == b"new"


async def test_what_was_read_before_a_change_is_not_found_after_it(redis: PrivateRedis) -> None:
    async with open_caches(redis.url) as here, open_caches(redis.url) as there:
        slot = await there.groups.find("tables", "a")
        here.groups.change({"tables"})
        await wait_until_it_changed(here)
        await there.groups.fill(slot, b"old", LONG)
        assert (await look(here), await look(there)) == (None, None)


async def test_every_change_is_heard_of_however_many_come_at_once(redis: PrivateRedis) -> None:
    async with open_caches(redis.url) as here, open_caches(redis.url) as there:
        for number in range(50):
            await keep(there, b"%d" % number)
            here.groups.change({"tables"})
            await asyncio.sleep(0)
            here.groups.change({"tables"})
            await wait_until_it_changed(here)
            assert await look(there) is None


async def test_a_look_asks_redis_once(redis: PrivateRedis) -> None:
    async with open_caches(redis.url) as caches, Redis.from_url(redis.url) as client:
        await keep(caches, b"page")
        await caches.lasting.set("a", b"1", LONG)
        await client.config_resetstat()
        for _ in range(5):
            assert await look(caches) == b"page"
            assert await caches.lasting.get("a") == b"1"  # which is kept in the process as well
        asked = await client.info("commandstats")
    assert asked.keys() - {"cmdstat_config|resetstat"} == {"cmdstat_mget"}
    assert asked["cmdstat_mget"]["calls"] == 5


async def test_without_redis_nothing_shared_is_kept_and_nothing_fails() -> None:
    url = f"redis://:hidden@127.0.0.1:{free_port()}/0"
    with listen() as log:
        async with open_caches(url) as caches:
            await caches.lasting.set("a", b"1", LONG)
            assert await caches.lasting.get("a") == b"1"
            await caches.lasting.delete("a")
            assert await caches.lasting.get("a") is None
            await keep(caches, b"page")
            assert await look(caches) is None
            caches.groups.change({"tables"})
            await caches.lasting.clear()
            assert await caches.probe_redis() is RedisState.DEGRADED
    assert [line["event"] for line in log.lines] == ["redis_lost"]
    assert "hidden" not in log.getvalue()


async def test_a_redis_that_hangs_is_waited_for_once(redis: PrivateRedis) -> None:
    async with open_caches(redis.url) as caches:
        await keep(caches, b"page")
        redis.freeze()
        begun = time.monotonic()
        assert await look(caches) is None
        waited = time.monotonic() - begun
        looks = [await look(caches) for _ in range(1000)]
        all_in_all = time.monotonic() - begun
        redis.thaw()
    assert waited >= ANSWER_SECONDS
    assert set(looks) == {None}
    # The thousand are over before anybody asks Redis again, even on a slow machine.
    assert all_in_all - waited < ANSWER_SECONDS + REST_SECONDS


async def test_what_changed_while_redis_hung_is_not_shown_when_it_is_back(
    redis: PrivateRedis,
) -> None:
    async with open_caches(redis.url) as here, open_caches(redis.url) as there:
        await keep(here, b"old")
        redis.freeze()
        assert await look(here) is None
        here.groups.change({"tables"})
        redis.thaw()
        give_up_at = time.monotonic() + WAITS_AT_MOST
        while (await here.groups.find("tables", "a")).stamp is None:
            assert await look(here) is None
            assert time.monotonic() < give_up_at
            await asyncio.sleep(0.01)
        assert (await look(here), await look(there)) == (None, None)


async def test_redis_may_go_and_come_back_empty(redis: PrivateRedis) -> None:
    async with open_caches(redis.url) as caches:
        await keep(caches, b"page")
        redis.stop()
        assert await look(caches) is None
        assert await caches.probe_redis() is RedisState.DEGRADED
        redis.start()
        await wait_until_it_changed(caches)
        assert await look(caches) is None
        await keep(caches, b"page")
        assert await look(caches) == b"page"
        assert await caches.probe_redis() is RedisState.OK


async def test_a_redis_without_room_is_as_good_as_none(redis: PrivateRedis) -> None:
    async with open_caches(redis.url) as caches, Redis.from_url(redis.url) as client:
        await client.config_set("maxmemory", "1")
        await keep(caches, b"page")
        assert await look(caches) is None
        await caches.lasting.set("a", b"1", LONG)
        assert await caches.lasting.get("a") == b"1"
