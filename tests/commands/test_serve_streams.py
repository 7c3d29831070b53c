"""Streams of served processes: told across processes, and no hindrance to leaving."""

import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.auth.sessions import Device
from app.core.config import Settings
from app.parts import Parts, open_parts
from tests.support.databases import delete_all_rows, migrate_url
from tests.support.process import Server, serve
from tests.support.redis import PrivateRedis, provide_redis
from tests.support.service import cheap_passwords
from tests.support.streams import follow, tell


@dataclass
class Pair:
    """A server, and the parts of another process (that of the tests) beside it."""

    server: Server
    parts: Parts
    user_id: int
    token: str

    async def tell(self) -> None:
        """Tell the user something, in the other process."""
        await tell(self.parts.database, self.user_id)


@asynccontextmanager
async def run_pair(database_url: str, folder: Path, redis_url: str = "") -> AsyncIterator[Pair]:
    """Both on the same database and with the same secrets."""
    settings = {"DATABASE_URL": database_url, "DATA_DIR": str(folder), "REDIS_URL": redis_url}
    ours = Settings(database_url=database_url, data_dir=folder, redis_url=redis_url or None)
    with serve(LOG_LEVEL="warning", **settings) as server:
        async with open_parts(ours, passwords=cheap_passwords()) as parts:
            values = {"email": "ada@example.org", "hashed_password": "none"}
            user_id = (await parts.manager.user_db.create(values)).id
            tokens = await parts.sessions.open(user_id, Device("tests", "127.0.0.1"))
            yield Pair(server, parts, user_id, tokens.access_token)
            await delete_all_rows(parts.database)


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[PrivateRedis]:
    with provide_redis(tmp_path) as redis:
        yield redis


async def test_without_redis_a_process_finds_what_another_told(
    database_url: str, tmp_path: Path
) -> None:
    async with (
        run_pair(database_url, tmp_path) as pair,
        follow(pair.server.url, pair.token) as stream,
    ):
        assert await stream.take(1) == [0]
        for last in (1, 2):
            await pair.tell()
            assert await stream.take(1) == [last]


async def test_a_redis_that_goes_and_comes_loses_nothing(
    database_url: str, tmp_path: Path, redis: PrivateRedis
) -> None:
    async with (
        run_pair(database_url, tmp_path, redis.url) as pair,
        follow(pair.server.url, pair.token) as stream,
    ):
        assert await stream.take(1) == [0]
        await pair.tell()
        assert await stream.take(1) == [1]
        redis.stop()
        for _ in range(3):
            await pair.tell()
        assert await stream.take(3) == [2, 3, 4]
        redis.start()
        for _ in range(3):
            await pair.tell()
        assert await stream.take(3) == [5, 6, 7]


async def test_a_service_starts_and_tells_without_its_redis(
    database_url: str, tmp_path: Path, redis: PrivateRedis
) -> None:
    redis.stop()
    async with (
        run_pair(database_url, tmp_path, redis.url) as pair,
        follow(pair.server.url, pair.token) as stream,
    ):
        assert await stream.take(1) == [0]
        await pair.tell()
        assert await stream.take(1) == [1]


@pytest.mark.parametrize("with_signal", [signal.SIGTERM, signal.SIGINT])
async def test_open_streams_end_when_the_service_leaves(
    tmp_path: Path, with_signal: signal.Signals
) -> None:
    database_url = f"sqlite+aiosqlite:///{tmp_path / 'test.sqlite3'}"
    migrate_url(database_url)
    async with run_pair(database_url, tmp_path) as pair:
        server, token = pair.server, pair.token
        async with follow(server.url, token) as one, follow(server.url, token) as other:
            assert server.end(with_signal) == 0
            assert await one.read_to_end() == await other.read_to_end() == []

    printed = "".join(server.printed)
    assert "graceful shutdown exceeded" not in printed
    assert "Traceback" not in printed
