"""The private PostgreSQL that the suite starts for itself, from every source of binaries here."""

import asyncio
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import asyncpg
import pytest

from tests.support.postgres import (
    PostgresUnavailableError,
    PrivatePostgres,
    start_postgres,
)
from tests.support.postgres_binaries import system_binaries, wheel_binaries

KILLED_PARENT = """
import time
from tests.support.postgres import start_postgres
server = start_postgres()
print(server.port, server.folder, flush=True)
time.sleep(60)
"""


def is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


async def fetch(url: str, statement: str) -> object:
    connection = await asyncpg.connect(url.replace("+asyncpg", ""), ssl=False)
    try:
        value: object = await connection.fetchval(statement)
    finally:
        await connection.close()
    return value


@pytest.mark.parametrize("find", [system_binaries, wheel_binaries])
def test_serves_databases_and_leaves_nothing(find: Callable[[], Path | None]) -> None:
    binaries = find()
    if binaries is None:
        pytest.skip("not on this machine")
    with PrivatePostgres(binaries) as server:
        server.create_database("quest")
        assert asyncio.run(fetch(server.url("quest"), "SELECT 1")) == 1
        assert asyncio.run(fetch(server.url("quest"), "SELECT lower('ÄÉ')")) == "äé"
        folder = server.folder
        assert folder is not None
        assert folder.exists()
    assert not is_open(server.port)
    assert not folder.exists()


async def test_makes_a_database_while_a_loop_runs() -> None:
    with PrivatePostgres() as server:
        server.create_database("quest")
        assert await fetch(server.url("quest"), "SELECT 1") == 1
        with pytest.raises(asyncpg.DuplicateDatabaseError):
            server.create_database("quest")


def test_refuses_a_name_that_would_need_quoting() -> None:
    with pytest.raises(ValueError, match="not a plain database name"):
        PrivatePostgres().create_database('quest"; DROP DATABASE postgres')


def test_says_what_a_broken_server_said() -> None:
    # Not pytest's own folder: as root, the server's user could not enter it.
    with tempfile.TemporaryDirectory(dir="/tmp") as name:
        folder = Path(name)
        for program in ("initdb", "postgres"):
            (folder / program).write_text("#!/bin/sh\necho no room left\nexit 3\n")
            (folder / program).chmod(0o755)
        folder.chmod(0o755)
        with pytest.raises(PostgresUnavailableError, match="ended with 3:\nno room left"):
            start_postgres(folder)


def test_a_missing_server_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(PostgresUnavailableError, match=str(tmp_path)):
        start_postgres(tmp_path)


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGKILL])
def test_does_not_outlive_the_tests(ending: signal.Signals) -> None:
    command = [sys.executable, "-c", KILLED_PARENT]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        port, _, folder = parent.stdout.readline().strip().partition(" ")
        assert is_open(int(port))
        assert Path(folder, "data").exists()
        parent.send_signal(ending)
    deadline = time.monotonic() + 10
    while Path(folder).exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not Path(folder).exists()
    assert not is_open(int(port))
