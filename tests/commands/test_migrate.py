"""``python -m commands.migrate``."""

import asyncio
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from app.core.config import Settings
from app.db.schema_version import read_expected_revision
from commands.check_drift import main as check_drift
from commands.migrate import main, migrate
from commands.serve import main as serve
from tests.support.databases import POSTGRESQL, provide_server
from tests.support.postgres import PrivatePostgres


@pytest.fixture(scope="module")
def server(database_kind: str) -> Iterator[PrivatePostgres | None]:
    """A PostgreSQL for databases that come and go, where one is wanted."""
    if database_kind != POSTGRESQL:
        yield None
        return
    with provide_server() as server:
        yield server


@pytest.fixture
def url(
    server: PrivatePostgres | None,
    tmp_path: Path,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> str:
    """The address of a new database of the test's own, which the settings name."""
    url = f"sqlite+aiosqlite:///{tmp_path}/new/folder/own.sqlite3"
    if server is not None:
        name = request.node.originalname
        server.create_database(name)
        url = server.url(name)
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    return url


@pytest.fixture
def file_in_the_way(tmp_path: Path) -> Path:
    """A file where SQLite's folder would be."""
    file = tmp_path / "new"
    file.touch()
    return file


async def run() -> int:
    """Run the command, in a thread of its own: Alembic's env.py starts an event loop."""
    return await asyncio.to_thread(main, [])


async def execute(url: str, statement: str) -> str | None:
    """Run a statement; the first thing that it gives."""
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        result = await connection.execute(text(statement))
        value: str | None = result.scalar() if result.returns_rows else None
    await engine.dispose()
    return value


async def test_a_new_database_is_migrated(url: str) -> None:
    assert await run() == 0

    revision = await execute(url, "SELECT version_num FROM alembic_version")
    assert revision == await read_expected_revision()


async def test_migrating_again_is_fine(url: str) -> None:
    assert [await run(), await run()] == [0, 0]


async def test_a_database_of_a_newer_version_is_left_alone(
    url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    await run()
    await execute(url, "UPDATE alembic_version SET version_num = 'of_the_future'")

    assert await run() == 1

    assert "of_the_future" in capsys.readouterr().err
    assert await execute(url, "SELECT version_num FROM alembic_version") == "of_the_future"


async def test_a_database_that_is_not_there_is_told_in_one_line(
    url: str,
    file_in_the_way: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    # A server has no such database; a folder can't be made where a file is.
    monkeypatch.setenv("DATABASE_URL", f"{url}_missing")

    assert await run() == 1

    printed = capsys.readouterr().err
    assert printed.startswith("error: DATABASE_URL: ")
    assert printed.count("\n") == 1


async def test_a_wrong_setting_is_told_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", "mysql://u:hunter2@host/name")

    assert await run() == 1

    assert capsys.readouterr().err == (
        "error: DATABASE_URL: should begin with sqlite:/// or postgresql://\n"
    )


async def test_a_defect_in_a_migration_is_not_taken_for_a_wrong_setting(url: str) -> None:
    await run()
    await execute(url, "DELETE FROM alembic_version")

    with pytest.raises(Exception, match="already exists"):
        await asyncio.to_thread(migrate, Settings())


async def test_who_asks_for_help_gets_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))

    for command in (main, serve, check_drift):
        with pytest.raises(SystemExit) as left:
            command(["--help"])
        assert left.value.code == 0

    assert capsys.readouterr().out.count("usage: python -m commands.") == 3
    assert not (tmp_path / "data").exists()


async def test_nobody_else_may_read_the_file(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data", database_url="")

    await asyncio.to_thread(migrate, settings)

    file = settings.database_file
    assert file is not None
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
