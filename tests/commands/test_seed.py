"""``python -m commands.seed``: courses from files to the database, all or none."""

import asyncio
import json
import os
import pty
import subprocess
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from app.services.curriculum.folder import find_courses
from app.services.curriculum.writer import write_course
from commands.course_folders import BUNDLED
from commands.seed import main
from tests.support.courses import small_course
from tests.support.curricula import change_day, list_parts
from tests.support.logs import listen
from tests.support.process import ROOT
from tests.support.service import Service
from tests.support.state import read_state

COMMAND = [sys.executable, "-m", "commands.seed"]
COURSE = small_course(weeks=2)
OTHER = small_course(slug="other")


def lay(folder: Path, course: Any = COURSE) -> Path:
    """Write a course's files; gives its folder."""
    for path, data in write_course(course).items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    return folder


@dataclass
class Done:
    """What a call of the command left."""

    returncode: int
    stdout: str
    stderr: str


Run = Callable[..., Awaitable[Done]]


@pytest.fixture
def run(
    service: Service, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    """Calls the command, which brings an event loop of its own."""
    monkeypatch.setenv("DATABASE_URL", service.parts.settings.resolved_database_url)

    async def call(*arguments: Path | str) -> Done:
        with listen():  # the command sets the log up anew
            status = await asyncio.to_thread(main, [str(argument) for argument in arguments])
        printed = capsys.readouterr()
        return Done(status, printed.out, printed.err)

    return call


async def test_a_course_is_seeded_and_said_so(service: Service, run: Run, tmp_path: Path) -> None:
    done = await run(str(lay(tmp_path)))

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "python: course, 2 weeks, 14 tasks, 28 questions added\n"
    assert len(await list_parts(service.parts.database)) == 45


async def test_the_same_again_has_nothing_to_change(
    service: Service, run: Run, tmp_path: Path
) -> None:
    await run(str(lay(tmp_path)))
    state = await read_state(service.parts.database)

    done = await run(str(tmp_path))

    assert (done.returncode, done.stdout) == (0, "python: nothing to change\n")
    assert await read_state(service.parts.database) == state


async def test_a_folder_of_courses_is_seeded_whole_and_each_course_once(
    service: Service, run: Run, tmp_path: Path
) -> None:
    lay(tmp_path / "a", COURSE)
    lay(tmp_path / "b", OTHER)

    done = await run(str(tmp_path), str(tmp_path / "a"), str(tmp_path / "b" / ".." / "a"))

    assert done.stdout.splitlines() == [
        "other: course, 1 week, 7 tasks, 14 questions added",
        "python: course, 2 weeks, 14 tasks, 28 questions added",
    ]
    assert await list_parts(service.parts.database, "other")


async def test_a_dry_run_tells_each_change_and_changes_nothing(
    service: Service, run: Run, tmp_path: Path
) -> None:
    await run(str(lay(tmp_path)))
    state = await read_state(service.parts.database)
    lay(
        tmp_path,
        change_day(COURSE, 2, 3, title="New", questions=COURSE.weeks[0].days[0].questions[:1]),
    )

    done = await run(str(tmp_path), "--dry-run")

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "python: 1 task changed; 1 question archived",
        "  changed week-2/day-3: title",
        "  archived week-2/day-3/quiz/q-2",
        "dry run: nothing was changed",
    ]
    assert await read_state(service.parts.database) == state
    assert (await run(str(tmp_path))).stdout == "python: 1 task changed; 1 question archived\n"


async def test_it_answers_in_json(run: Run, tmp_path: Path) -> None:
    await run(str(lay(tmp_path)))
    lay(tmp_path, change_day(COURSE, 2, 3, title="New"))

    done = await run(str(tmp_path), "--json", "--dry-run")

    assert json.loads(done.stdout) == {
        "dry_run": True,
        "courses": [
            {
                "slug": "python",
                "created": False,
                "revision": 2,
                "changes": [
                    {"kind": "changed", "part": "task", "what": "week-2/day-3", "fields": ["title"]}
                ],
            }
        ],
    }


