"""``python -m commands.serve`` does not start with what is wrong, and says so in one line."""

import socket
from pathlib import Path

import pytest

from commands.serve import main
from tests.support.logs import listen
from tests.support.process import EXIT_SECONDS, start


@pytest.mark.parametrize(
    ("settings", "line"),
    [
        ({"PORT": "hunter2"}, "error: PORT: should be a valid integer"),
        ({"DATABASE_URL": "postgresql://u:hunter2@127.0.0.1:1/x", "START_WAIT_SECONDS": "0"},
         "error: DATABASE_URL: the server is"),
    ],
)  # fmt: skip
def test_a_wrong_setting_stops_the_start_in_one_line(
    tmp_path: Path, settings: dict[str, str], line: str
) -> None:
    process = start("commands.serve", **{"DATA_DIR": str(tmp_path), **settings})

    printed, _ = process.communicate(timeout=EXIT_SECONDS)

    assert process.returncode == 1
    assert printed.startswith(line)
    assert printed.count("\n") == 1
    assert "hunter2" not in printed


@pytest.mark.parametrize(
    ("settings", "line"),
    [
        ({"WORKERS": "2"}, "error: WORKERS: should be 1 with SQLite"),
        ({"DATABASE_URL": "mysql://u:hunter2@host/name"}, "error: DATABASE_URL: should begin with"),
        ({"ENVIRONMENT": "production"}, "error: ACCESS_SECRET_KEY: should be a random text"),
        ({"MAIL_FROM": "hunter2"}, "error: MAIL_FROM: should be an address"),
        ({"DATA_DIR": "/dev/null/x"}, "error: DATA_DIR: should be a folder"),
        ({"DATABASE_URL": "sqlite:////dev/null/x/y"}, "error: DATABASE_URL: the database's file"),
    ],
)
def test_what_would_fail_later_stops_the_start_too(
    tmp_path: Path,
    settings: dict[str, str],
    line: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    for name, value in settings.items():
        monkeypatch.setenv(name, value)

    with listen():  # the command sets the log up anew
        status = main([])

    printed = capsys.readouterr().err
    assert status == 1
    assert printed.startswith(line)
    assert printed.count("\n") == 1
    assert "hunter2" not in printed


def test_a_port_that_is_taken_stops_the_start(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        settings = {"DATA_DIR": str(tmp_path), "PORT": str(taken.getsockname()[1])}
        process = start("commands.serve", **settings)
        printed, _ = process.communicate(timeout=EXIT_SECONDS)

    assert process.returncode != 0
    assert "address already in use" in printed
    assert "Traceback" not in printed
