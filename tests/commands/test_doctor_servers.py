"""What the doctor finds of the database, of Redis and of the mail server."""

import asyncio
import subprocess
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from app.core.config import Settings
from app.db.repositories.server_facts import ServerFactsReader
from app.db.session import Database
from commands.checkup import database_checks
from commands.checkup.findings import Level
from commands.checkup.server_checks import check_redis
from commands.doctor import CHECK_SECONDS
from tests.commands.doctoring import SECRET, Machine, Told, production
from tests.commands.transfers import execute
from tests.infra.smtp_server import Mailbox, check_password, find_closed_port, serve, serve_silence
from tests.support.databases import POSTGRESQL, migrate_url, provide_server
from tests.support.postgres import PrivatePostgres
from tests.support.redis import PrivateRedis, provide_redis


@pytest.fixture
def machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Machine:
    return Machine(tmp_path, monkeypatch, capsys)


@pytest.fixture(scope="module")
def server(database_kind: str) -> Iterator[PrivatePostgres | None]:
    """A PostgreSQL for databases that come and go, where one is wanted."""
    if database_kind != POSTGRESQL:
        yield None
        return
    with provide_server() as server:
        yield server


@pytest.fixture
def url(machine: Machine, server: PrivatePostgres | None) -> str:
    """The address of an empty database of the test's own, which the settings name."""
    if server is None:
        machine.database_file.parent.mkdir()
        machine.database_file.touch(mode=0o600)
        url = f"sqlite+aiosqlite:///{machine.database_file}"
    else:
        name = f"doctor_{uuid4().hex[:8]}"
        server.create_database(name)
        url = server.url(name)
    machine.environment.setenv("DATABASE_URL", url)
    return url


class TestDatabase:
    """On both databases."""

    def test_production_that_is_right(self, machine: Machine, url: str) -> None:
        machine.install(**production())
        told = machine.ask("--full")
        assert (told.status, told.bad) == (0, {"mail server": "warning"})
        assert "version" in told.about("database", "ok")

    def test_nobody_is_a_superuser(self, machine: Machine, url: str) -> None:
        migrate_url(url)
        assert machine.ask().bad == {"superuser": "warning"}

    def test_no_migration_was_run(self, machine: Machine, url: str) -> None:
        told = machine.ask()
        assert (told.status, told.bad) == (1, {"migrations": "problem"})
        assert told.about("migrations") == "none was ever run"

    def test_the_database_is_behind(self, machine: Machine, url: str) -> None:
        migrate_url(url, "2026_11_21_first")
        told = machine.ask()
        assert told.status == 1
        assert "behind" in told.about("migrations", "problem")

    def test_the_database_is_ahead(self, machine: Machine, url: str) -> None:
        migrate_url(url)
        asyncio.run(execute(url, "UPDATE alembic_version SET version_num = '2099_01_01_later'"))
        told = machine.ask()
        assert told.status == 1
        assert "a newer one was here" in told.about("migrations", "problem")

    def test_a_ledger_that_differs(self, machine: Machine, url: str) -> None:
        machine.install()
        asyncio.run(execute(url, "UPDATE players SET gold = 1"))
        told = machine.ask("--full")
        assert (told.status, told.bad) == (1, {"ledger": "problem"})


@pytest.fixture(scope="module")
def postgres() -> Iterator[PrivatePostgres]:
    with provide_server() as server:
        yield server


@pytest.mark.parametrize(
    ("workers", "pool", "level"), [("2", "20", None), ("4", "49", "warning"), ("5", "50", "problem")]
)  # fmt: skip
def test_connections_of_postgresql(
    machine: Machine, postgres: PrivatePostgres, workers: str, pool: str, level: str | None
) -> None:
    """The server of the tests has 200, three of them for superusers."""
    told = machine.ask(
        DATABASE_URL=postgres.url("postgres"), WORKERS=workers, DATABASE_POOL_SIZE=pool
    )
    assert told.bad.get("connections") == level
    assert "the server has 197" in told.about("connections")


def test_a_server_that_is_not_there(machine: Machine) -> None:
    told = machine.ask(DATABASE_URL=f"postgresql://nobody:{SECRET}@127.0.0.1:1/questboard")
    assert (told.status, told.bad) == (1, {"database": "problem"})
    assert "out of reach" in told.about("database")
    assert SECRET not in told.text


def test_a_server_that_refuses(machine: Machine, postgres: PrivatePostgres) -> None:
    told = machine.ask(DATABASE_URL=postgres.url("no_such_database"))
    assert told.status == 1
    assert 'the server refuses: database "no_such_database"' in told.about("database", "problem")


