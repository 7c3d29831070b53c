"""Reads alone whose connection or server goes: told as what it is, given up, and made anew unseen."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest
from sqlalchemy import Double, Integer, bindparam, event, func, literal, make_url, select, text

from app.core.database_url import read_database_url
from app.db.conflicts import DatabaseBusyError, DatabaseUnavailableError
from app.db.direct import Direct
from app.db.engines import create_engines
from app.db.postgres_limits import TimeLimits
from app.db.session import Database
from tests.db.tcp_proxy import TcpProxy

pytestmark = pytest.mark.postgresql

LIMITS = TimeLimits(statement=0.4, lock=0.2, silence=0.8)
FOREVER_SECONDS = 30.0

SERVER = Direct(select(func.pg_backend_pid()), int)
SLEEP = Direct(
    select(literal(1), func.pg_sleep(bindparam("seconds", type_=Double))), lambda one, _: one
)
END = Direct(
    select(func.pg_terminate_backend(bindparam("server", type_=Integer), literal(5000, Integer))),
    bool,
)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """A database of a single connection."""
    database = Database(create_engines(database_url, 1, limits=LIMITS))
    yield database
    await database.dispose()


@pytest.fixture
async def other(database_url: str) -> AsyncIterator[Database]:
    other = Database.from_url(database_url, 1)
    yield other
    await other.dispose()


async def find_server(database: Database) -> int:
    """The server's process that the connection speaks with."""
    async with database.reading() as uow:
        (server,) = await SERVER.fetch(uow._session, {})
    return server


async def sleep(database: Database, seconds: float = FOREVER_SECONDS) -> None:
    async with database.reading() as uow:
        assert await SLEEP.fetch(uow._session, {"seconds": seconds}) == [1]


async def end(server: int, other: Database) -> None:
    """End the server's process, and wait until it has ended."""
    async with other.reading() as uow:
        assert await END.fetch(uow._session, {"server": server}) == [True]


async def test_a_read_that_takes_too_long_is_ended_and_keeps_its_connection(
    database: Database,
) -> None:
    server = await find_server(database)
    with pytest.raises(DatabaseBusyError):
        await sleep(database)
    assert await find_server(database) == server


async def test_a_connection_that_was_closed_meanwhile_is_replaced_unseen(
    database: Database, other: Database
) -> None:
    server = await find_server(database)
    await end(server, other)
    assert await find_server(database) != server


async def test_a_connection_that_is_closed_in_mid_read_is_replaced(
    database_url: str, other: Database
) -> None:
    database = Database.from_url(database_url, 1)
    for _ in range(3):
        server = await find_server(database)
        reader = asyncio.create_task(sleep(database))
        await end(server, other)
        with pytest.raises(DatabaseUnavailableError):
            await reader
        assert await find_server(database) != server
    await database.dispose()


async def test_in_a_transaction_they_are_told_the_same(database: Database, other: Database) -> None:
    """What follows the first statement goes to the driver as well."""

    async def write(seconds: float, *, is_ended: bool) -> None:
        async with database.writing() as transaction:
            session = transaction.uow._session
            for _ in range(2):
                (server,) = await SERVER.fetch(session, {})
            if is_ended:
                await end(server, other)
            await SLEEP.fetch(session, {"seconds": seconds})

    with pytest.raises(DatabaseBusyError):
        await write(FOREVER_SECONDS, is_ended=False)
    with pytest.raises(DatabaseUnavailableError):
        await write(0, is_ended=True)
    await write(0, is_ended=False)


@pytest.fixture
async def proxy(database_url: str) -> AsyncIterator[TcpProxy]:
    proxy = TcpProxy(make_url(database_url).port or 5432)
    await proxy.open()
    yield proxy
    await proxy.shut()


Open = Callable[[int], Database]


@pytest.fixture
async def open_distant(database_url: str, proxy: TcpProxy) -> AsyncIterator[Open]:
    """Opens databases behind the proxy, by the number of their connections."""
    url = make_url(database_url)
    through = f"postgresql://{url.username}@127.0.0.1:{proxy.port}/{url.database}?sslmode=disable"
    opened: list[Database] = []

    def open_one(pool_size: int) -> Database:
        engines = create_engines(read_database_url(through), pool_size, limits=LIMITS)
        opened.append(Database(engines))
        return opened[-1]

    yield open_one
    for database in opened:
        await database.dispose()


async def test_a_server_that_goes_and_comes_back(proxy: TcpProxy, open_distant: Open) -> None:
    distant = open_distant(2)
    await asyncio.gather(find_server(distant), find_server(distant))
    await proxy.shut()
    for _ in range(3):
        with pytest.raises(DatabaseUnavailableError):
            await find_server(distant)
    await proxy.open()
    assert await asyncio.gather(*(find_server(distant) for _ in range(5)))


async def test_a_server_that_goes_in_mid_read_is_told(proxy: TcpProxy, open_distant: Open) -> None:
    distant = open_distant(1)
    await find_server(distant)
    is_reading = asyncio.Event()
    pool = distant.engines.reading.sync_engine.pool
    event.listen(pool, "checkout", lambda *_: is_reading.set())
    reader = asyncio.create_task(sleep(distant))
    await is_reading.wait()
    await proxy.shut()
    with pytest.raises(DatabaseUnavailableError):
        await reader
    await proxy.open()
    assert await find_server(distant)


async def test_silence_on_one_connection_makes_all_others_doubtful(
    proxy: TcpProxy, open_distant: Open
) -> None:
    """Else each of them would be waited for, one request after the other."""
    distant = open_distant(3)
    before = await asyncio.gather(*(hold(distant) for _ in range(3)))
    proxy.swallow()
    with pytest.raises(DatabaseUnavailableError):
        await find_server(distant)
    proxy.carry()
    after = await asyncio.gather(*(hold(distant) for _ in range(3)))
    assert not set(before) & set(after)


async def hold(database: Database) -> int:
    """The server's process of a connection that is kept while others take theirs."""
    async with database.reading() as uow:
        server = (await uow._session.execute(text("SELECT pg_backend_pid()"))).scalar_one()
        await uow._session.execute(text("SELECT pg_sleep(0.1)"))
        return int(server)
