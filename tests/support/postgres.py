"""A private PostgreSQL for the tests: its own cluster, port and folder, gone when the tests are.

The cluster trusts every local connection and is tuned to forget (no fsync), so it must never hold
anything but test data. As root the server runs as another user, because PostgreSQL refuses root.
"""

import asyncio
import atexit
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Self

import asyncpg

from tests.support.postgres_binaries import find_binaries
from tests.support.postgres_process import (
    PostgresUnavailableError,
    end,
    make_folder,
    make_readable,
    server_user,
    spawn,
)

__all__ = ["SUPERUSER", "PostgresUnavailableError", "PrivatePostgres", "start_postgres"]

SUPERUSER = "questboard"
START_SECONDS = 30.0
POLL_SECONDS = 0.02
PORT_ATTEMPTS = 3

_STATUS_LINE = 7  # of postmaster.pid, counted from 0; pg_ctl reads the same
_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "timezone": "UTC",
    "unix_socket_directories": "",
}

# Waits for the pipe from the tests to close, however they end (SIGKILL too), and clears up. The
# server is gone when its lock file is: its process may stay a zombie where nobody reaps orphans.
_WATCHER = """
read -r _
kill -QUIT "$1"
tries=200
while [ -e "$2/data/postmaster.pid" ] && [ "$tries" -gt 0 ]; do
  sleep 0.05
  tries=$((tries - 1))
done
rm -rf -- "$2"
"""


class PrivatePostgres:
    """One server on a free port of 127.0.0.1. A context manager, or call ``start`` and ``stop``."""

    def __init__(self, binaries: Path | None = None) -> None:
        """Take the binaries from that folder, else from where ``find_binaries`` finds them."""
        self._wanted_binaries = binaries
        self.folder: Path | None = None
        self._server: subprocess.Popen[bytes] | None = None
        self._watcher: subprocess.Popen[bytes] | None = None
        self.port = 0

    def start(self) -> str:
        """Make the cluster, start the server, wait until it answers, and return its URL.

        Raises:
            PostgresUnavailableError: no binaries, or they do not run here. Nothing is left behind.
        """
        wanted = self._wanted_binaries or find_binaries()
        if wanted is None:
            raise PostgresUnavailableError(
                "no PostgreSQL server on this machine, and not the wheel either"
            )
        atexit.register(self.stop)
        try:
            self.folder = make_folder()
            binaries = make_readable(wanted, self.folder)
            self._run_initdb(binaries)
            self._run_server(binaries)
        except BaseException as error:
            self.stop()
            if isinstance(error, (OSError, subprocess.SubprocessError)):
                raise PostgresUnavailableError(f"{wanted}: {error}") from error
            raise
        return self.url("postgres")

    def stop(self) -> None:
        """Stop the server and remove its folder. May be called again."""
        atexit.unregister(self.stop)
        if self._watcher is not None:
            self._watcher.kill()
            self._watcher.communicate()
            self._watcher = None
        if self._server is not None:
            end(self._server)
            self._server = None
        if self.folder is not None:
            shutil.rmtree(self.folder, ignore_errors=True)
            self.folder = None

    def __enter__(self) -> Self:
        """Start the server."""
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop the server."""
        self.stop()

    def url(self, database: str) -> str:
        """Return SQLAlchemy's address of a database on this server, whether it exists or not."""
        return f"postgresql+asyncpg://{SUPERUSER}@127.0.0.1:{self.port}/{database}"

    def create_database(self, name: str) -> None:
        """Create an empty database. Safe to call from a thread whose event loop is running.

        Raises:
            ValueError: the name is not a plain lower-case identifier.
            asyncpg.PostgresError: it exists already.
        """
        if not re.fullmatch(r"[a-z_][a-z0-9_]*", name):
            raise ValueError(f"not a plain database name: {name!r}")
        # A loop may be running in this thread, and a thread can have only one.
        with ThreadPoolExecutor(1) as thread:
            thread.submit(asyncio.run, self._execute(f'CREATE DATABASE "{name}"')).result()

    async def _execute(self, statement: str) -> None:
        connection = await asyncpg.connect(
            host="127.0.0.1", port=self.port, user=SUPERUSER, database="postgres", ssl=False
        )
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    @property
    def _home(self) -> Path:
        if self.folder is None:
            raise RuntimeError("the server is not started")
        return self.folder

    def _run_initdb(self, binaries: Path) -> None:
        data = self._home / "data"
        data.mkdir(mode=0o700)
        if user := server_user():
            os.chown(data, user.pw_uid, user.pw_gid)
        command = [str(binaries / "initdb"), "-D", str(data), "-U", SUPERUSER, "-A", "trust"]
        command += ["-E", "UTF8", f"--locale={_locale()}", "--no-sync", "--no-instructions"]
        with (self._home / "log").open("wb") as log:
            initdb = spawn(command, log.fileno(), self._home)
            try:
                ended = initdb.wait(START_SECONDS)
            finally:
                initdb.kill()
        if ended != 0:
            raise PostgresUnavailableError(f"{command[0]} ended with {ended}:\n{self._log()}")

    def _run_server(self, binaries: Path) -> None:
        for _ in range(PORT_ATTEMPTS):
            self.port = _free_port()
            self._launch(binaries)
            if self._becomes_ready():
                return
            # Another process may have taken the port between the look and the start.
            if "Address already in use" not in self._log():
                break
        raise PostgresUnavailableError(f"{binaries}/postgres did not start:\n{self._log()}")

    def _launch(self, binaries: Path) -> None:
        command = [str(binaries / "postgres"), "-D", str(self._home / "data")]
        command += ["-h", "127.0.0.1", "-p", str(self.port)]
        for name, value in _SETTINGS.items():
            command += ["-c", f"{name}={value}"]
        with (self._home / "log").open("wb") as log:
            self._server = spawn(command, log.fileno(), self._home)
        if self._watcher is not None:
            self._watcher.kill()
            self._watcher.communicate()
        self._watcher = subprocess.Popen(
            ["/bin/sh", "-c", _WATCHER, "sh", str(self._server.pid), str(self._home)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            cwd="/",
        )

    def _becomes_ready(self) -> bool:
        deadline = time.monotonic() + START_SECONDS
        while (
            self._server is not None and self._server.poll() is None and time.monotonic() < deadline
        ):
            if self._status() == "ready":
                return True
            time.sleep(POLL_SECONDS)
        return False

    def _status(self) -> str:
        try:
            lines = (self._home / "data" / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return ""
        return lines[_STATUS_LINE].strip() if len(lines) > _STATUS_LINE else ""

    def _log(self) -> str:
        return (self._home / "log").read_text(errors="replace")


def start_postgres(binaries: Path | None = None) -> PrivatePostgres:
    """Start a private server and return it.

    Raises:
        PostgresUnavailableError: it could not be started.
    """
    server = PrivatePostgres(binaries)
    server.start()
    return server


def _locale() -> str:
    """Return a locale that folds the case of all letters, not of ASCII alone: as in production."""
    return "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
