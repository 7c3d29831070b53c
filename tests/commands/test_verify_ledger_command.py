"""How ``python -m commands.verify_ledger`` is called, and what it says where it can't check."""

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from commands.verify_ledger import main
from tests.support.process import ROOT

COMMAND = [sys.executable, "-m", "commands.verify_ledger"]


def test_it_reads_the_settings_and_answers_in_json(
    database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    assert main(["--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"players": 0, "differences": []}


def test_no_database_file_is_an_error_and_none_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "missing.sqlite3"
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{file}")
    assert main([]) == 1
    assert capsys.readouterr().err == f"error: there is no database at {file}\n"
    assert not file.exists()


def test_a_database_that_was_never_migrated_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "empty.sqlite3"
    file.touch()
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{file}")
    assert main([]) == 1
    assert "Run the migrations" in capsys.readouterr().err


def test_a_database_out_of_reach_is_an_error(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/questboard")
    assert main(["--json"]) == 1
    printed = capsys.readouterr()
    assert "error: The database is out of reach" in printed.err
    assert printed.out == ""


def test_a_wrong_option_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as refusal:
        main(["--mend"])
    assert refusal.value.code == 2


@pytest.fixture
def environment(database_url: str) -> dict[str, str]:
    return {**os.environ, "DATABASE_URL": database_url, "TERM": "xterm", "COLUMNS": "80"}


def test_a_pipe_gets_the_result_alone(environment: dict[str, str]) -> None:
    done = subprocess.run(
        COMMAND, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "0 players checked, 0 differences found\n"


def test_a_terminal_shows_progress_beside_the_result(environment: dict[str, str]) -> None:
    ours, theirs = pty.openpty()
    with os.fdopen(ours, "rb"):
        done = subprocess.run(
            COMMAND, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=theirs, check=False
        )
        os.close(theirs)
        shown = os.read(ours, 65536)
    assert b"Checking players" in shown
    assert done.stdout == b"0 players checked, 0 differences found\n"
