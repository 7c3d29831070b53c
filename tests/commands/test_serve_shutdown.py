"""Told to leave, a server cuts no request: not one that is under way, waits, or is just being sent."""

import asyncio
import signal
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from tests.commands.shutdown_steps import Balancer, Learners, bring_learners
from tests.support.databases import migrate_url, provide_server
from tests.support.load import under_load
from tests.support.process import EXIT_SECONDS, Server, serve

HEALTH = b"GET /api/v1/health HTTP/1.1\r\nHost: test\r\n\r\n"
LEAVING = "Waiting for connections to close"


@pytest.fixture(scope="module")
def server_url() -> Iterator[str]:
    """A migrated database on a PostgreSQL, for several processes."""
    with provide_server() as server:
        server.create_database("shutdown")
        migrate_url(server.url("shutdown"))
        yield server.url("shutdown")


async def leave_under_load(url: str, folder: Path, learners: Learners, workers: int) -> None:
    settings = {"DATABASE_URL": url, "DATA_DIR": str(folder), "LOG_LEVEL": "warning"}
    with serve(WORKERS=str(workers), **settings) as server:
        async with under_load(server.url, learners.tokens, until_refused=True) as tally:
            await tally.wait_for(100)
            server.process.send_signal(signal.SIGTERM)
            assert await asyncio.to_thread(server.process.wait, EXIT_SECONDS) == 0

    assert tally.cut == []
    assert tally.statuses.keys() == {201}
    assert tally.refused == len(learners.tokens)  # each was at work until then
    with serve(**settings) as server:
        assert await learners.count_tasks(server.url) == tally.answered


@pytest.mark.usefixtures("service")  # which clears away afterwards what the server left
async def test_under_load_no_request_is_cut(database_url: str, tmp_path: Path) -> None:
    learners = await bring_learners(database_url, tmp_path)
    await leave_under_load(database_url, tmp_path, learners, workers=1)


async def test_nor_by_one_of_several_processes(server_url: str, tmp_path: Path) -> None:
    learners = await bring_learners(server_url, tmp_path)
    await leave_under_load(server_url, tmp_path, learners, workers=2)


async def test_a_rolling_restart_behind_a_balancer_fails_no_request(
    server_url: str, tmp_path: Path
) -> None:
    settings = {"DATABASE_URL": server_url, "DATA_DIR": str(tmp_path), "LOG_LEVEL": "warning"}
    learners = await bring_learners(server_url, tmp_path)
    balancer = Balancer()

    with ExitStack() as stack:

        async def start() -> Server:
            serving = serve(**settings, SHUTDOWN_DRAIN_SECONDS="1")
            server = await asyncio.to_thread(stack.enter_context, serving)
            await balancer.add(server.port)
            return server

        async with balancer.open():
            old = [await start(), await start()]
            async with under_load(balancer.url, learners.tokens, pause=0.2) as tally:
                for server in old:
                    await tally.wait_for(50)
                    server.process.send_signal(signal.SIGTERM)
                    assert await asyncio.to_thread(server.process.wait, EXIT_SECONDS) == 0
                    await start()
                await tally.wait_for(50)
            kept = await learners.count_tasks(balancer.url)

    assert (tally.cut, tally.refused) == ([], 0)
    assert tally.statuses.keys() == {201}
    assert tally.closing > 0
    assert kept == tally.answered


def test_draining_it_is_not_ready_but_serves(tmp_path: Path) -> None:
    with serve(DATA_DIR=str(tmp_path), SHUTDOWN_DRAIN_SECONDS="300") as server:
        server.process.send_signal(signal.SIGTERM)
        server.process.send_signal(signal.SIGTERM)  # the group's and the parent's: no hurry
        server.read_until('"draining"')

        ready = httpx.get(f"{server.url}/health/ready")
        live = httpx.get(f"{server.url}/health")
        status = server.end(signal.SIGINT)  # somebody at a terminal has no time

    assert (ready.status_code, ready.json()["code"]) == (503, "leaving")
    assert (live.status_code, live.headers["connection"]) == (200, "close")
    assert status == 0


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[tuple[Server, socket.socket]]:
    """A server, and a connection on which a request was answered already."""
    with (
        serve(DATA_DIR=str(tmp_path)) as server,
        socket.create_connection((server.host, server.port)) as connection,
    ):
        connection.sendall(HEALTH)
        answer = b""
        while not answer.endswith(b"}"):
            answer += connection.recv(65536)
        assert answer.startswith(b"HTTP/1.1 200")
        yield server, connection


def test_a_request_on_a_kept_connection_is_answered_though_it_leaves(
    connection: tuple[Server, socket.socket],
) -> None:
    server, wire = connection
    server.process.send_signal(signal.SIGTERM)
    server.read_until(LEAVING)
    wire.sendall(HEALTH)
    answer = wire.makefile("rb").read()

    assert answer.startswith(b"HTTP/1.1 200")
    assert b"\r\nconnection: close\r\n" in answer
    assert server.process.wait(EXIT_SECONDS) == 0


def test_a_request_whose_head_is_half_there_is_answered(
    connection: tuple[Server, socket.socket],
) -> None:
    server, wire = connection
    wire.sendall(HEALTH[:20])
    server.process.send_signal(signal.SIGTERM)
    server.read_until(LEAVING)
    wire.settimeout(1.5)
    with pytest.raises(TimeoutError):  # longer than a silent connection is kept
        wire.recv(1)
    wire.settimeout(None)
    wire.sendall(HEALTH[20:])

    assert wire.makefile("rb").read().startswith(b"HTTP/1.1 200")
    assert server.process.wait(EXIT_SECONDS) == 0


def test_a_silent_connection_does_not_hold_it_up(connection: tuple[Server, socket.socket]) -> None:
    server, wire = connection
    server.process.send_signal(signal.SIGTERM)

    assert wire.recv(1) == b""
    assert server.process.wait(EXIT_SECONDS) == 0
    server.read_until("Finished server process")
    assert "graceful shutdown exceeded" not in "".join(server.printed)
