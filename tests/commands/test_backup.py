"""``python -m commands.backup``: an archive is whole, or there is none."""

import asyncio
import gzip
import json
import os
import stat
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from commands.backup import main
from commands.restore import main as restore
from tests.commands.transfers import Places, execute, play_everything, provide_places, read_all
from tests.support.databases import POSTGRESQL, SQLITE
from tests.support.logs import listen
from tests.support.service import run_service


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Places]:
    with provide_places(tmp_path_factory.mktemp("places")) as places:
        yield places


@pytest.fixture(scope="module", params=[SQLITE, POSTGRESQL])
async def played(
    places: Places, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> str:
    url = places.make(request.param)
    await play_everything(url, tmp_path_factory.mktemp("data"))
    return url


async def run(*arguments: str) -> int:
    with listen():  # the command sets the log up anew
        return await asyncio.to_thread(main, arguments)


async def back_up(url: str, *arguments: str) -> int:
    return await run(*arguments, "--database", url)


def list_files(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


async def test_an_archive_holds_every_row_and_is_for_nobody_else(
    played: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "folder" / "archive.jsonl.gz"
    counts = {name: len(rows) for name, rows in (await read_all(played)).items()}

    assert await back_up(played, str(file), "--json") == 0

    printed = capsys.readouterr()
    told = json.loads(printed.out)
    assert {table["table"]: table["rows"] for table in told["tables"]} == counts
    assert all(counts.values()), "a table has no row to back up"
    assert (told["file"], told["bytes"]) == (str(file), file.stat().st_size)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert list_files(file.parent) == [file]
    lines = gzip.decompress(file.read_bytes()).splitlines()
    assert json.loads(lines[0])["tables"][0].keys() == {"name", "columns", "rows"}
    assert json.loads(lines[-1]) == {"end": True}
    assert len(lines) == sum(counts.values()) + len(counts) + 2
    assert await run("--verify", str(file), "--json") == 0
    assert json.loads(capsys.readouterr().out)["tables"] == told["tables"]


async def test_without_a_file_it_goes_to_the_data_folder(
    played: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.setenv("SOURCE_ADDRESS", played)

    assert await back_up("SOURCE_ADDRESS") == 0

    (file,) = list_files(tmp_path / "backups")
    assert f"was backed up to {file}" in capsys.readouterr().out
    assert await run("--verify", str(file)) == 0
    assert f"{file} is whole" in capsys.readouterr().out


async def test_a_file_that_is_there_stays_as_it_is(
    played: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "archive.jsonl.gz"
    file.write_text("mine")

    assert await back_up(played, str(file)) == 1

    assert "can't be written (is there already)" in capsys.readouterr().err
    assert file.read_text() == "mine"
    assert list_files(tmp_path) == [file]


async def test_where_no_file_can_be_made(
    played: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    assert await back_up(played, str(tmp_path / "file" / "archive")) == 1
    assert "can't be written" in capsys.readouterr().err


async def test_a_row_that_is_too_long_to_be_read_again_leaves_no_file(
    played: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("app.services.transfer.archive_writing.MAX_LINE_BYTES", 50)
    assert await back_up(played, str(tmp_path / "archive")) == 1
    assert "a row is longer than 50 bytes" in capsys.readouterr().err
    assert list_files(tmp_path) == []


async def test_file_systems_without_links(
    played: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr("app.services.transfer.archive_writing.os.link", refuse)
    assert await back_up(played, str(tmp_path / "archive")) == 0
    assert list_files(tmp_path) == [tmp_path / "archive"]


async def test_a_file_that_came_meanwhile_is_not_overwritten(
    played: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = tmp_path / "archive"
    link = os.link

    def come_first(source: Path, target: Path) -> None:
        file.write_text("mine")
        link(source, target)

    monkeypatch.setattr("app.services.transfer.archive_writing.os.link", come_first)
    assert await back_up(played, str(file)) == 1
    assert "can't be written (File exists)" in capsys.readouterr().err
    assert file.read_text() == "mine"
    assert list_files(tmp_path) == [file]


async def test_a_row_that_cannot_be_read_leaves_no_file(
    places: Places, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url = places.make(SQLITE)
    await execute(
        url,
        "INSERT INTO bosses (key, revision, kind, title, description, hp, xp, gold, strikes_back,"
        " min_level, created_at) VALUES ('k', 1, 'k', 't', '', 'many', 1, 1, 1, 1,"
        " '2026-01-01 00:00:00.000000')",
    )
    assert await back_up(url, str(tmp_path / "archive")) == 1
    assert "bosses, row with id 1: the value of hp is no int" in capsys.readouterr().err
    assert list_files(tmp_path) == []


async def test_a_database_that_is_not_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await back_up(f"sqlite:///{tmp_path}/none.sqlite3", str(tmp_path / "archive")) == 1
    assert "there is no database at" in capsys.readouterr().err
    assert list_files(tmp_path) == []


def test_verifying_needs_a_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--verify"]) == 1
    assert capsys.readouterr().err == "error: --verify needs the FILE\n"


@asynccontextmanager
async def busy_learner(url: str, folder: Path) -> AsyncIterator[None]:
    """The service at work: tasks are made and completed all the time."""
    async with run_service(url, folder, log_level="warning") as service:
        learner = await service.learner("busy@example.org")
        is_over = False

        async def work() -> int:
            count = 0
            while not is_over or not count:
                task = await learner.create_task()
                await learner.post(f"/tasks/{task['id']}/complete")
                count += 1
            return count

        working = asyncio.create_task(work())
        yield
        is_over = True
        assert await working > 0


@pytest.mark.parametrize("kind", [SQLITE, POSTGRESQL])
async def test_the_service_may_run_meanwhile(
    places: Places, kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is archived is one moment: the ledger of what is restored is right."""
    url, other = places.make(kind), places.make(SQLITE, migrated=False)
    async with busy_learner(url, tmp_path / "data"):
        for number in range(3):
            assert await back_up(url, str(tmp_path / f"{number}.jsonl.gz")) == 0
    with listen():
        file = str(tmp_path / "2.jsonl.gz")
        assert await asyncio.to_thread(restore, [file, "--database", other]) == 0
    assert "no differences" in capsys.readouterr().out
