"""``python -m commands.restore``: what an archive holds is there again, or nothing is changed."""

import asyncio
import gzip
import json
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from app.db.transfer.proofs import Batch, Checksum
from app.services.transfer import archive_reading
from commands.backup import main as back_up
from commands.restore import main
from tests.commands.transfers import Places, add_task, play_everything, provide_places, read_all
from tests.support.databases import POSTGRESQL, SQLITE
from tests.support.logs import listen

Lines = list[Any]
Spoil = Callable[[Lines], object]
Refuse = Callable[[Spoil], Awaitable[str]]


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Places]:
    with provide_places(tmp_path_factory.mktemp("places")) as places:
        yield places


@pytest.fixture(scope="module")
async def archives(
    places: Places, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, tuple[str, Path]]:
    """The address of a database of each kind, and its archive."""
    made = {}
    for kind in (SQLITE, POSTGRESQL):
        folder, url = tmp_path_factory.mktemp("archive"), places.make(kind)
        await play_everything(url, folder)
        file = folder / "archive.jsonl.gz"
        with listen():
            assert await asyncio.to_thread(back_up, [str(file), "--database", url]) == 0
        made[kind] = url, file
    return made


@pytest.fixture
def archive(archives: dict[str, tuple[str, Path]]) -> Path:
    return archives[SQLITE][1]


