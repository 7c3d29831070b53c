"""A Redis of our own, which tests may stop and start."""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.process import free_port

START_SECONDS = 10

# Ends the server when the pipe from the tests closes, however they end (SIGKILL too).
_KEEPER = '"$@" >/dev/null & echo $!; read -r _; kill -9 $!; wait'


class PrivateRedis:
    """One server on a port of 127.0.0.1 that stays the same. It keeps nothing on the disk."""

    def __init__(self, binary: str, folder: Path) -> None:
        self._binary = binary
        self._folder = folder
        self._port = free_port()
        self._keeper: subprocess.Popen[bytes] | None = None
        self._server = 0

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self._port}/0"

    def start(self) -> None:
        """Start it and wait until it answers."""
        options = {"port": str(self._port), "bind": "127.0.0.1", "save": "", "appendonly": "no"}
        command = [self._binary, "--dir", str(self._folder)]
        for name, value in options.items():
            command += [f"--{name}", value]
        self._keeper = subprocess.Popen(
            ["/bin/sh", "-c", _KEEPER, "sh", *command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        assert self._keeper.stdout is not None
        self._server = int(self._keeper.stdout.readline())
        give_up_at = time.monotonic() + START_SECONDS
        while not self._answers():
            assert time.monotonic() < give_up_at, "redis-server did not start"
            time.sleep(0.02)

    def stop(self) -> None:
        """Kill it; connections are lost at once."""
        if self._keeper is not None:
            self._keeper.communicate()  # closes the pipe
            self._keeper = None

    def freeze(self) -> None:
        """Let it answer nobody; its connections stay."""
        os.kill(self._server, signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        os.kill(self._server, signal.SIGCONT)

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self._port)) as connection:
                connection.sendall(b"PING\r\n")
                return connection.recv(100) == b"+PONG\r\n"
        except OSError:
            return False


@contextmanager
def provide_redis_url(folder: Path) -> Iterator[str]:
    """The address of a Redis that is there, and that others may use as well."""
    if given := os.environ.get("TEST_REDIS_URL"):
        yield given
        return
    with provide_redis(folder) as server:
        yield server.url


@contextmanager
def provide_redis(folder: Path) -> Iterator[PrivateRedis]:
    """A running server of our own. Without its binary a test is skipped, but in CI it fails."""
    binary = shutil.which("redis-server")
    if binary is None:
        assert not os.environ.get("CI"), "no redis-server on this machine"
        pytest.skip("no redis-server on this machine")
    server = PrivateRedis(binary, folder)
    server.start()
    try:
        yield server
    finally:
        server.stop()
