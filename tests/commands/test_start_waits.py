"""Servers and workers wait at their start for the database: for a bounded time, and saying so."""

import asyncio
import signal
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest

from tests.db.tcp_proxy import TcpProxy
from tests.support.databases import migrate_url, provide_server
from tests.support.postgres import PrivatePostgres
from tests.support.process import EXIT_SECONDS, Server, free_port, start

WAITING = "waiting_for_database"


@pytest.fixture(scope="module")
def postgres() -> Iterator[PrivatePostgres]:
    with provide_server() as server:
        server.create_database("waits")
        yield server


@pytest.fixture
async def door(postgres: PrivatePostgres) -> AsyncIterator[TcpProxy]:
    """A shut door before the database."""
    door = TcpProxy(postgres.port)
    await door.open()
    await door.shut()
    yield door
    await door.shut()


def nowhere() -> str:
    return f"postgresql://ada:hunter2@127.0.0.1:{free_port()}/waits"


async def test_a_server_waits_for_its_database(door: TcpProxy, tmp_path: Path) -> None:
    url = f"postgresql://questboard@127.0.0.1:{door.port}/waits"
    server = Server("127.0.0.1", DATABASE_URL=url, DATA_DIR=str(tmp_path))
    try:
        await asyncio.to_thread(server.read_until, WAITING)
        await door.open()
        await asyncio.to_thread(server.wait_until_it_listens)
        async with httpx.AsyncClient() as client:
            assert (await client.get(f"{server.url}/health/ready")).status_code == 200
        assert await asyncio.to_thread(server.end) == 0
    finally:
        server.process.kill()
        server.process.communicate()

    assert "Traceback" not in "".join(server.printed)


@pytest.mark.parametrize("command", ["commands.serve", "commands.worker"])
def test_it_gives_up_in_one_clear_line(command: str, tmp_path: Path) -> None:
    settings = {"DATABASE_URL": nowhere(), "DATA_DIR": str(tmp_path), "START_WAIT_SECONDS": "1"}
    process = start(command, **settings)
    printed, _ = process.communicate(timeout=EXIT_SECONDS)
    *before, last = printed.splitlines()

    assert process.returncode == 1
    assert last.startswith("error: DATABASE_URL: the server is out of reach")
    assert "START_WAIT_SECONDS" in last
    assert [WAITING in line for line in before] == [True]  # tried each half second, told once
    assert "hunter2" not in printed


@pytest.mark.parametrize("command", ["commands.serve", "commands.worker"])
def test_what_waiting_does_not_mend_is_not_waited_for(
    command: str, postgres: PrivatePostgres, tmp_path: Path
) -> None:
    url = f"postgresql://questboard@127.0.0.1:{postgres.port}/no_such_database"
    process = start(command, DATABASE_URL=url, DATA_DIR=str(tmp_path), START_WAIT_SECONDS="3600")
    printed, _ = process.communicate(timeout=EXIT_SECONDS)

    assert process.returncode == 1
    assert printed.startswith("error: DATABASE_URL: the server refuses")
    assert printed.count("\n") == 1


@pytest.mark.parametrize("command", ["commands.serve", "commands.worker"])
def test_told_to_leave_it_waits_no_longer(command: str, tmp_path: Path) -> None:
    server = start(
        command, DATABASE_URL=nowhere(), DATA_DIR=str(tmp_path), START_WAIT_SECONDS="3600"
    )
    assert server.stdout is not None
    assert WAITING in server.stdout.readline()
    server.send_signal(signal.SIGTERM)
    printed, _ = server.communicate(timeout=EXIT_SECONDS)

    assert (server.returncode, printed) == (0, "")


def wait_for_migrations(url: str, folder: Path) -> None:
    worker = start("commands.worker", DATABASE_URL=url, DATA_DIR=str(folder))
    assert worker.stdout is not None
    assert WAITING in worker.stdout.readline()
    migrate_url(url)
    assert any("worker_ready" in line for line in worker.stdout)
    worker.send_signal(signal.SIGTERM)
    printed, _ = worker.communicate(timeout=EXIT_SECONDS)

    assert worker.returncode == 0
    assert "worker_leaving" in printed
    assert "Traceback" not in printed


def test_a_worker_waits_for_the_migrations(postgres: PrivatePostgres, tmp_path: Path) -> None:
    postgres.create_database("unmigrated")
    wait_for_migrations(postgres.url("unmigrated"), tmp_path)


def test_a_worker_waits_for_the_file_and_its_migrations(tmp_path: Path) -> None:
    wait_for_migrations(f"sqlite+aiosqlite:///{tmp_path}/new.sqlite3", tmp_path)


def test_a_worker_gives_up_where_nobody_migrates(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/none.sqlite3"
    worker = start(
        "commands.worker", DATABASE_URL=url, DATA_DIR=str(tmp_path), START_WAIT_SECONDS="0"
    )
    printed, _ = worker.communicate(timeout=EXIT_SECONDS)

    assert worker.returncode == 1
    assert printed.startswith("error: DATABASE_URL: there is no database at")
    assert not (tmp_path / "none.sqlite3").exists()
