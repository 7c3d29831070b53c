"""Migrations: one line of them, true to the models, and passable both ways."""

import asyncio
import os
import re
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.script import Script, ScriptDirectory
from sqlalchemy import inspect, text
from sqlalchemy.ext.asyncio import create_async_engine

from app.db.base import Base
from app.db.schema_version import MIGRATIONS, read_expected_revision
from app.worker.standings import refresh_histograms
from commands.migrate import alembic_config
from tests.api.config_steps import admin, change
from tests.support.adventures import take_part
from tests.support.databases import POSTGRESQL, provide_server
from tests.support.learning import study
from tests.support.postgres import PrivatePostgres
from tests.support.service import run_service
from tests.support.state import read_state

SCRIPTS = ScriptDirectory(str(MIGRATIONS))
REVISIONS: list[Script] = list(SCRIPTS.walk_revisions())


@pytest.fixture(scope="module")
def server(database_kind: str) -> Iterator[PrivatePostgres | None]:
    """A PostgreSQL for databases that come and go, where one is wanted."""
    if database_kind != POSTGRESQL:
        yield None
        return
    with provide_server() as server:
        yield server


@pytest.fixture
def url(server: PrivatePostgres | None, tmp_path: Path) -> str:
    """The address of a database of the test's own, empty."""
    if server is None:
        return f"sqlite+aiosqlite:///{tmp_path}/own.sqlite3"
    name = re.sub(r"\W", "_", tmp_path.name.lower())
    server.create_database(name)
    return server.url(name)


async def alembic(url: str, action: str, revision: str = "") -> None:
    """Run an Alembic command, in a thread of its own: its env.py starts an event loop."""
    arguments = [revision] if revision else []
    await asyncio.to_thread(getattr(command, action), alembic_config(url), *arguments)


async def list_tables(url: str) -> set[str]:
    """The tables that there are, but for Alembic's own."""
    engine = create_async_engine(url)
    async with engine.connect() as connection:
        names = await connection.run_sync(lambda sync: inspect(sync).get_table_names())
    await engine.dispose()
    return set(names) - {"alembic_version"}


def test_there_is_one_head() -> None:
    assert len(SCRIPTS.get_heads()) == 1
    assert len(SCRIPTS.get_bases()) == 1


async def test_the_service_wants_the_newest() -> None:
    assert await read_expected_revision() == SCRIPTS.get_current_head()


@pytest.mark.parametrize("script", REVISIONS, ids=lambda script: script.revision)
def test_a_revisions_file_carries_its_date_and_what_it_is_about(script: Script) -> None:
    name = Path(script.path).name

    match = re.fullmatch(r"(\d{4}-\d{2}-\d{2})_[a-z0-9_]+\.py", name)
    assert match is not None
    created = re.search(r"^Created: (\S+)", script.longdoc, re.MULTILINE)
    assert created is not None
    assert datetime.fromisoformat(created[1]).date().isoformat() == match[1]
    assert script.doc


async def test_models_and_migrations_agree(url: str) -> None:
    await alembic(url, "upgrade", "head")

    await alembic(url, "check")

    assert await list_tables(url) == {table.name for table in Base.metadata.sorted_tables}


async def test_every_step_can_be_gone_back_and_forth(url: str) -> None:
    for script in reversed(REVISIONS):
        await alembic(url, "upgrade", script.revision)
        await alembic(url, "downgrade", "-1")
        await alembic(url, "upgrade", script.revision)

    await alembic(url, "check")
    await alembic(url, "downgrade", "base")
    assert await list_tables(url) == set()


async def test_the_way_down_and_up_again_is_open_with_rows(url: str, tmp_path: Path) -> None:
    await alembic(url, "upgrade", "head")
    async with run_service(url, tmp_path) as service:
        learner = await service.learner()
        task = await learner.create_task(recurrence="FREQ=DAILY", due_on="2026-03-01")
        await learner.post(
            f"/tasks/{task['id']}/complete",
            {"occurrence_on": "2026-03-01"},
            **{"Idempotency-Key": "k"},
        )
        await study(service, learner)
        await take_part(service, learner)
        await refresh_histograms(service.parts)
        await change(await admin(service), notice="Back soon.")
        state = await read_state(service.parts.database)
    assert not [table for table, rows in state.items() if rows is None]

    await alembic(url, "downgrade", "base")
    assert await list_tables(url) == set()
    await alembic(url, "upgrade", "head")

    async with run_service(url, tmp_path) as service:
        assert (await service.client().get("/health/ready")).status_code == 200
        assert (await service.learner()).id == learner.id


async def test_migrating_what_is_migrated_keeps_every_row(url: str, tmp_path: Path) -> None:
    await alembic(url, "upgrade", "head")
    async with run_service(url, tmp_path) as service:
        await (await service.learner()).create_task()
        before = await read_state(service.parts.database)
        await alembic(url, "upgrade", "head")
        assert await read_state(service.parts.database) == before


async def migrate_in_a_process(url: str) -> tuple[int | None, str]:
    """Run the command; its status, and what it says on standard error."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "commands.migrate"),
        env={**os.environ, "DATABASE_URL": url},
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    _, errors = await process.communicate()
    return process.returncode, errors.decode()


async def test_servers_that_start_together_migrate_once(url: str) -> None:
    ended = await asyncio.gather(*[migrate_in_a_process(url) for _ in range(4)])

    assert ended == [(0, "")] * 4
    await alembic(url, "check")


async def test_a_migration_that_fails_leaves_nothing_half_done(url: str) -> None:
    engine = create_async_engine(url)
    last = Base.metadata.sorted_tables[-1].name
    async with engine.begin() as connection:
        await connection.execute(text(f"CREATE TABLE {last} (in_the_way INTEGER)"))

    with pytest.raises(Exception, match="already exists"):
        await alembic(url, "upgrade", "head")

    assert await list_tables(url) == {last}
    await engine.dispose()
