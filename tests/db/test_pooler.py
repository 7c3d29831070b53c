"""Behind PgBouncer in transaction mode the service is the same, and its migrations run."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import make_url, text

from app.core.config import Settings
from app.db.conflicts import DatabaseUnavailableError
from app.db.engines import Engines, create_engines
from app.db.session import Database
from tests.support.databases import POSTGRESQL, migrate_url, provide_server
from tests.support.pgbouncer import PgBouncer, find_pgbouncer, provide_pooler
from tests.support.process import ROOT, free_port

pytestmark = pytest.mark.postgresql

BEHIND_POOLER = (
    "tests/api/test_tasks_complete.py",
    "tests/api/test_statement_budgets.py",
    "tests/api/test_idempotency_at_once.py",
    "tests/api/test_league.py",
)
"""What is peculiar to a pooler: locks, savepoints, counted statements, failing ones. `--pooler` runs any."""


@pytest.fixture
def pooler(database_url: str) -> Iterator[PgBouncer]:
    with provide_pooler(database_url) as pooler:
        yield pooler


def settings_for(url: str, **settings: str) -> Settings:
    return Settings.model_validate(
        {"database_url": url, "database_pooler": "transaction", **settings}
    )


async def count_players(database: Database) -> int:
    async with database.reading() as uow:
        return await uow.players.count()


async def test_one_setting_is_enough_for_many_at_once(pooler: PgBouncer) -> None:
    """More connections than the pooler has: each transaction may get another than the one before."""
    database = Database.from_url(settings_for(pooler.url).resolved_database_url, 15)

    async def write(number: int) -> int:
        async with database.writing() as transaction:
            session = transaction.uow._session
            await session.execute(text(f"SELECT {number}, 'first'"))
            return int((await session.execute(text(f"SELECT {number}"))).scalar_one())

    for _ in range(5):
        written = await asyncio.gather(*(write(number) for number in range(30)))
        assert written == list(range(30))
        assert await asyncio.gather(*(count_players(database) for _ in range(30))) == [0] * 30
    await database.dispose()


async def test_nothing_is_left_on_the_servers_connections(pooler: PgBouncer) -> None:
    """A prepared statement or a setting of a session would meet whoever gets the connection next."""
    engines = create_engines(settings_for(pooler.url).resolved_database_url, 10)
    database = Database(engines)
    await asyncio.gather(*(count_players(database) for _ in range(20)))
    assert await look(engines, "SELECT count(*) FROM pg_prepared_statements") == {"0"}
    named = "SELECT reset_val FROM pg_settings WHERE name = 'statement_timeout'"
    assert await look(engines, named) == {"0"}
    await database.dispose()


async def look(engines: Engines, statement: str) -> set[str]:
    """What the server's connections answer, however many there are."""

    async def ask() -> str:
        async with engines.writing.connect() as connection:
            return str((await connection.execute(text(statement))).scalar_one())

    return set(await asyncio.gather(*(ask() for _ in range(20))))


async def test_a_pooler_whose_server_is_away_is_unavailable(tmp_path: Path) -> None:
    with provide_pooler("postgresql://questboard@127.0.0.1:1/nowhere") as pooler:
        database = Database.from_url(settings_for(pooler.url).resolved_database_url, 1)
        with pytest.raises(DatabaseUnavailableError):
            await count_players(database)
        await database.dispose()


async def test_several_poolers_are_asked_whether_their_server_takes_writes(
    pooler: PgBouncer,
) -> None:
    """They do not hand on what a server tells of itself."""
    hosts = f"127.0.0.1:{free_port()},127.0.0.1:{pooler.port}"
    several = pooler.url.replace(f"127.0.0.1:{pooler.port}", hosts)
    database = Database.from_url(settings_for(several).resolved_database_url, 10)
    assert await asyncio.gather(*(count_players(database) for _ in range(20))) == [0] * 20
    await database.dispose()


async def test_a_providers_address_connects_with_tls_alone(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with provide_pooler(database_url, demands_tls=True) as pooler:
        monkeypatch.setenv("PGSSLROOTCERT", str(pooler.certificate))
        for parameters, is_let_in in {
            "sslmode=require&channel_binding=require": True,
            "pgbouncer=true&sslmode=require&connect_timeout=10": True,
            "sslmode=disable": False,
            "sslmode=verify-ca": True,
            "sslmode=verify-full": False,  # it names no address
        }.items():
            settings = settings_for(f"{pooler.url}?{parameters}")
            database = Database.from_url(settings.resolved_database_url, 1)
            if is_let_in:
                assert await count_players(database) == 0
            else:
                with pytest.raises(DatabaseUnavailableError):
                    await count_players(database)
            await database.dispose()


def test_migrations_run_through_it() -> None:
    with provide_server() as server:
        server.create_database("migrated")
        with provide_pooler(server.url("migrated")) as pooler:
            url = settings_for(pooler.url).resolved_database_url
            migrate_url(url)
            migrate_url(url)
            assert make_url(url).port == pooler.port


def test_the_api_behind_it() -> None:
    if find_pgbouncer() is None and not os.environ.get("CI"):
        pytest.skip("no pgbouncer on this machine")
    command = [sys.executable, "-m", "pytest", "-q", "--database", POSTGRESQL, "--pooler"]
    run = subprocess.run(
        [*command, "-p", "no:cacheprovider", *BEHIND_POOLER],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if "XDIST" not in name},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout[-5000:]
    assert " passed" in run.stdout
    assert "skipped" not in run.stdout
