"""``python -m commands.move_database``: everything arrives, or nothing does."""

import asyncio
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.core.database_url import SQLITE_SCHEME
from commands.move_database import main
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

HOLD_WITH_NUL = "UPDATE tasks SET title = 'a' || char(0) || 'b' WHERE id = 1"


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Places]:
    with provide_places(tmp_path_factory.mktemp("places")) as places:
        yield places


@pytest.fixture(scope="module")
async def played(places: Places, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A database of each kind in which everything was played."""
    urls = {kind: places.make(kind) for kind in (SQLITE, POSTGRESQL)}
    for url in urls.values():
        await play_everything(url, tmp_path_factory.mktemp("data"))
    return urls


@pytest.fixture
def spoilt(played: dict[str, str], tmp_path: Path) -> str:
    """A copy of the SQLite database, to be put out of order."""
    file = Path(played[SQLITE].removeprefix(f"{SQLITE_SCHEME}:///"))
    copy = tmp_path / "spoilt.sqlite3"
    for end in ("", "-wal"):
        if (part := file.with_name(file.name + end)).exists():
            shutil.copy(part, copy.with_name(copy.name + end))
    return f"{SQLITE_SCHEME}:///{copy}"


async def move(source: str, target: str, *options: str) -> int:
    with listen():  # the command sets the log up anew
        return await asyncio.to_thread(main, [source, target, *options])


async def is_untouched(url: str) -> bool:
    return not any((await read_all(url)).values())


@pytest.mark.parametrize("source", [SQLITE, POSTGRESQL])
@pytest.mark.parametrize("target", [SQLITE, POSTGRESQL])
async def test_every_row_of_every_table_arrives(
    places: Places,
    played: dict[str, str],
    source: str,
    target: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    before = await read_all(played[source])
    to = places.make(target, migrated=False)

    assert await move(played[source], to, "--json") == 0

    printed = capsys.readouterr()
    told = json.loads(printed.out)
    assert all(before.values()), "a table has no row to move"
    assert await read_all(to) == before == await read_all(played[source])
    assert {table["table"]: table["rows"] for table in told["tables"]} == {
        name: len(rows) for name, rows in before.items()
    }
    assert (told["differences"], told["rows"]) == ([], sum(len(rows) for rows in before.values()))
    assert printed.err == ""


@pytest.mark.parametrize(("source", "target"), [(SQLITE, POSTGRESQL), (POSTGRESQL, SQLITE)])
async def test_ids_of_rows_that_are_gone_are_not_given_again(
    places: Places, played: dict[str, str], source: str, target: str
) -> None:
    """The last task was deleted: the greatest id ever given is not among the rows."""
    to = places.make(target)
    assert await move(played[source], to) == 0
    back = places.make(source)
    assert await move(to, back) == 0

    rows = (await read_all(back))["tasks"]
    next_id = await add_task(back)

    assert next_id > max(row[0] for row in rows) + 1
    assert await add_task(to) == next_id


async def test_checksums_are_the_same_from_either_database(
    places: Places, played: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    between, last = places.make(POSTGRESQL), places.make(SQLITE)
    told: list[Any] = []
    for source, target in ((played[SQLITE], between), (between, last)):
        assert await move(source, target, "--json") == 0
        told.append(json.loads(capsys.readouterr().out)["tables"])

    assert told[0] == told[1]


@pytest.mark.parametrize("target", [SQLITE, POSTGRESQL])
async def test_a_target_with_rows_is_refused(
    places: Places, played: dict[str, str], target: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = await read_all(played[target])

    other = SQLITE if target == POSTGRESQL else POSTGRESQL
    assert await move(played[other], played[target]) == 1

    assert "The target is not empty" in capsys.readouterr().err
    assert await read_all(played[target]) == before


async def test_what_the_target_cannot_hold_is_told_and_nothing_is_moved(
    places: Places, spoilt: str, capsys: pytest.CaptureFixture[str]
) -> None:
    await execute(spoilt, HOLD_WITH_NUL)
    to = places.make(POSTGRESQL)

    assert await move(spoilt, to) == 1

    assert capsys.readouterr().err == (
        "error: tasks, row with id 1: the value of title holds a NUL character, which PostgreSQL"
        " does not take\n"
    )
    assert await is_untouched(to)


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("UPDATE tasks SET tags = '[\"a\\u0000\"]' WHERE id = 1", "tags holds a NUL character"),
        ("UPDATE tasks SET tags = '[\"\\ud800\"]' WHERE id = 1", "tags holds half of a character"),
        ("UPDATE tasks SET tags = '[' WHERE id = 1", "tags is no JSON"),
        ("UPDATE tasks SET tags = '[NaN]' WHERE id = 1", "tags holds what is not a number"),
        ("UPDATE tasks SET tags = '[1e9999]' WHERE id = 1", "tags holds a number beyond"),
        ("UPDATE bosses SET hp = 3000000000 WHERE id = 1", "hp is beyond the numbers"),
        ("UPDATE bosses SET hp = 'x' WHERE id = 1", "hp is no int"),
        ("UPDATE users SET role = 'king'", "role is none of the words"),
        (f"UPDATE users SET timezone = '{'x' * 65}'", "timezone is longer than 64"),
        ("UPDATE users SET created_at = 'soon'", "users: a row can't be read"),
        ("UPDATE players SET hearts = -1, xp = -5", "players: the database refuses a row"),
        ("DELETE FROM course_tasks", "the database refuses a row"),
    ],
)  # fmt: skip
async def test_bad_rows_are_told_and_nothing_is_moved(
    places: Places, spoilt: str, statement: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    await execute(spoilt, "PRAGMA ignore_check_constraints = ON", statement)
    to = places.make(POSTGRESQL)

    assert await move(spoilt, to) == 1

    error = capsys.readouterr().err
    assert told in error
    assert "ada@" not in error
    assert await is_untouched(to)


async def test_a_row_that_refers_to_none_is_refused_by_sqlite_too(
    places: Places, spoilt: str, capsys: pytest.CaptureFixture[str]
) -> None:
    await execute(spoilt, "DELETE FROM bosses")
    to = places.make(SQLITE)

    assert await move(spoilt, to) == 1

    assert "a row refers to one of bosses that is not there" in capsys.readouterr().err
    assert await is_untouched(to)


async def test_a_ledger_that_differs_is_refused_unless_it_is_accepted(
    places: Places, spoilt: str, capsys: pytest.CaptureFixture[str]
) -> None:
    await execute(spoilt, "UPDATE players SET gold = gold + 1")
    to = places.make(POSTGRESQL)

    assert await move(spoilt, to) == 1
    assert "gold: expected" in capsys.readouterr().err
    assert await is_untouched(to)

    assert await move(spoilt, to, "--accept-differences", "--json") == 0
    (difference,) = json.loads(capsys.readouterr().out)["differences"]
    assert difference["what"] == "gold"
    assert await read_all(to) == await read_all(spoilt)


async def test_json_null_and_no_value_stay_apart(places: Places, spoilt: str) -> None:
    await execute(spoilt, "UPDATE notifications SET data = 'null'")
    to, back = places.make(POSTGRESQL), places.make(SQLITE)

    assert await move(spoilt, to) == 0
    assert await move(to, back) == 0

    await execute(to, "UPDATE notifications SET read_at = created_at WHERE data = 'null'::jsonb")
    marked = (await read_all(to))["notifications"]
    assert marked
    assert all(row[-1] is not None for row in marked)
    assert await read_all(back) == await read_all(spoilt)


async def test_numbers_in_json_are_equal_however_they_are_written(
    places: Places, spoilt: str
) -> None:
    numbers = "[1e2, 1e23, 9007199254740993, 0.1, -0.0, 1.5e-7, 12345678901234567890]"
    await execute(spoilt, f"UPDATE tasks SET tags = '{numbers}' WHERE id = 1")
    to, back = places.make(POSTGRESQL), places.make(SQLITE)

    assert await move(spoilt, to) == 0
    assert await move(to, back) == 0


class TestRefusals:
    """What is found out before anything is done."""

    @pytest.mark.parametrize(
        ("arguments", "told"),
        [
            (["mysql://x", "DATABASE_URL"], "FROM: should begin with sqlite:/// or postgresql://"),
            (["DATABASE_URL", "NO_SUCH_NAME"], "TO: there is no environment variable NO_SUCH_NAME"),
            (["DATABASE_URL", "DATABASE_URL"], "FROM and TO are the same database"),
            (["DATABASE_URL", "OTHER"], "there is no database at"),
        ],
    )
    def test_addresses(
        self,
        arguments: list[str],
        told: str,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/none.sqlite3")
        monkeypatch.setenv("OTHER", f"sqlite:///{tmp_path}/other.sqlite3")
        assert main(arguments) == 1
        assert told in capsys.readouterr().err
        assert list(tmp_path.iterdir()) == []

    async def test_a_source_that_is_not_migrated(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        (tmp_path / "empty.sqlite3").touch()
        assert await move(f"sqlite:///{tmp_path}/empty.sqlite3", f"sqlite:///{tmp_path}/b") == 1
        assert "not migrated" in capsys.readouterr().err

    async def test_a_target_of_somebody_else(
        self, places: Places, played: dict[str, str], capsys: pytest.CaptureFixture[str]
    ) -> None:
        to = places.make(SQLITE, migrated=False)
        await execute(to, "CREATE TABLE theirs (id INTEGER)")
        assert await move(played[SQLITE], to) == 1
        assert "not migrated" in capsys.readouterr().err

    async def test_a_target_that_is_in_use(
        self, places: Places, played: dict[str, str], capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert await move(played[SQLITE], "postgresql://nobody@127.0.0.1:1/x") == 1
        assert "out of reach" in capsys.readouterr().err
