"""A PgBouncer of our own in front of a PostgreSQL, which gives each transaction another connection."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import make_url

from tests.support.pgbouncer_certificate import write_certificate
from tests.support.postgres_process import end, make_folder, server_user, spawn
from tests.support.process import free_port

START_SECONDS = 10.0
SERVER_CONNECTIONS = 5
"""Fewer than the service's pool has: so each transaction may well get another than the one before."""

PREPARE_NOTHING = "prepared_statement_cache_size=0"
"""In an address: understood by the service, and by SQLAlchemy where a test makes an engine by itself."""

_INI = """
[databases]
* = host={host} port={port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {own_port}
unix_socket_dir =
auth_type = trust
auth_file = {folder}/users
pool_mode = transaction
default_pool_size = {connections}
server_round_robin = 1
max_client_conn = 500
"""

_TLS = """
client_tls_sslmode = require
client_tls_key_file = {folder}/key.pem
client_tls_cert_file = {folder}/certificate.pem
"""

# Waits for the pipe from the tests to close, however they end (SIGKILL too), and clears up.
_WATCHER = 'read -r _; kill -9 "$1"; rm -rf -- "$2"'


class PgBouncer:
    """One pooler, in PgBouncer's transaction mode, on a free port of 127.0.0.1."""

    def __init__(self, binary: str, target: str, *, demands_tls: bool = False) -> None:
        """Where TLS is demanded, its certificate is one that nobody vouches for."""
        self._binary = binary
        self._demands_tls = demands_tls
        self._target = make_url(target)
        self._folder = make_folder("pgbouncer")
        self._process: subprocess.Popen[bytes] | None = None
        self._watcher: subprocess.Popen[bytes] | None = None
        self.port = free_port()

    @property
    def url(self) -> str:
        """The database's address through the pooler."""
        through = self._target.set(host="127.0.0.1", port=self.port)
        return through.render_as_string(hide_password=False)

    @property
    def certificate(self) -> Path:
        """What it shows, where it demands TLS."""
        return self._folder / "certificate.pem"

    def start(self) -> None:
        """Start it and wait until it listens."""
        user = f'"{self._target.username}" ""'
        (self._folder / "users").write_text(f"{user}\n")
        ini = self._folder / "pgbouncer.ini"
        settings = _INI.format(
            host=self._target.host,
            port=self._target.port,
            own_port=self.port,
            folder=self._folder,
            connections=SERVER_CONNECTIONS,
        )
        if self._demands_tls:
            write_certificate(self._folder)
            settings += _TLS.format(folder=self._folder)
        ini.write_text(settings)
        owner = server_user()
        for path in (self._folder, *self._folder.iterdir()):
            if owner:
                os.chown(path, owner.pw_uid, owner.pw_gid)
        with (self._folder / "log").open("wb") as log:
            self._process = spawn([self._binary, str(ini)], log.fileno(), self._folder)
        self._watcher = subprocess.Popen(
            ["/bin/sh", "-c", _WATCHER, "sh", str(self._process.pid), str(self._folder)],
            stdin=subprocess.PIPE,
            start_new_session=True,
        )
        self._wait()

    def stop(self) -> None:
        """Stop it and remove its folder."""
        if self._watcher is not None:
            self._watcher.kill()
            self._watcher.communicate()
        if self._process is not None:
            end(self._process)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _wait(self) -> None:
        give_up_at = time.monotonic() + START_SECONDS
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
            except OSError:
                assert self._process is not None
                is_hopeless = self._process.poll() is not None or time.monotonic() > give_up_at
                assert not is_hopeless, (self._folder / "log").read_text()
                time.sleep(0.02)
            else:
                return


def find_pgbouncer() -> str | None:
    """Return the program: Debian keeps it where only root's path leads."""
    return shutil.which("pgbouncer", path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin")


@contextmanager
def provide_pooler(url: str, *, demands_tls: bool = False) -> Iterator[PgBouncer]:
    """A running pooler for the server at ``url``. Without it a test is skipped, but in CI it fails."""
    binary = find_pgbouncer()
    if binary is None:
        assert not os.environ.get("CI"), "no pgbouncer on this machine"
        pytest.skip("no pgbouncer on this machine")
    pooler = PgBouncer(binary, url, demands_tls=demands_tls)
    try:
        pooler.start()
        yield pooler
    finally:
        pooler.stop()
