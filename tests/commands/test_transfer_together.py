"""Moving and restoring beside others, and as a person sees it."""

import asyncio
import os
import pty
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from app.core.errors import UnavailableError
from app.db.session import Database
from app.db.transfer.opening import open_filling, open_snapshot
from app.db.transfer.reading import prove
from commands.backup import main as back_up
from commands.move_database import main as move
from tests.commands.transfers import (
    Places,
    add_task,
    execute,
    play_everything,
    provide_places,
    read_all,
)
from tests.support.databases import POSTGRESQL, SQLITE
from tests.support.logs import listen
from tests.support.process import ROOT

KINDS = [SQLITE, POSTGRESQL]


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Places]:
    with provide_places(tmp_path_factory.mktemp("places")) as places:
        yield places


@pytest.fixture(scope="module")
async def played(places: Places, tmp_path_factory: pytest.TempPathFactory) -> str:
    url = places.make(SQLITE)
    await play_everything(url, tmp_path_factory.mktemp("data"))
    return url


@pytest.mark.parametrize("kind", KINDS)
async def test_of_two_who_fill_one_database_one_is_refused(
    places: Places, played: str, kind: str
) -> None:
    to = places.make(kind)
    with listen():
        ended = await asyncio.gather(
            *(asyncio.to_thread(move, [played, to]) for _ in range(2)), return_exceptions=True
        )
    assert sorted(map(str, ended)) == ["0", "1"]
    assert await read_all(to) == await read_all(played)


@pytest.mark.parametrize("kind", KINDS)
async def test_nobody_else_writes_while_a_database_is_filled(places: Places, kind: str) -> None:
    """A service that was not stopped is kept out until the end."""
    url = places.make(kind)
    filling_database, other = Database.from_url(url, 1), Database.from_url(url, 1)
    statement = (
        "INSERT INTO bosses (key, revision, kind, title, description, hp, xp, gold, strikes_back,"
        " min_level, created_at) VALUES ('k', 1, 'k', 't', '', 1, 1, 1, true, 1,"
        " '2026-01-01 00:00:00.000000')"
    )
    async with open_filling(filling_database):
        with pytest.raises((UnavailableError, OperationalError, TimeoutError)):
            async with asyncio.timeout(1), other.writing() as transaction:
                await transaction.uow._session.execute(text(statement))
    async with other.writing() as transaction:
        await transaction.uow._session.execute(text(statement))
        await transaction.commit()
    await filling_database.dispose()
    await other.dispose()


@pytest.mark.parametrize("kind", KINDS)
async def test_what_is_not_committed_is_taken_back_with_its_numbers(
    places: Places, played: str, kind: str
) -> None:
    source, target = Database.from_url(played, 1), Database.from_url(places.make(kind), 1)
    async with open_snapshot(source) as given, open_filling(target) as filling:
        tables = {table.name: table for table in given.tables}
        for name in ("users", "tasks"):
            await filling.writer.write(tables[name], given.read(tables[name]))
            await filling.writer.seal(tables[name], await prove(given, tables[name]))
        assert await filling.writer.list_filled() == ["users", "tasks"]
        last_id = await filling.writer.read_last_id(tables["tasks"])
        assert last_id == await given.read_last_id(tables["tasks"])
    async with open_filling(target) as filling:
        assert await filling.writer.list_filled() == []
        assert await filling.writer.read_last_id(tables["tasks"]) == 0
    await source.dispose()
    await target.dispose()


async def test_whoever_may_only_read_is_told_so(
    places: Places, played: str, capsys: pytest.CaptureFixture[str]
) -> None:
    to = places.make(POSTGRESQL)
    await execute(
        to, "CREATE ROLE reader LOGIN", "GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader"
    )
    scheme, _, place = to.partition("://")
    with listen():
        reader = f"{scheme}://reader@{place.partition('@')[2]}"
        assert await asyncio.to_thread(move, [played, reader]) == 1
    assert capsys.readouterr().err == "error: the database's user has to own the tables\n"


def run_on_a_terminal(*arguments: str, typed: str = "") -> tuple[int, str]:
    """Run a command with all it says on a terminal; its status, and what was shown."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", *arguments], cwd=ROOT, stdin=theirs, stdout=theirs, stderr=theirs,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "120"}, start_new_session=True,
    )  # fmt: skip
    os.close(theirs)
    os.write(ours, typed.encode())
    shown = ""
    give_up_at = time.monotonic() + 60
    try:
        while time.monotonic() < give_up_at and (part := os.read(ours, 10_000)):
            shown += part.decode(errors="replace")
    except OSError:  # how Linux says that the other end is closed
        pass
    os.close(ours)
    return process.wait(60), shown


@pytest.fixture
async def archive(played: str, tmp_path: Path) -> Path:
    file = tmp_path / "archive.jsonl.gz"
    with listen():
        assert await asyncio.to_thread(back_up, [str(file), "--database", played]) == 0
    return file


async def test_a_terminal_shows_how_far_it_is(places: Places, played: str) -> None:
    to = places.make(POSTGRESQL, migrated=False)
    status, shown = await asyncio.to_thread(run_on_a_terminal, "commands.move_database", played, to)
    assert status == 0, shown
    for phase in ("Carrying rows", "Reading them back", "Checking players"):
        assert phase in shown
    assert "no differences" in shown


@pytest.mark.parametrize(("typed", "status"), [("replace\n", 0), ("yes\n", 1)])
async def test_replacing_is_confirmed_on_a_terminal(
    places: Places, played: str, archive: Path, typed: str, status: int
) -> None:
    to = places.make(SQLITE)
    with listen():
        assert await asyncio.to_thread(move, [played, to]) == 0
    await add_task(to)
    before = await read_all(to)
    arguments = ("commands.restore", str(archive), "--database", to, "--replace")

    ended, shown = await asyncio.to_thread(run_on_a_terminal, *arguments, typed=typed)

    assert ended == status, shown
    assert "All of them will be deleted." in shown
    assert await read_all(to) == (before if status else await read_all(played))


async def test_a_pipe_gets_the_result_alone(places: Places, played: str) -> None:
    to = places.make(SQLITE, migrated=False)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "commands.move_database", "SOURCE", "TARGET"),
        cwd=ROOT,
        env={**os.environ, "SOURCE": played, "TARGET": to},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    printed, errors = await process.communicate()
    assert (process.returncode, errors) == (0, b"")
    assert len(printed.splitlines()) == 2
