"""GET /health/ready tells of Redis, and never fails for it."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.redis import PrivateRedis, provide_redis
from tests.support.service import Service, run_service

WAITS_AT_MOST = 30


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrivateRedis]:
    with provide_redis(tmp_path_factory.mktemp("redis")) as redis:
        yield redis


async def tell(service: Service) -> str:
    answer = await service.client().get("/health/ready")
    assert answer.status_code == 200, answer.text
    state: str = answer.json()["redis"]
    return state


async def wait_for(service: Service, state: str) -> None:
    give_up_at = time.monotonic() + WAITS_AT_MOST
    while await tell(service) != state:
        assert time.monotonic() < give_up_at


async def test_without_redis_there_is_none(service: Service) -> None:
    assert await tell(service) == "none"


async def test_it_is_ready_with_redis_lost_hanging_and_back(
    database_url: str, tmp_path: Path, redis: PrivateRedis
) -> None:
    async with run_service(database_url, tmp_path, redis_url=redis.url) as service:
        assert await tell(service) == "ok"
        redis.stop()
        await wait_for(service, "degraded")
        redis.start()
        await wait_for(service, "ok")
        redis.freeze()
        begun = time.monotonic()
        assert await tell(service) == "degraded"
        assert time.monotonic() - begun < 5
        redis.thaw()
        await wait_for(service, "ok")
