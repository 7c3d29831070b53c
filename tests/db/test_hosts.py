"""Several hosts: the one that takes writes is found among those that are gone, hang or only follow."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import pytest
from sqlalchemy import delete, false, literal, make_url, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.database_url import read_database_url
from app.core.errors import UnavailableError
from app.db.conflicts import DatabaseUnavailableError
from app.db.direct import Direct, no_row
from app.db.engines import create_engines
from app.db.models import Task
from app.db.postgres_connections import DatabaseConnection
from app.db.postgres_limits import TimeLimits
from app.db.session import Database
from tests.db.tcp_proxy import TcpProxy
from tests.support.process import free_port

pytestmark = pytest.mark.postgresql

LIMITS = TimeLimits(connect=1.5, statement=0.5, lock=0.2, silence=0.8)
_SELECT = text("SELECT 1")
_DIRECT = Direct(select(literal(1)), int)
_DELETE = Direct(delete(Task).where(false()), no_row)


class Hosts:
    """Proxies before the one server, each a host of its own, and the database that knows them all."""

    def __init__(self, url: str) -> None:
        self._url = make_url(url)
        self.first = TcpProxy(self._url.port or 5432)
        self.second = TcpProxy(self._url.port or 5432)
        self.databases: list[Database] = []

    async def open(self) -> None:
        for proxy in (self.first, self.second):
            await proxy.open()

    def database(self, *ports: int, pool_size: int = 3, limits: TimeLimits = LIMITS) -> Database:
        """A database that knows the hosts of these ports."""
        hosts = ",".join(f"127.0.0.1:{port}" for port in ports)
        user, name = self._url.username, self._url.database
        url = read_database_url(f"postgresql://{user}@{hosts}/{name}?sslmode=disable")
        database = Database(create_engines(url, pool_size, limits=limits))
        self.databases.append(database)
        return database


@pytest.fixture
async def hosts(database_url: str) -> AsyncIterator[Hosts]:
    hosts = Hosts(database_url)
    await hosts.open()
    yield hosts
    for database in hosts.databases:
        await database.dispose()
    for proxy in (hosts.first, hosts.second):
        await proxy.shut()


@pytest.fixture
async def silent_port() -> AsyncIterator[int]:
    """A host that lets connections in and says nothing."""

    async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    async with await asyncio.start_server(say_nothing, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]


Ask = Callable[[Database], Awaitable[int]]


async def ask_in_session(database: Database) -> int:
    async with database.reading() as uow:
        return int((await uow._session.execute(_SELECT)).scalar_one())


async def ask_alone(database: Database) -> int:
    async with database.reading() as uow:
        (answer,) = await _DIRECT.fetch(uow._session, {})
    return answer


@pytest.fixture(params=[ask_in_session, ask_alone])
def ask(request: pytest.FixtureRequest) -> Ask:
    """A read, by SQLAlchemy's connection or alone on the driver's."""
    chosen: Ask = request.param
    return chosen


async def driver_of(database: Database) -> DatabaseConnection:
    """The connection of a pool of one."""
    async with database.engines.reading.connect() as connection:
        driver = (await connection.get_raw_connection()).driver_connection
    assert isinstance(driver, DatabaseConnection)
    return driver


async def test_hosts_that_are_gone_or_hang_do_not_keep_from_the_one_that_serves(
    hosts: Hosts, silent_port: int, ask: Ask
) -> None:
    database = hosts.database(free_port(), silent_port, hosts.second.port)
    began_at = time.monotonic()
    assert await ask(database) == 1
    assert time.monotonic() - began_at < LIMITS.connect


async def test_all_hosts_down_is_said_and_soon_over(hosts: Hosts, ask: Ask) -> None:
    await hosts.first.shut()
    await hosts.second.shut()
    database = hosts.database(hosts.first.port, hosts.second.port)
    for _ in range(2):
        with pytest.raises(DatabaseUnavailableError):
            await ask(database)
    await hosts.second.open()
    assert await ask(database) == 1


async def test_many_at_once_search_once_and_are_all_served(hosts: Hosts, ask: Ask) -> None:
    database = hosts.database(free_port(), hosts.second.port, pool_size=10)
    assert await asyncio.gather(*(ask(database) for _ in range(30))) == [1] * 30


async def test_a_host_that_goes_silent_is_left_for_another(hosts: Hosts, ask: Ask) -> None:
    """What is under way there is told to come again; nobody waits for longer than the limit."""
    database = hosts.database(hosts.first.port, hosts.second.port)
    assert await asyncio.gather(*(ask(database) for _ in range(3))) == [1] * 3
    familiar, other = hosts.first, hosts.second
    if not familiar.has_connections:
        familiar, other = other, familiar
    familiar.swallow()
    began_at = time.monotonic()
    outcomes = await asyncio.gather(*(ask(database) for _ in range(3)), return_exceptions=True)
    assert {type(outcome) for outcome in outcomes} == {DatabaseUnavailableError}
    assert time.monotonic() - began_at < LIMITS.silence + 1
    began_at = time.monotonic()
    assert await asyncio.gather(*(ask(database) for _ in range(3))) == [1] * 3
    assert time.monotonic() - began_at < LIMITS.connect + LIMITS.silence + 2
    assert other.has_connections


async def test_what_is_under_way_on_the_old_host_ends_once_another_is_found(
    hosts: Hosts, ask: Ask
) -> None:
    patient = TimeLimits(connect=1.5, silence=15.0)
    database = hosts.database(hosts.first.port, hosts.second.port, limits=patient)
    assert await ask(database) == 1
    familiar = hosts.first if hosts.first.has_connections else hosts.second
    familiar.swallow()
    began_at = time.monotonic()
    outcomes = await asyncio.gather(*(ask(database) for _ in range(2)), return_exceptions=True)
    assert isinstance(outcomes[0], DatabaseUnavailableError)
    assert outcomes[1] == 1
    assert time.monotonic() - began_at < patient.silence / 2


async def test_a_single_host_that_goes_silent_is_told(hosts: Hosts, ask: Ask) -> None:
    database = hosts.database(hosts.first.port, pool_size=1)
    assert await ask(database) == 1
    hosts.first.swallow()
    for _ in range(2):
        began_at = time.monotonic()
        with pytest.raises(DatabaseUnavailableError):
            await ask(database)
        assert time.monotonic() - began_at < LIMITS.connect + LIMITS.silence + 1


async def test_a_commit_into_silence_is_not_taken_for_done(hosts: Hosts) -> None:
    database = hosts.database(hosts.first.port, pool_size=1)
    driver = await driver_of(database)

    async def write() -> None:
        async with database.writing() as transaction:
            await transaction.uow._session.execute(_SELECT)
            hosts.first.swallow()
            await transaction.commit()

    began_at = time.monotonic()
    with pytest.raises(DatabaseUnavailableError):
        await write()
    assert time.monotonic() - began_at < LIMITS.silence + 1
    assert driver.is_closed()


async def test_a_read_into_silence_gives_its_connection_up_at_once(hosts: Hosts, ask: Ask) -> None:
    """Trying to cancel the statement would take as long again."""
    limits = TimeLimits(silence=2.0)
    database = hosts.database(hosts.first.port, pool_size=1, limits=limits)
    driver = await driver_of(database)
    hosts.first.swallow()
    began_at = time.monotonic()
    with pytest.raises(DatabaseUnavailableError):
        await ask(database)
    assert time.monotonic() - began_at < 1.75 * limits.silence
    assert driver.is_closed()


async def test_connections_that_were_closed_meanwhile_are_replaced_unseen(
    hosts: Hosts, ask: Ask
) -> None:
    database = hosts.database(hosts.first.port, pool_size=2)
    assert await asyncio.gather(*(ask(database) for _ in range(2))) == [1] * 2
    await hosts.first.shut()
    await hosts.first.open()
    assert await asyncio.gather(*(ask(database) for _ in range(2))) == [1] * 2


Delete = Callable[[AsyncSession], Awaitable[object]]


async def delete_in_session(session: AsyncSession) -> None:
    await session.execute(text("DELETE FROM tasks WHERE false"))


async def delete_directly(session: AsyncSession) -> None:
    await _DIRECT.fetch(session, {})  # the next goes to the driver at once
    await _DELETE.fetch(session, {})


@pytest.mark.parametrize("delete", [delete_in_session, delete_directly])
async def test_a_server_that_takes_no_more_writes_is_left(hosts: Hosts, delete: Delete) -> None:
    """As after a demotion: what it refuses is told as 503, and its connections are given up."""
    database = hosts.database(hosts.first.port, pool_size=1)

    async def write(*, demoted: bool) -> int:
        async with database.writing() as transaction:
            session = transaction.uow._session
            if demoted:
                await session.execute(text("SET TRANSACTION READ ONLY"))
            server = await session.execute(text("SELECT pg_backend_pid()"))
            await delete(session)
            return int(server.scalar_one())

    before = await write(demoted=False)
    with pytest.raises(UnavailableError):
        await write(demoted=True)
    assert await write(demoted=False) != before


async def test_a_transaction_into_silence_is_told_once_and_given_up(hosts: Hosts) -> None:
    """Its statements go to the driver at once; none is waited for longer than the limit."""
    database = hosts.database(hosts.first.port, pool_size=1)
    driver = await driver_of(database)

    async def write() -> None:
        async with database.writing() as transaction:
            for _ in range(2):
                await delete_directly(transaction.uow._session)
            hosts.first.swallow()
            await delete_directly(transaction.uow._session)

    began_at = time.monotonic()
    with pytest.raises(DatabaseUnavailableError):
        await write()
    assert time.monotonic() - began_at < 1.75 * LIMITS.silence
    assert driver.is_closed()


async def test_a_write_while_only_reading_is_a_defect_and_not_disguised(hosts: Hosts) -> None:
    database = hosts.database(hosts.first.port, pool_size=1)

    async def write() -> None:
        async with database.snapshot() as uow:
            await uow._session.execute(text("DELETE FROM tasks WHERE false"))

    with pytest.raises(Exception, match="read-only transaction") as refusal:
        await write()
    assert not isinstance(refusal.value, UnavailableError)


async def test_a_standby_is_not_mistaken_for_the_primary(hosts: Hosts, ask: Ask) -> None:
    """What takes no writes is refused while connecting, told by the server's own settings."""
    closed = f"{hosts._url.database}_closed"
    async with AsyncExitStack() as stack:
        admin = await stack.enter_async_context(
            hosts.database(hosts.first.port, limits=TimeLimits()).engines.reading.connect()
        )
        await admin.execute(text(f'CREATE DATABASE "{closed}"'))
        stack.push_async_callback(admin.execute, text(f'DROP DATABASE "{closed}" WITH (FORCE)'))
        await admin.execute(
            text(f'ALTER DATABASE "{closed}" SET default_transaction_read_only = on')
        )
        hosts._url = hosts._url.set(database=closed)
        with pytest.raises(DatabaseUnavailableError):
            await ask(hosts.database(hosts.first.port, hosts.second.port))
        assert await ask(hosts.database(hosts.first.port)) == 1


async def test_who_lifts_the_limit_of_statements_is_waited_for(hosts: Hosts, ask: Ask) -> None:
    database = hosts.database(hosts.first.port, pool_size=1)
    sleep = text(f"SELECT pg_sleep({LIMITS.silence + 0.2})")
    async with database.writing() as transaction:
        await transaction.uow._session.execute(text("SET LOCAL statement_timeout = 0"))
        await transaction.uow._session.execute(sleep)
    hosts.first.swallow()
    with pytest.raises(DatabaseUnavailableError):  # the next transaction has its limits again
        await asyncio.wait_for(ask(database), LIMITS.silence + LIMITS.connect + 2)
