"""What every test may ask for."""

import os
import zlib
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.session import Database, Transaction
from tests.support.clock import FakeClock
from tests.support.databases import POSTGRESQL, SQLITE, migrate_url, provide_url
from tests.support.pgbouncer import PREPARE_NOTHING, provide_pooler
from tests.support.service import Service, run_service

# Databases and shared machines are slow at times: an example has no deadline. The same examples
# are tried each time, so that a red run can be looked into.
settings.register_profile(
    "questboard",
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
settings.load_profile("questboard")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database",
        choices=[SQLITE, POSTGRESQL, "both"],
        default="both",
        help="which database to run the tests on that need one",
    )
    parser.addoption(
        "--pooler",
        action="store_true",
        help="put a PgBouncer in transaction mode in front of PostgreSQL",
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", f"{POSTGRESQL}: is about what only PostgreSQL has")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "database_kind" in metafunc.fixturenames:
        chosen = metafunc.config.getoption("database")
        kinds = [SQLITE, POSTGRESQL] if chosen == "both" else [chosen]
        if metafunc.definition.get_closest_marker(POSTGRESQL):
            kinds = [kind for kind in kinds if kind == POSTGRESQL]
        metafunc.parametrize("database_kind", kinds, scope="session")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Say which tests go to one process when several share the work (`--dist loadgroup`).

    A process that changes from one database to the other starts a server anew each time, so each takes
    files of one kind only. Other files stay whole: their fixtures may cost as much.
    """
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    shares = max(1, workers // 2)
    for item in items:
        group = str(item.path)
        if isinstance(item, pytest.Function) and hasattr(item, "callspec"):
            kind = item.callspec.params.get("database_kind")
            if kind is not None:
                group = f"{kind}-{zlib.crc32(group.encode()) % shares}"
        item.add_marker(pytest.mark.xdist_group(group))


@pytest.fixture(scope="session")
def database_kind(request: pytest.FixtureRequest) -> str:
    """SQLite or PostgreSQL: whoever asks for it, directly or not, runs on both."""
    kind: str = request.param
    return kind


@pytest.fixture(scope="session")
def database_url(
    database_kind: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """A migrated database."""
    with ExitStack() as stack:
        url = stack.enter_context(
            provide_url(database_kind, tmp_path_factory.mktemp(database_kind))
        )
        if database_kind == POSTGRESQL and request.config.getoption("pooler"):
            url = f"{stack.enter_context(provide_pooler(url)).url}?{PREPARE_NOTHING}"
        migrate_url(url)
        yield url


@pytest.fixture(scope="session")
async def shared_service(
    database_url: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Service]:
    folder: Path = tmp_path_factory.mktemp("data")
    async with run_service(database_url, folder) as service:
        await service.settle()  # what is done at the start is over before a test counts statements
        yield service


@pytest.fixture
async def service(shared_service: Service) -> AsyncIterator[Service]:
    """The running application; what the test commits is deleted afterwards."""
    yield shared_service
    await shared_service.reset()


@pytest.fixture(scope="session")
async def shared_database(database_url: str) -> AsyncIterator[Database]:
    database = Database.from_url(database_url, 5)
    yield database
    await database.dispose()


@pytest.fixture
async def connection(shared_database: Database) -> AsyncIterator[AsyncConnection]:
    """One connection whose transaction is rolled back at the end of the test."""
    async with shared_database.engines.writing.connect() as connection:
        transaction = await connection.begin()
        yield connection
        await transaction.rollback()


@pytest.fixture
def database(shared_database: Database, connection: AsyncConnection) -> Database:
    """A database both of whose kinds of unit of work share the rolled-back connection."""
    return Database(shared_database.engines, bind=connection)


@pytest.fixture
async def transaction(database: Database) -> AsyncIterator[Transaction]:
    """A writing unit of work on the rolled-back connection."""
    async with database.writing() as transaction:
        yield transaction


@pytest.fixture
def clock() -> FakeClock:
    """A clock that stands still."""
    return FakeClock()
