"""Asking the doctor, on a machine with no settings but those of the test."""

import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from app.core.config import Settings
from commands.create_superuser import main as create_superuser
from commands.doctor import main
from commands.migrate import main as migrate
from tests.support.logs import listen

SECRET = "s3cr3t-" + secrets.token_hex(8)


@dataclass
class Told:
    """What the doctor said."""

    status: int
    findings: list[dict[str, Any]]
    text: str

    def about(self, check: str, *levels: str) -> str:
        """What it said about this, in these levels."""
        return "; ".join(
            found["message"]
            for found in self.findings
            if found["check"] == check and (not levels or found["level"] in levels)
        )

    @property
    def bad(self) -> dict[str, str]:
        """What is not right, and how bad it is."""
        return {found["check"]: found["level"] for found in self.findings if found["level"] != "ok"}


Ask = Callable[..., Told]


@dataclass
class Machine:
    """A machine on which nothing is set but the data folder."""

    folder: Path
    environment: pytest.MonkeyPatch
    printed: pytest.CaptureFixture[str]

    def __post_init__(self) -> None:
        for name in Settings.model_fields:
            self.environment.delenv(name.upper(), raising=False)
        self.environment.chdir(self.folder)
        self.environment.setenv("DATA_DIR", str(self.folder / "data"))

    @property
    def database_file(self) -> Path:
        return self.folder / "data" / "questboard.sqlite3"

    def ask(self, *options: str, **settings: str) -> Told:
        """Ask the doctor, with these settings."""
        for name, value in settings.items():
            self.environment.setenv(name, value)
        self.printed.readouterr()  # what was told before
        with listen():  # the command sets the log up anew
            status = main([*options, "--json"])
        printed = self.printed.readouterr()
        assert printed.err == ""
        told = json.loads(printed.out)
        assert all(found["mend"] for found in told["findings"] if found["level"] != "ok")
        return Told(status, told["findings"], printed.out)

    def install(self, **settings: str) -> None:
        """Migrate the database, and make a superuser."""
        for name, value in settings.items():
            self.environment.setenv(name, value)
        self.environment.setenv("SUPERUSER_PASSWORD", "correct horse battery")
        with listen():
            assert migrate([]) == 0
            assert create_superuser(["--email", "root@example.org"]) == 0


def production() -> dict[str, str]:
    """What a service in production is to have, but for its database."""
    keys = ("ACCESS_SECRET_KEY", "RESET_PASSWORD_SECRET_KEY", "VERIFICATION_SECRET_KEY")
    return {
        "ENVIRONMENT": "production",
        "FRONTEND_URL": "https://play.example.org",
        "TRUSTED_PROXIES": "10.0.0.0/8",
        **{key: secrets.token_hex(32) for key in keys},
    }