async def test_all_that_is_wrong_is_told_and_nothing_is_changed(
    service: Service, run: Run, tmp_path: Path
) -> None:
    lay(tmp_path / "good", OTHER)
    bad = lay(tmp_path / "bad")
    (bad / "week-02" / "day-3.md").unlink()
    quiz = bad / "week-01" / "day-1.quiz.yaml"
    quiz.write_text(quiz.read_text().replace("right: right", "right: 7"))
    worse = lay(tmp_path / "worse")
    (worse / "course.yaml").write_text("slug: Worse\ntitle: Worse\n")
    state = await read_state(service.parts.database)

    done = await run(str(tmp_path))

    assert (done.returncode, done.stdout) == (1, "")
    line = quiz.read_text().splitlines().index("    right: 7") + 1
    lines = done.stderr.splitlines()
    assert len(lines) == 4
    assert lines[0].startswith(f"{quiz}:{line}: ")
    assert lines[1].startswith(f"{bad}/week-02/day-3.md:1: is missing")
    assert lines[2].startswith(f"{worse}/course.yaml:1: ")
    assert lines[3] == "error: 3 problems found; nothing was changed"
    assert await read_state(service.parts.database) == state


def test_problems_are_told_before_the_database_is_looked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/questboard")
    file = lay(tmp_path) / "course.yaml"
    file.write_text("slug: python\n")

    assert main([str(tmp_path), "--json"]) == 1

    printed = capsys.readouterr()
    assert json.loads(printed.out) == {
        "problems": [{"file": str(file), "line": 1, "message": "'title' is missing"}],
        "omitted": 0,
    }
    assert printed.err == "error: 1 problem found; nothing was changed\n"


@pytest.mark.parametrize("name", ["nothing", "empty"])
def test_a_path_without_a_course_is_a_problem(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    (tmp_path / "empty").mkdir()

    assert main([str(tmp_path / name)]) == 1

    assert f"{tmp_path / name}/course.yaml:1: is missing" in capsys.readouterr().err


def test_two_courses_with_one_slug_are_a_problem(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lay(tmp_path / "a")
    lay(tmp_path / "b")

    assert main([str(tmp_path)]) == 1

    expected = (
        f"{tmp_path}/b/course.yaml:1: has the same slug as {tmp_path}/a/course.yaml: 'python'"
    )
    assert expected in capsys.readouterr().err


def test_no_database_file_is_an_error_and_none_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "missing.sqlite3"
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{file}")

    assert main([str(lay(tmp_path / "course"))]) == 1

    assert capsys.readouterr().err.startswith(f"error: there is no database at {file}; run: ")
    assert not file.exists()


def test_a_database_that_was_never_migrated_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty.sqlite3").touch()
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'empty.sqlite3'}")

    assert main([str(lay(tmp_path / "course"))]) == 1

    assert "error: the database is not migrated" in capsys.readouterr().err


def test_a_database_out_of_reach_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/questboard")

    assert main([str(lay(tmp_path))]) == 1

    assert "error: The database is out of reach" in capsys.readouterr().err


async def test_without_a_path_the_bundled_courses_are_seeded(service: Service, run: Run) -> None:
    folders = find_courses(BUNDLED)

    done = await run()

    assert (done.returncode, done.stderr) == (0, "")
    assert len(done.stdout.splitlines()) == len(folders) >= 1
    for folder in folders:
        assert await list_parts(service.parts.database, folder.name)


async def test_a_terminal_shows_progress_beside_the_result(
    service: Service, tmp_path: Path
) -> None:
    url = service.parts.settings.resolved_database_url

    printed, shown = await asyncio.to_thread(watch, url, str(lay(tmp_path)))

    assert b"Reading courses" in shown
    assert b"Changing courses" in shown
    assert printed == b"python: course, 2 weeks, 14 tasks, 28 questions added\n"


def watch(url: str, path: str) -> tuple[bytes, bytes]:
    """What it prints, and what a terminal shows meanwhile."""
    environment = {**os.environ, "DATABASE_URL": url, "TERM": "xterm", "COLUMNS": "80"}
    ours, theirs = pty.openpty()
    with os.fdopen(ours, "rb"):
        done = subprocess.run(
            [*COMMAND, path], cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=theirs, check=False
        )  # fmt: skip
        os.close(theirs)
        return done.stdout, os.read(ours, 65536)
