"""Two PostgreSQL servers, of which one follows the other in step: for tests of losing a primary.

What the primary acknowledges is on the standby as well (``synchronous_commit = on`` and
``synchronous_standby_names``). Neither writes to the disk for good (``fsync = off``): a process that is
killed loses nothing that it handed to the operating system.
"""

import asyncio
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from tests.support.postgres import SUPERUSER
from tests.support.postgres_binaries import find_binaries
from tests.support.postgres_process import make_folder, make_readable, server_user, spawn
from tests.support.process import free_port

WAIT_SECONDS = 30.0
_SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "on",
    "max_connections": "100",
    "timezone": "UTC",
    "unix_socket_directories": "",
    "listen_addresses": "127.0.0.1",
    "max_wal_senders": "4",
    "wal_keep_size": "64MB",
    "wal_receiver_timeout": "2s",
}
_DATABASE = "questboard_test"

# Waits for the pipe from the tests to close, however they end (SIGKILL too), and clears up.
_WATCHER = """
read -r _
for file in "$1"/*/data/postmaster.pid; do
  [ -e "$file" ] && kill -9 "$(head -n 1 "$file")"
done
sleep 1
rm -rf -- "$1"
"""


class Node:
    """One of the two. It keeps its port, whatever becomes of it."""

    def __init__(self, folder: Path, binaries: Path) -> None:
        self.port = free_port()
        self._folder = folder
        self._binaries = binaries
        self._data = folder / "data"
        self._process: subprocess.Popen[bytes] | None = None

    def make(self) -> None:
        """Make an empty cluster."""
        as_superuser = ("-U", SUPERUSER, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8")
        self._run("initdb", "-D", str(self._data), *as_superuser, "--no-sync")

    def copy(self, primary: "Node") -> None:
        """Become a copy of the primary that will follow it."""
        shutil.rmtree(self._data, ignore_errors=True)
        source = f"host=127.0.0.1 port={primary.port} user={SUPERUSER}"
        following = ("--write-recovery-conf", "--wal-method=stream", "--checkpoint=fast")
        self._run("pg_basebackup", "-D", str(self._data), "-d", source, *following, "--no-sync")

    def start(self) -> None:
        """Start it and wait until it answers."""
        command = [str(self._binaries / "postgres"), "-D", str(self._data), "-p", str(self.port)]
        for name, value in _SETTINGS.items():
            command += ["-c", f"{name}={value}"]
        with (self._folder / "log").open("ab") as log:
            self._process = spawn(command, log.fileno(), self._folder)
        give_up_at = time.monotonic() + WAIT_SECONDS
        while not self._answers():
            assert time.monotonic() < give_up_at, (self._folder / "log").read_text()
            time.sleep(0.05)

    def kill(self) -> None:
        """End all its processes at once, as a power cut does."""
        if self._process is None:
            return
        children = _children_of(self._process.pid)
        self._process.kill()
        for child in children:
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        self._process.wait()
        self._process = None

    def promote(self) -> None:
        """Tell a standby to take writes. It does so a little later."""
        self.ask("SELECT pg_promote(false)")

    def ask(self, statement: str) -> Any:
        """Run a statement; the value that it gives."""
        return asyncio.run(self._ask(statement))

    async def _ask(self, statement: str) -> Any:
        connection = await asyncpg.connect(
            host="127.0.0.1", port=self.port, user=SUPERUSER, database="postgres", ssl=False
        )
        try:
            return await connection.fetchval(statement)
        finally:
            await connection.close()

    def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, (self._folder / "log").read_text()
        try:
            return bool(self.ask("SELECT true"))
        except (OSError, asyncpg.PostgresError):
            return False

    def _run(self, program: str, *arguments: str) -> None:
        log = self._folder / "log"
        with log.open("ab") as output:
            run = spawn([str(self._binaries / program), *arguments], output.fileno(), self._folder)
            assert run.wait(WAIT_SECONDS) == 0, log.read_text()


class PostgresPair:
    """A primary, and a standby that has all that the primary acknowledged."""

    def __init__(self, folder: Path, binaries: Path) -> None:
        self.primary, self.standby = (Node(_make_folder(folder / name), binaries) for name in "ab")
        self.url = (
            f"postgresql://{SUPERUSER}@127.0.0.1:{self.primary.port},127.0.0.1:{self.standby.port}"
            f"/{_DATABASE}"
        )

    def start(self) -> None:
        """Make both, with an empty database."""
        self.primary.make()
        self.primary.start()
        self.primary.ask(f"CREATE DATABASE {_DATABASE}")
        self.follow()

    def follow(self) -> None:
        """Make the standby anew from the primary, and have the primary wait for it from now on."""
        self.standby.kill()
        self.standby.copy(self.primary)
        self.standby.start()
        _set_standby_names(self.primary, "*")
        give_up_at = time.monotonic() + WAIT_SECONDS
        while self.primary.ask("SELECT sync_state FROM pg_stat_replication") != "sync":
            assert time.monotonic() < give_up_at, "the standby does not follow"
            time.sleep(0.05)

    def swap(self) -> None:
        """The promoted standby is the primary now."""
        self.primary, self.standby = self.standby, self.primary

    def kill(self) -> None:
        """End both."""
        self.primary.kill()
        self.standby.kill()


def _set_standby_names(node: Node, names: str) -> None:
    # Not by the copied file: whoever was just promoted would wait for a standby that it has not got.
    node.ask(f"ALTER SYSTEM SET synchronous_standby_names = '{names}'")
    node.ask("SELECT pg_reload_conf()")


def _children_of(process: int) -> list[int]:
    listed = subprocess.run(
        ["pgrep", "-P", str(process)], capture_output=True, text=True, check=False
    )
    return [int(line) for line in listed.stdout.split()]


def _make_folder(folder: Path) -> Path:
    folder.mkdir()
    user = server_user()
    if user:
        os.chown(folder, user.pw_uid, user.pw_gid)
    return folder


@contextmanager
def provide_pair() -> Iterator[PostgresPair]:
    """A running pair. Without PostgreSQL's programs a test is skipped, but in CI it fails."""
    binaries = find_binaries()
    if binaries is None:
        assert not os.environ.get("CI"), "no PostgreSQL on this machine"
        pytest.skip("no PostgreSQL on this machine")
    folder = make_folder()
    watcher = subprocess.Popen(
        ["/bin/sh", "-c", _WATCHER, "sh", str(folder)],
        stdin=subprocess.PIPE,
        start_new_session=True,
    )
    pair = PostgresPair(folder, make_readable(binaries, folder))
    try:
        pair.start()
        yield pair
    finally:
        pair.kill()
        watcher.kill()
        watcher.communicate()
        shutil.rmtree(folder, ignore_errors=True)