async def test_a_server_that_says_nothing(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("commands.doctor.CHECK_SECONDS", 0.2)
    async with serve_silence() as port:
        url = f"postgresql://nobody@127.0.0.1:{port}/questboard"
        told = await asyncio.to_thread(lambda: machine.ask(DATABASE_URL=url))
    assert told.status == 1
    assert "did not answer within 0.2 s" in told.about("database", "problem")
    assert CHECK_SECONDS < 60


class _Facts(ServerFactsReader):
    """A server whose clock goes wrong: a real one's cannot be set by a test."""

    def __init__(self, ahead_seconds: float) -> None:
        self._ahead = timedelta(seconds=ahead_seconds)

    async def read_clock(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    async def read_journal_mode(self) -> str:
        return "delete"


@pytest.mark.parametrize(
    ("seconds", "level"),
    [(0, Level.OK), (5, Level.WARNING), (-5, Level.WARNING), (90, Level.PROBLEM), (-90, Level.PROBLEM)],
)  # fmt: skip
async def test_clocks_that_differ(seconds: float, level: Level) -> None:
    assert (await database_checks._judge_clock(_Facts(seconds))).level is level


async def test_a_file_system_without_write_ahead_logs() -> None:
    found = await database_checks._judge_journal(_Facts(0))
    assert found.level is Level.WARNING


@pytest.mark.parametrize(
    ("url", "version", "level"),
    [
        ("sqlite:////x", "3.34.1", Level.PROBLEM),
        ("sqlite:////x", "3.40.1", Level.OK),
        ("postgresql://h/x", "14.9 (Debian 14.9-1)", Level.PROBLEM),
        ("postgresql://h/x", "15.4", Level.OK),
        ("postgresql://h/x", "18beta1", Level.OK),
    ],
)
def test_versions_that_are_too_old(url: str, version: str, level: Level) -> None:
    settings = Settings(database_url=url, workers=1)
    assert database_checks._judge_version(version, settings).level is level


async def test_the_facts_are_read(shared_database: Database) -> None:
    async with shared_database.reading() as uow:
        facts = uow.make(ServerFactsReader)
        assert (await facts.read_version())[0].isdigit()
        assert not await facts.has_superuser()


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[PrivateRedis]:
    with provide_redis(tmp_path) as server:
        yield server


def test_redis_that_is_right(machine: Machine, redis: PrivateRedis) -> None:
    told = machine.ask(REDIS_URL=redis.url)
    assert told.bad == {"database": "warning"}
    assert "version" in told.about("Redis", "ok")


def test_redis_that_forgets(machine: Machine, redis: PrivateRedis) -> None:
    for setting in (("maxmemory", "100mb"), ("maxmemory-policy", "allkeys-lru")):
        command = ["redis-cli", "-u", redis.url, "CONFIG", "SET", *setting]
        subprocess.run(command, check=True, capture_output=True)
    told = machine.ask(REDIS_URL=redis.url)
    assert "when its 100 MB are full it forgets" in told.about("Redis", "warning")


def test_redis_that_wants_a_password(machine: Machine, redis: PrivateRedis) -> None:
    command = ["redis-cli", "-u", redis.url, "CONFIG", "SET", "requirepass", "another"]
    subprocess.run(command, check=True, capture_output=True)
    told = machine.ask(REDIS_URL=redis.url.replace("//", f"//:{SECRET}@"))
    assert "password" in told.about("Redis", "problem")
    assert SECRET not in told.text


def test_redis_that_is_not_there(machine: Machine) -> None:
    told = machine.ask(REDIS_URL=f"redis://:{SECRET}@127.0.0.1:1/0")
    assert told.status == 1
    assert "out of reach" in told.about("Redis", "problem")
    assert SECRET not in told.text


async def test_redis_that_is_old(redis: PrivateRedis, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("commands.checkup.server_checks._OLDEST_REDIS", (99, 0))
    found = [each async for each in check_redis(Settings(redis_url=redis.url))]
    assert [each.level for each in found] == [Level.WARNING]


def test_several_processes_without_redis(machine: Machine, postgres: PrivatePostgres) -> None:
    told = machine.ask(DATABASE_URL=postgres.url("postgres"), WORKERS="2")
    assert "count limits each for itself" in told.about("workers", "warning")


async def ask_with_mail(machine: Machine, port: int, **settings: str) -> Told:
    given = {"MAIL_SERVER": "127.0.0.1", "MAIL_PORT": str(port), "MAIL_TLS": "none", **settings}
    return await asyncio.to_thread(lambda: machine.ask(**given))


@pytest.fixture
async def mail_port() -> AsyncIterator[int]:
    """A server that wants to know who comes."""
    async with serve(Mailbox(), authenticator=check_password, auth_require_tls=False) as port:
        yield port


async def test_a_mail_server_that_lets_us_in(machine: Machine, mail_port: int) -> None:
    told = await ask_with_mail(machine, mail_port, MAIL_USERNAME="quest", MAIL_PASSWORD="board")
    assert (told.status, told.bad) == (0, {"database": "warning", "MAIL_TLS": "warning"})
    assert "lets us in" in told.about("mail server", "ok")


async def test_a_mail_server_that_does_not(machine: Machine, mail_port: int) -> None:
    told = await ask_with_mail(machine, mail_port, MAIL_USERNAME="quest", MAIL_PASSWORD=SECRET)
    assert told.status == 1
    assert "does not take the name and the password" in told.about("mail server", "problem")
    assert SECRET not in told.text


async def test_a_mail_server_without_encryption(machine: Machine, mail_port: int) -> None:
    told = await ask_with_mail(machine, mail_port, MAIL_TLS="starttls")
    assert "it can't be used" in told.about("mail server", "problem")


async def test_a_mail_server_that_is_not_there(machine: Machine) -> None:
    told = await ask_with_mail(machine, await find_closed_port())
    assert told.status == 1
    assert "it can't be used" in told.about("mail server", "problem")
