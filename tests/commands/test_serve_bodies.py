"""Bodies that are too large, over a real connection to a real server."""

import socket
import subprocess
from collections.abc import Iterator

import pytest

from tests.support.process import Server, send_head, serve


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A service for tests that only look at it."""
    with serve(DATA_DIR=str(tmp_path_factory.mktemp("running") / "new")) as server:
        yield server


def test_a_body_that_says_to_be_huge_is_refused_before_any_of_it_comes(running: Server) -> None:
    with socket.create_connection((running.host, running.port)) as connection:
        send_head(connection, f"Content-Length: {10 * 2**30}")

        answer = connection.recv(10_000)

    assert answer.startswith(b"HTTP/1.1 413")
    assert b"application/problem+json" in answer


def test_an_endless_body_is_refused_and_takes_no_memory(running: Server) -> None:
    def measure() -> int:
        command = ["ps", "-o", "rss=", "-p", str(running.process.pid)]
        return int(subprocess.run(command, capture_output=True, check=True).stdout) * 1024

    before = measure()
    with socket.create_connection((running.host, running.port)) as connection:
        send_head(connection, "Transfer-Encoding: chunked")
        for _ in range(64):
            connection.sendall(b"100000\r\n" + b" " * 2**20 + b"\r\n")
        answer = connection.recv(10_000)

    assert answer.startswith(b"HTTP/1.1 413")
    assert measure() - before < 16 * 2**20