@pytest.fixture
def refuse(
    places: Places, archive: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> Refuse:
    """Tries to restore a spoilt archive: nothing is written; why not."""

    async def try_it(spoil: Spoil) -> str:
        to = places.make(SQLITE)
        assert await restore(rewrite(archive, tmp_path, spoil), to) == 1
        assert not any((await read_all(to)).values())
        return capsys.readouterr().err

    return try_it


async def restore(file: Path, url: str, *options: str) -> int:
    with listen():  # the command sets the log up anew
        return await asyncio.to_thread(main, [str(file), "--database", url, *options])


def rewrite(archive: Path, folder: Path, spoil: Spoil) -> Path:
    """A copy of the archive with changed lines."""
    lines = [json.loads(line) for line in gzip.decompress(archive.read_bytes()).splitlines()]
    spoil(lines)
    file = folder / "spoilt.jsonl.gz"
    data = "".join(
        line if isinstance(line, str) else json.dumps(line, separators=(",", ":")) + "\n"
        for line in lines
    )
    file.write_bytes(gzip.compress(data.encode()))
    return file


@pytest.mark.parametrize("source", [SQLITE, POSTGRESQL])
@pytest.mark.parametrize("target", [SQLITE, POSTGRESQL])
async def test_every_row_of_every_table_is_restored(
    places: Places,
    archives: dict[str, tuple[str, Path]],
    source: str,
    target: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    url, file = archives[source]
    to = places.make(target, migrated=False)

    assert await restore(file, to, "--json") == 0

    told = json.loads(capsys.readouterr().out)
    before = await read_all(url)
    assert all(before.values()), "a table has no row to restore"
    assert await read_all(to) == before
    assert told["differences"] == []
    next_id = await add_task(to)
    assert next_id > max(row[0] for row in before["tasks"]) + 1, "an id was given again"


@pytest.mark.parametrize("target", [SQLITE, POSTGRESQL])
async def test_replacing_deletes_all_that_was_there(
    places: Places, archives: dict[str, tuple[str, Path]], target: str
) -> None:
    url, file = archives[target]
    to = places.make(target)
    assert await restore(file, to) == 0
    ids = [await add_task(to) for _ in range(3)]

    assert await restore(file, to) == 1, "it is not empty"
    assert await restore(file, to, "--replace", "--yes") == 0

    assert await read_all(to) == await read_all(url)
    assert await add_task(to) > ids[-1], "an id was given again"


async def test_replacing_asks_first(
    places: Places, archive: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    to = places.make(SQLITE)
    assert await restore(archive, to) == 0
    await add_task(to)
    before = await read_all(to)

    assert await restore(archive, to, "--replace") == 1

    assert "not confirmed; nothing was changed" in capsys.readouterr().err
    assert await read_all(to) == before


@pytest.mark.parametrize("target", [SQLITE, POSTGRESQL])
async def test_a_bad_archive_takes_nothing_away(
    places: Places, archive: Path, tmp_path: Path, target: str
) -> None:
    to = places.make(target)
    assert await restore(archive, to) == 0
    before = await read_all(to)
    bad = rewrite(archive, tmp_path, lambda lines: lines.pop())

    assert await restore(bad, to, "--replace", "--yes") == 1

    assert await read_all(to) == before


def find_row(lines: Lines, table: str) -> int:
    """The place of the table's first row."""
    names = [each["name"] for each in lines[0]["tables"]]
    before = names[names.index(table) - 1]
    return 1 + next(
        place for place, line in enumerate(lines) if line != lines[0] and isinstance(line, dict)
        and line.get("table") == before
    )  # fmt: skip


def find_end(lines: Lines, table: str) -> int:
    return next(
        place for place, line in enumerate(lines) if isinstance(line, dict) and line.get("table") == table
    )  # fmt: skip


def change_title(lines: Lines) -> None:
    lines[find_row(lines, "tasks")][2] = "Another"


def drop_row(lines: Lines) -> None:
    del lines[find_row(lines, "tasks")]


def add_row(lines: Lines) -> None:
    place = find_row(lines, "tasks")
    lines.insert(place, lines[place])


def shorten_row(lines: Lines) -> None:
    lines[find_row(lines, "tasks")].pop()


def shorten_header(lines: Lines) -> None:
    lines[0]["tables"].pop()


def rename_column(lines: Lines) -> None:
    lines[0]["tables"][0]["columns"][0] = "id; DROP TABLE users"


def lose_last_id(lines: Lines) -> None:
    lines[find_end(lines, "tasks")]["last_id"] = None


def spoil_row(lines: Lines, line: str) -> None:
    lines[find_row(lines, "tasks")] = f"{line}\n"


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (change_title, "tasks: the rows are not those"),
        (drop_row, "tasks: the rows are not those"),
        (add_row, "tasks: the archive has more rows than it says"),
        (shorten_row, "tasks: a row has"),
        (lose_last_id, "tasks: the archive contradicts itself"),
        (shorten_header, "other tables or columns"),
        (rename_column, "other tables or columns"),
        (lambda lines: lines.pop(), "The archive was cut off"),
        (lambda lines: lines.append({"more": 1}), "goes on after its end"),
        (lambda lines: spoil_row(lines, "[" * 100_000), "makes no sense"),
        (lambda lines: spoil_row(lines, "{}"), "makes no sense"),
        (lambda lines: spoil_row(lines, "[" + "1," * 4_300_000 + "1]"), "too long"),
        (lambda lines: lines[0].update(revision="older"), "is of revision older"),
        (lambda lines: lines[0].update(format_version=2), "another version of the format"),
        (lambda lines: lines[0].update(format="other"), "is no archive of Questboard"),
        (lambda lines: lines[0].update(more=1), "makes no sense"),
        (lambda lines: lines[0].update(database="oracle"), "makes no sense"),
        (lambda lines: lines.clear(), "The archive was cut off"),
    ],
)  # fmt: skip
async def test_what_is_damaged_or_forged_is_refused(
    refuse: Refuse, spoil: Spoil, told: str
) -> None:
    assert told in await refuse(spoil)


def forge(lines: Lines, table: str, column: str, value: Any) -> None:
    """Change a value, and the checksum with it."""
    header = next(each for each in lines[0]["tables"] if each["name"] == table)
    place, end = find_row(lines, table), find_end(lines, table)
    lines[place][header["columns"].index(column)] = value
    checksum = Checksum()
    checksum.add(Batch.of(lines[place:end]))
    lines[end]["checksum"] = checksum.prove(table, None).checksum


@pytest.mark.parametrize(
    ("table", "column", "value", "told"),
    [
        ("users", "email", None, "the value of email is missing"),
        ("users", "email", "x" * 321, "email is longer than 320 characters"),
        ("users", "email", 1, "email is no str"),
        ("users", "is_superuser", 1, "is_superuser is no bool"),
        ("users", "day_starts_at", 40_000, "day_starts_at is beyond the numbers"),
        ("users", "day_starts_at", True, "day_starts_at is no int"),
        ("users", "created_at", "2026-01-01T00:00:00", "created_at is an instant without its zone"),
        ("users", "created_at", "2026-01-01", "created_at is an instant without its zone"),
        ("users", "role", "king", "role is none of the words"),
        ("user_sessions", "id", "1", "the value of id"),
        ("user_sessions", "token_hash", "AAAA" * 20, "token_hash is longer than 32 bytes"),
        ("user_sessions", "user_id", 77, "a row refers to one of users that is not there"),
        ("tasks", "tags", "[1e999999999]", "tags holds a number beyond all measure"),
        ("tasks", "due_on", "2026-02-30", "the value of due_on"),
        ("tasks", "due_time", "12:00+01:00", "due_time is a time of day with a zone"),
        ("review_cards", "stability", "1", "stability is no float"),
        ("players", "xp", -1, "players: the database refuses a row"),
        ("players", "gold", 1_000_000, "The ledger has 1 differences"),
        ("users", "created_at", "2026-01-01 00:00:00+00:00", "users: 1 rows were given"),
    ],
)  # fmt: skip
async def test_forged_values_are_refused(
    refuse: Refuse, table: str, column: str, value: Any, told: str
) -> None:
    """Those whose checksums are right."""
    assert told in await refuse(lambda lines: forge(lines, table, column, value))


@pytest.mark.parametrize(
    "data",
    [b"", b"PK\x03\x04" + b"x" * 100, gzip.compress(b"x" * 100), gzip.compress(b"\xff\n"),
     gzip.compress(b"[]\n"), gzip.compress(b"x" * 2_000_000)],
    ids=["empty", "zip", "no lines", "no text", "no archive", "bomb"],  # gzip writes the time down
)  # fmt: skip
def test_what_is_no_archive(
    tmp_path: Path, data: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "archive"
    file.write_bytes(data)
    assert back_up(["--verify", str(file)]) == 1
    assert "rchive" in capsys.readouterr().err


def test_a_file_that_is_not_there_makes_no_database(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url = f"sqlite:///{tmp_path}/new.sqlite3"
    assert main([str(tmp_path / "none"), "--database", url]) == 1
    assert "can't be read (No such file or directory)" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("cut", [1, 8, 100, 1000])
def test_an_archive_that_is_cut_off(
    archive: Path, tmp_path: Path, cut: int, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "cut.jsonl.gz"
    file.write_bytes(archive.read_bytes()[:-cut])
    assert back_up(["--verify", str(file)]) == 1
    assert "rchive was cut off" in capsys.readouterr().err


def test_any_flipped_bit_is_found(archive: Path, tmp_path: Path) -> None:
    whole = archive.read_bytes()
    for place in range(0, len(whole), max(1, len(whole) // 40)):
        if 3 <= place <= 9:
            continue  # gzip's own flags, time and system: they say nothing about the rows
        data = bytearray(whole)
        data[place] ^= 4
        file = tmp_path / "flipped.jsonl.gz"
        file.write_bytes(data)
        assert back_up(["--verify", str(file)]) == 1, place


def test_a_bomb_is_not_unpacked(
    archive: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Rows without end, much alike."""
    monkeypatch.setattr(archive_reading, "FREE_BYTES", 2**20)

    def fill(lines: Lines) -> None:
        lines[0]["tables"][0]["rows"] = 2**40
        lines[1:] = ["[" + "0," * 1000 + "0]\n"] * 20_000

    assert back_up(["--verify", str(rewrite(archive, tmp_path, fill))]) == 1
    assert "far more than its size allows" in capsys.readouterr().err
