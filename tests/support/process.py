"""The service as a process of its own, and what it prints."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from app.core.config import Settings

ROOT = Path(__file__).parents[2]
START_SECONDS = 90
EXIT_SECONDS = 30


def free_port() -> int:
    """A TCP port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Server:
    """``python -m commands.serve``, while it runs."""

    def __init__(self, host: str, **settings: str) -> None:
        self.host, self.port = host, free_port()
        settings = {"HOST": host, "PORT": str(self.port), **settings}
        self.process = start("commands.serve", **settings)
        self.printed: list[str] = []

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}/api/v1"

    def wait_until_it_listens(self) -> None:
        """Wait for the port, whatever is printed meanwhile."""
        give_up_at = time.monotonic() + START_SECONDS
        while True:
            try:
                socket.create_connection((self.host, self.port)).close()
            except OSError:
                is_hopeless = self.process.poll() is not None or time.monotonic() > give_up_at
                if is_hopeless:
                    self.process.kill()  # else its output has no end
                    raise AssertionError(f"it does not listen: {self._output.read()}") from None
                time.sleep(0.02)
            else:
                return

    def read_until(self, text: str, times: int = 1) -> None:
        """Read what it prints until so many lines contained the text."""
        while sum(text in line for line in self.printed) < times:
            line = self._output.readline()
            assert line, f"it ended without {text!r}: {''.join(self.printed)}"
            self.printed.append(line)

    def end(self, with_signal: signal.Signals = signal.SIGTERM) -> int:
        """Tell it to leave; the status that it exits with."""
        self.process.send_signal(with_signal)
        self.printed += self._output.readlines()
        return self.process.wait(EXIT_SECONDS)

    @property
    def _output(self) -> IO[str]:
        assert self.process.stdout is not None
        return self.process.stdout


def make_environment(**settings: str) -> dict[str, str]:
    """The environment of a process with these settings, and none of this machine's."""
    ours = {name.upper() for name in Settings.model_fields}
    return {name: value for name, value in os.environ.items() if name not in ours} | settings


def start(module: str, **settings: str) -> subprocess.Popen[str]:
    """Start a command with these settings, and none of this machine's."""
    return subprocess.Popen(
        [sys.executable, "-m", module],
        cwd=ROOT,
        env=make_environment(**settings),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@contextmanager
def serve(host: str = "127.0.0.1", **settings: str) -> Iterator[Server]:
    """The service from when it listens on.

    What it prints is read by ``read_until`` and ``end`` alone: under load set ``LOG_LEVEL=warning``, or
    the pipe fills and stops it.
    """
    server = Server(host, **settings)
    try:
        server.wait_until_it_listens()
        yield server
    finally:
        server.process.kill()
        server.process.communicate()


def send_head(connection: socket.socket, *headers: str) -> None:
    """Begin a registration, and leave its body to come."""
    lines = ["POST /api/v1/auth/register HTTP/1.1", "Host: test", "Content-Type: application/json"]
    connection.sendall("\r\n".join([*lines, *headers, "", ""]).encode())
