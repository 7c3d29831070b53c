"""``python -m commands.create_superuser`` as a person sees it: on a terminal of its own."""

import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api.account_steps import EMAIL, open_tokens
from tests.support.process import ROOT
from tests.support.service import PASSWORD, Service

COMMAND = [sys.executable, "-m", "commands.create_superuser"]


class Screen:
    """A terminal with the command on it."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._ours, theirs = pty.openpty()
        self.process = subprocess.Popen(
            COMMAND, cwd=ROOT, env=environment, stdin=theirs, stdout=theirs, stderr=theirs,
            start_new_session=True,
        )  # fmt: skip
        os.close(theirs)
        self.shown = ""

    def answer(self, prompt: str, line: str) -> None:
        """Wait for a prompt, then type a line."""
        while not self.shown.endswith(prompt):
            self.shown += os.read(self._ours, 1000).decode()
        os.write(self._ours, f"{line}\n".encode())

    def finish(self) -> int:
        """Read on until the command has ended; its status."""
        try:
            while part := os.read(self._ours, 1000):
                self.shown += part.decode()
        except OSError:  # how Linux says that the other end is closed
            pass
        return self.process.wait()

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self._ours)


@pytest.fixture
def screen(service: Service, tmp_path: Path) -> Iterator[Screen]:
    settings = {
        "DATABASE_URL": service.parts.settings.resolved_database_url,
        "DATA_DIR": str(tmp_path),
        "SUPERUSER_EMAIL": "",
        "SUPERUSER_PASSWORD": "",
    }
    screen = Screen({**os.environ, **settings})
    yield screen
    screen.close()


async def test_it_asks_for_all_and_shows_no_password(service: Service, screen: Screen) -> None:
    screen.answer("Email address: ", EMAIL)
    screen.answer("Password: ", PASSWORD)
    screen.answer("Password again: ", PASSWORD)
    assert screen.finish() == 0
    assert screen.shown.endswith(f"{EMAIL} was created as a superuser.\r\n")
    assert PASSWORD not in screen.shown
    await open_tokens(service)
