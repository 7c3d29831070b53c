"""Watches where passwords are hashed, and what is held meanwhile."""

import threading

import pytest
from fastapi_users.password import PasswordHelperProtocol
from sqlalchemy.pool import QueuePool

from app.db.engines import Engines
from tests.support.service import Service


class HashSpy:
    """Stands before a helper: notes each call's thread and how many connections are taken."""

    def __init__(self, helper: PasswordHelperProtocol, engines: Engines) -> None:
        self._helper = helper
        self._pools = {engines.reading.sync_engine.pool, engines.writing.sync_engine.pool}
        self.threads: list[int] = []
        self.connections_held: list[int] = []

    @property
    def calls(self) -> int:
        return len(self.threads)

    def hash(self, password: str) -> str:
        self._note()
        return self._helper.hash(password)

    def verify_and_update(
        self, plain_password: str, hashed_password: str
    ) -> tuple[bool, str | None]:
        self._note()
        return self._helper.verify_and_update(plain_password, hashed_password)

    def generate(self) -> str:
        return self._helper.generate()

    def count_connections(self) -> int:
        """How many connections are taken from the pools at this moment."""
        return sum(pool.checkedout() for pool in self._pools if isinstance(pool, QueuePool))

    def _note(self) -> None:
        self.threads.append(threading.get_ident())
        self.connections_held.append(self.count_connections())


def watch_hashes(service: Service, monkeypatch: pytest.MonkeyPatch) -> HashSpy:
    """Watch the hashing of the running service until the test ends."""
    passwords = service.parts.manager._passwords
    spy = HashSpy(passwords.helper, service.parts.database.engines)
    monkeypatch.setattr(passwords, "helper", spy)
    return spy
