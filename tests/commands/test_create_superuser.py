"""``python -m commands.create_superuser``."""

import asyncio
import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.core.roles import Role
from commands.create_superuser import main
from tests.api.account_steps import (
    EMAIL,
    NEW_PASSWORD,
    count_rows,
    find_account,
    log_in,
    open_tokens,
    read_mails,
)
from tests.support.service import PASSWORD, Service


class Terminal(io.StringIO):
    """Somebody who types these lines."""

    def isatty(self) -> bool:
        return True


class Command:
    """Runs the command against the service's database, and reads what it prints."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch = monkeypatch
        self._capsys = capsys

    async def run(self, *arguments: str, stdin: io.StringIO | str = "") -> tuple[int, str, str]:
        """Its status, and what it printed on standard output and standard error."""
        lines = io.StringIO(stdin) if isinstance(stdin, str) else stdin
        self._monkeypatch.setattr("sys.stdin", lines)
        self._capsys.readouterr()
        status = await asyncio.to_thread(main, arguments)
        printed = self._capsys.readouterr()
        return status, printed.out, printed.err

    async def run_well(self, *arguments: str, stdin: str = "") -> str:
        status, out, err = await self.run(*arguments, stdin=stdin)
        assert (status, err) == (0, "")
        return out

    async def run_badly(self, *arguments: str, stdin: io.StringIO | str = "") -> str:
        """The one line that says why."""
        status, out, err = await self.run(*arguments, stdin=stdin)
        assert (status, out, err.count("\n")) == (1, "", 1)
        assert err.startswith("error: ")
        return err


@pytest.fixture
def command(
    service: Service,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> Iterator[Command]:
    url = service.parts.settings.resolved_database_url
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    for name in ("SUPERUSER_EMAIL", "SUPERUSER_PASSWORD"):
        monkeypatch.delenv(name, raising=False)
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield Command(monkeypatch, capsys)
    root.handlers = handlers
    root.setLevel(level)


async def test_a_superuser_is_made_with_all_rights(service: Service, command: Command) -> None:
    said = await command.run_well("--email", EMAIL, "--password-stdin", stdin=f"{PASSWORD}\n")
    assert said == f"{EMAIL} was created as a superuser.\n"
    user = await find_account(service)
    assert (user.is_superuser, user.is_verified, user.is_active) == (True, True, True)
    assert user.role is Role.ADMIN
    client = service.client((await open_tokens(service))["access_token"])
    assert (await client.get("/users")).status_code == 200
    assert (await client.get("/game/profile")).json()["level"] == 1


async def test_a_new_superuser_gets_no_mail(service: Service, command: Command) -> None:
    await command.run_well("--email", EMAIL, "--password-stdin", stdin=PASSWORD)
    assert await read_mails(service) == []


async def test_the_environment_is_obeyed(
    service: Service, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUPERUSER_EMAIL", EMAIL.upper())
    monkeypatch.setenv("SUPERUSER_PASSWORD", PASSWORD)
    await command.run_well("--display-name", "Ada")
    assert (await find_account(service)).display_name == "Ada"
    await open_tokens(service)


async def test_a_password_keeps_the_space_around_it(service: Service, command: Command) -> None:
    await command.run_well("--email", EMAIL, "--password-stdin", stdin="  a password  \r\nmore")
    await open_tokens(service, password="  a password  ")


async def test_machines_get_json(service: Service, command: Command) -> None:
    arguments = ("--email", EMAIL, "--password-stdin", "--json")
    results: list[dict[str, Any]] = [
        json.loads(await command.run_well(*arguments, stdin=PASSWORD)) for _ in range(2)
    ]
    user = await find_account(service)
    assert results[0] == {"id": user.id, "email": EMAIL, "result": "created"}
    assert results[1] == {"id": user.id, "email": EMAIL, "result": "unchanged"}


@pytest.mark.parametrize(
    "fields", [{}, {"role": "author"}, {"is_superuser": True}, {"is_active": False}]
)
async def test_an_account_that_is_there_is_promoted(
    service: Service, command: Command, fields: dict[str, Any]
) -> None:
    await service.add_user(**fields)
    said = await command.run_well("--email", f" {EMAIL.upper()}")
    assert said == f"{EMAIL} was promoted to a superuser; the password stays as it was.\n"
    user = await find_account(service)
    assert (user.is_superuser, user.is_verified, user.is_active) == (True, True, True)
    assert user.role is Role.ADMIN
    await open_tokens(service)


async def test_a_promotion_leaves_password_and_sessions(service: Service, command: Command) -> None:
    learner = await service.learner()
    await command.run_well("--email", EMAIL, "--password-stdin", stdin=NEW_PASSWORD)
    assert (await learner.client.get("/users")).status_code == 200
    assert (await log_in(service.client(), EMAIL, NEW_PASSWORD)).status_code == 400
    assert await read_mails(service) == []


async def test_a_superuser_stays_one(service: Service, command: Command) -> None:
    await command.run_well("--email", EMAIL, "--password-stdin", stdin=PASSWORD)
    before = (await find_account(service)).updated_at
    said = await command.run_well("--email", EMAIL)
    assert said == f"{EMAIL} is a superuser already; nothing was changed.\n"
    assert (await find_account(service)).updated_at == before


@pytest.mark.parametrize(
    ("arguments", "stdin", "why"),
    [
        ((), "", "no email address: give --email or SUPERUSER_EMAIL"),
        (("--email", EMAIL), "", "no password: use --password-stdin or SUPERUSER_PASSWORD"),
        (("--email", "ada"), "", "email: value is not a valid email address"),
        (("--email", "ada\x00@example.org"), "", "email: value is not a valid email address"),
        (("--email", EMAIL, "--password-stdin"), "short", "should have 10 to 128 characters"),
        (("--email", EMAIL, "--password-stdin"), "", "should have 10 to 128 characters"),
        (("--email", EMAIL, "--password-stdin"), EMAIL, "should not be the email address"),
        (("--email", EMAIL, "--password-stdin"), "a nul \x00 inside it", "password: "),
        (
            ("--email", EMAIL, "--password-stdin", "--display-name", "x" * 51), PASSWORD,
            "display_name: ",
        ),
    ],
)  # fmt: skip
async def test_what_will_not_do_is_one_line(
    service: Service, command: Command, arguments: tuple[str, ...], stdin: str, why: str
) -> None:
    assert why in await command.run_badly(*arguments, stdin=stdin)
    assert await count_rows(service, "users") == 0


@pytest.mark.parametrize("option", ["--password", "--password=x"])
def test_a_password_is_no_option(option: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        main(["--email", EMAIL, option, "x"])
    assert refused.value.code == 2


async def test_two_passwords_that_differ_are_refused(
    service: Service, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed = iter([PASSWORD, NEW_PASSWORD])
    monkeypatch.setattr("getpass.getpass", lambda _: next(typed))
    said = await command.run_badly("--email", EMAIL, stdin=Terminal())
    assert said == "error: the passwords are not the same\n"
    assert await count_rows(service, "users") == 0


def is_empty(folder: Path) -> bool:
    return not any(folder.iterdir())


async def test_a_database_that_is_not_there_is_not_made(
    command: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DATABASE_URL", "")
    said = await command.run_badly("--email", EMAIL)
    assert f"no database at {tmp_path}/data/questboard.sqlite3" in said
    assert "python -m commands.migrate" in said
    assert is_empty(tmp_path)


async def test_a_database_that_is_not_migrated_is_left_alone(
    command: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "empty.sqlite3"
    file.touch()
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{file}")
    said = await command.run_badly("--email", EMAIL)
    assert "not migrated" in said
    assert "python -m commands.migrate" in said
