"""A database that can't be reached, or not in time: a clean 503, and back again without a restart."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from sqlalchemy import make_url, text

from app.core.database_url import POSTGRESQL_SCHEME, SQLITE_SCHEME
from app.db.conflicts import DatabaseUnavailableError
from app.db.engines import create_engines
from app.db.session import Database
from tests.db.tcp_proxy import TcpProxy
from tests.support.databases import POSTGRESQL, SQLITE, migrate_url
from tests.support.service import Learner, Service, run_service

LOGIN = {"username": "ada@example.org", "password": "correct horse battery"}


def assert_unavailable(answer: httpx.Response, code: str = "database_unavailable") -> None:
    assert answer.status_code == 503, answer.text
    assert (answer.json()["code"], answer.headers["Retry-After"]) == (code, "1")


@pytest.mark.parametrize(
    "url",
    [
        f"{POSTGRESQL_SCHEME}://nobody@127.0.0.1:1/questboard",
        f"{SQLITE_SCHEME}:////nowhere/at/all/questboard.sqlite3",
    ],
)
async def test_nobody_is_there(tmp_path: Path, url: str) -> None:
    async with run_service(url, tmp_path) as service:
        client = service.client()
        assert (await client.get("/health")).status_code == 200
        assert_unavailable(await client.get("/health/ready"))
        assert_unavailable(await client.post("/auth/login", data=LOGIN))


async def test_the_server_has_no_such_database(
    tmp_path: Path, database_kind: str, database_url: str
) -> None:
    """What a server says instead of letting us in reaches us unlike any other error."""
    missing = make_url(database_url).set(database=str(tmp_path / "missing" / "file"))
    url = missing.render_as_string(hide_password=False)
    async with run_service(url, tmp_path) as service:
        assert_unavailable(await service.client().get("/health/ready"))


async def test_a_file_that_comes_later_is_found_without_a_restart(tmp_path: Path) -> None:
    folder = tmp_path / "disk"
    url = f"{SQLITE_SCHEME}:///{folder / 'questboard.sqlite3'}"
    async with run_service(url, tmp_path) as service:
        assert_unavailable(await service.client().get("/health/ready"))
        folder.mkdir()
        migrate_url(url)
        assert (await service.client().get("/health/ready")).status_code == 200
        learner = await service.learner()
        assert await learner.create_task()


async def test_a_server_that_says_nothing_is_given_up() -> None:
    async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    server = await asyncio.start_server(say_nothing, "127.0.0.1", 0)
    url = f"{POSTGRESQL_SCHEME}://nobody@127.0.0.1:{server.sockets[0].getsockname()[1]}/questboard"
    database = Database(create_engines(url, 1, connect_timeout_seconds=0.05))
    async with server:
        with pytest.raises(DatabaseUnavailableError):
            await count_players(database)
    await database.dispose()


async def count_players(database: Database) -> int:
    async with database.reading() as uow:
        return await uow.players.count()


@dataclass
class Door:
    """The way to the database of the tests. SQLite has none that could be shut."""

    url: str
    proxy: TcpProxy | None

    async def shut(self) -> None:
        if self.proxy is not None:
            await self.proxy.shut()

    async def open(self) -> None:
        if self.proxy is not None:
            await self.proxy.open()


@pytest.fixture
async def door(database_kind: str, database_url: str) -> AsyncIterator[Door]:
    door = Door(database_url, None)
    if database_kind == POSTGRESQL:
        url = make_url(database_url)
        door.proxy = TcpProxy(url.port or 5432)
        await door.open()
        through = url.set(host="127.0.0.1", port=door.proxy.port)
        door.url = through.render_as_string(hide_password=False)
    yield door
    await door.shut()


@pytest.fixture
async def learner(service: Service) -> Learner:
    return await service.learner()


async def test_a_server_that_goes_and_comes_back(
    learner: Learner, door: Door, tmp_path: Path
) -> None:
    async with run_service(door.url, tmp_path) as distant:
        client = distant.client(await distant.open_session(learner.id))
        task = (await client.post("/tasks", json={"title": "A task"})).json()["id"]
        await door.shut()
        if door.proxy:
            assert_unavailable(await client.post(f"/tasks/{task}/complete"))
            assert_unavailable(await client.get("/tasks"))
            assert_unavailable(await client.get("/health/ready"))
        await door.open()
        answer = await client.post(f"/tasks/{task}/complete")
        assert (answer.status_code, answer.json()["outcome"]["xp"]) == (200, 10)
        assert (await client.get("/health/ready")).status_code == 200


async def shorten_patience(service: Service) -> None:
    """Let the service's only connection wait for locks not five seconds, but hardly at all."""
    engines = service.parts.database.engines
    if engines.writing.dialect.name == POSTGRESQL:
        async with engines.reading.connect() as connection:
            await connection.execute(text("SET lock_timeout = 20"))
        return
    async with engines.writing.connect() as connection:
        await connection.execute(text("PRAGMA busy_timeout = 20"))


async def test_a_lock_that_is_not_free_in_time(
    service: Service, learner: Learner, database_url: str, tmp_path: Path
) -> None:
    task = await learner.create_task()
    path = f"/tasks/{task['id']}/complete"
    async with run_service(database_url, tmp_path, database_pool_size=1) as hasty:
        client = hasty.client(await hasty.open_session(learner.id))
        await shorten_patience(hasty)
        async with service.parts.database.writing() as transaction:
            await transaction.uow.players.lock(learner.id)
            assert_unavailable(await client.post(path), "database_busy")
            assert (await client.get("/game/profile")).json()["xp"] == 0
        answer = await client.post(path)
        assert (answer.status_code, answer.json()["outcome"]["xp"]) == (200, 10)


async def test_a_full_disk_keeps_what_was_there(
    learner: Learner, database_kind: str, database_url: str, tmp_path: Path
) -> None:
    """Only SQLite can be told how large its file may grow; PostgreSQL just takes the tasks."""
    if database_kind == SQLITE:  # what other tests deleted has left room in the file
        with closing(sqlite3.connect(database_url.partition(":///")[2])) as connection:
            connection.execute("VACUUM")
    async with run_service(database_url, tmp_path, database_pool_size=1) as full:
        client = full.client(await full.open_session(learner.id))
        if database_kind == SQLITE:
            async with full.parts.database.engines.writing.connect() as connection:
                await connection.execute(text("PRAGMA max_page_count = 1"))
        answers = [
            await client.post("/tasks", json={"title": "A task", "description": "x" * 1000})
            for _ in range(30)
        ]
        kept = sum(answer.status_code == 201 for answer in answers)
        for answer in answers[kept:]:
            assert_unavailable(answer)
        assert len((await client.get("/tasks", params={"limit": 100})).json()["items"]) == kept
    assert (kept < 30) == (database_kind == SQLITE)
