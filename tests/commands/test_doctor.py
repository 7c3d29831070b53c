"""``python -m commands.doctor``: what is wrong is found, what is right is not, and no secret is shown."""

from pathlib import Path

import pytest

from commands.doctor import main
from tests.commands.doctoring import SECRET, Machine, production
from tests.support.logs import listen


@pytest.fixture
def machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Machine:
    return Machine(tmp_path, monkeypatch, capsys)


@pytest.fixture
def installed(machine: Machine) -> Machine:
    """With an SQLite database and a superuser."""
    machine.install()
    return machine


def test_a_new_machine_has_no_problem_and_nothing_is_made(machine: Machine) -> None:
    told = machine.ask()
    assert (told.status, told.bad) == (0, {"database": "warning"})
    assert "there is none yet" in told.about("database")
    assert list(machine.folder.iterdir()) == []


def test_a_healthy_service_has_nothing_to_mend(installed: Machine) -> None:
    told = installed.ask("--full")
    assert (told.status, told.bad) == (0, {})
    assert told.about("ledger") == "1 players checked, 0 differences found"


def test_people_get_lines_with_what_to_do(
    machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    with listen():
        assert main([]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "ok       settings: can be read" in lines
    assert any(line.startswith("         to mend it: run: .venv/bin/python -m") for line in lines)
    assert lines[-1] == "0 problems, 1 warnings"


def test_a_wrong_setting_is_named_and_its_value_is_not(machine: Machine) -> None:
    told = machine.ask(DATABASE_URL=f"mysql://root:{SECRET}@db/x")
    assert told.status == 1
    assert told.about("settings").startswith("DATABASE_URL: should begin with")
    assert SECRET not in told.text


def test_production_with_weak_settings(machine: Machine) -> None:
    weak = {**production(), "ACCESS_SECRET_KEY": SECRET, "FRONTEND_URL": "http://localhost:3000"}
    told = machine.ask(**{**weak, "TRUSTED_PROXIES": "*"})
    assert told.status == 1
    assert told.bad == {
        "secrets": "problem",
        "FRONTEND_URL": "problem",
        "TRUSTED_PROXIES": "warning",
        "mail server": "warning",
        "database": "warning",
    }
    assert SECRET not in told.text


@pytest.mark.parametrize(
    ("settings", "check", "level", "message"),
    [
        ({"FRONTEND_URL": "http://play.example.org"}, "FRONTEND_URL", "problem", "unencrypted"),
        ({"FRONTEND_URL": "https://127.0.0.1"}, "FRONTEND_URL", "problem", "own machine"),
        ({"FRONTEND_URL": "https://app.localhost"}, "FRONTEND_URL", "problem", "own machine"),
        ({"TRUSTED_PROXIES": ""}, "TRUSTED_PROXIES", "warning", "it is empty"),
        ({"RESET_PASSWORD_SECRET_KEY": ""}, "secrets", "problem", "RESET_PASSWORD_SECRET_KEY"),
        ({"MAIL_FROM": "nobody"}, "MAIL_FROM", "problem", "no address"),
        ({"ENVIRONMENT": "development", "HOST": "0.0.0.0"}, "environment", "warning", "others may"),
        ({"ENVIRONMENT": "development"}, "environment", "warning", "others may reach"),
    ],
)  # fmt: skip
def test_settings_that_will_not_do(
    machine: Machine, settings: dict[str, str], check: str, level: str, message: str
) -> None:
    told = machine.ask(**{**production(), **settings})
    assert message in told.about(check, level)


def test_files_that_others_may_read(installed: Machine) -> None:
    env, database = installed.folder / ".env", installed.database_file
    env.touch()
    for file in (env, database, database.with_name("development-secrets.json")):
        file.chmod(0o644)
    told = installed.ask()
    assert told.status == 0
    assert told.bad == {
        "database file": "warning", "settings file": "warning", "secrets": "warning",
    }  # fmt: skip


def test_a_folder_that_is_none(machine: Machine) -> None:
    (machine.folder / "data").touch()
    told = machine.ask(DATABASE_URL=f"sqlite:///{machine.folder}/other.sqlite3")
    assert told.status == 1
    assert "Not a directory" in told.about("data folder", "problem")


@pytest.mark.parametrize(
    ("name", "level"), [("_LITTLE_BYTES", "warning"), ("_TOO_LITTLE_BYTES", "problem")]
)
def test_a_disk_that_is_nearly_full(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, name: str, level: str
) -> None:
    monkeypatch.setattr(f"commands.checkup.file_checks.{name}", 2**80)
    assert machine.ask().bad["disk space"] == level


def test_a_large_write_ahead_log(installed: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("commands.checkup.file_checks._LARGE_LOG_BYTES", -1)
    installed.database_file.with_name("questboard.sqlite3-wal").touch(mode=0o600)
    assert installed.ask().bad["write-ahead log"] == "warning"


def test_a_file_that_is_no_database(installed: Machine) -> None:
    installed.database_file.write_bytes(b"no database " * 1000)
    told = installed.ask()
    assert told.status == 1
    assert "is no database" in told.about("database", "problem")


def test_a_damaged_file_is_found_by_looking_through_it(installed: Machine) -> None:
    data = bytearray(installed.database_file.read_bytes())
    data[-20 * 4096 : -4096] = b"\0" * (19 * 4096)
    installed.database_file.write_bytes(data)
    told = installed.ask("--full")
    assert told.status == 1
    assert "damaged" in told.about("database", "problem")


def test_who_may_not_write(installed: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "commands.checkup.file_checks.os.access", lambda *_: False
    )  # root may do anything
    assert "may not write" in installed.ask().about("database file", "problem")


def test_where_no_folder_can_be_made(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("commands.checkup.file_checks.os.access", lambda *_: False)
    assert "can't be made" in machine.ask().about("data folder", "problem")


def test_no_time_zones(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("commands.checkup.setting_checks._ZONES", ("Mars/Olympus",))
    assert "Mars/Olympus" in machine.ask().about("time zones", "problem")
