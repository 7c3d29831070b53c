"""Reads alone in their unit of work: a connection for the statement only, and none is ever lost."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import aiosqlite
import pytest
from sqlalchemy import BigInteger, Pool, QueuePool, bindparam, event, func, literal, select, text
from sqlalchemy.exc import DBAPIError

from app.core.database_url import SQLITE_SCHEME
from app.db.direct import Direct
from app.db.engines import create_engines
from app.db.lone_reads import LoneReads
from app.db.models import Player
from app.db.session import Database
from app.db.unit_of_work import ReadUnitOfWork
from tests.support.databases import delete_all_rows
from tests.support.game import add_player
from tests.support.metrics import Watch
from tests.support.pgbouncer import PREPARE_NOTHING

POOL = 3

DOUBLE = Direct(select(bindparam("number", type_=BigInteger) * 2), int)
MAGNITUDE = Direct(select(func.abs(bindparam("number", type_=BigInteger))), int)
PLAYERS = Direct(select(func.count()).select_from(Player), int)
_NUMBERS = select(literal(1).label("number")).cte(recursive=True)
_NUMBERS = _NUMBERS.union_all(
    select(_NUMBERS.c.number + 1).where(_NUMBERS.c.number < bindparam("number"))
)
COUNTED = Direct(select(func.max(_NUMBERS.c.number)), int)
"""Takes as long as it takes to count to the number."""

LEAST = -(2**63)
"""Has no magnitude among integers of 64 bits: both databases refuse it, and both stay in reach."""


@pytest.fixture
async def real(database_url: str) -> AsyncIterator[Database]:
    """A database of its own engines."""
    database = Database.from_url(database_url, POOL)
    yield database
    await delete_all_rows(database)
    await database.dispose()


def pool_of(database: Database) -> Pool:
    return database.engines.reading.sync_engine.pool


def count_held(database: Database) -> int:
    """How many connections are out of the pool."""
    pool = pool_of(database)
    assert isinstance(pool, QueuePool)
    return pool.checkedout()


async def double(uow: ReadUnitOfWork, number: int) -> int | None:
    return await DOUBLE.fetch_one(uow._session, {"number": number})


async def find_magnitude(database: Database, number: int) -> int | None:
    async with database.reading() as uow:
        return await MAGNITUDE.fetch_one(uow._session, {"number": number})


@contextmanager
def counting_most(database: Database) -> Iterator[list[int]]:
    """How many connections were out of the pool after each was taken."""
    counts: list[int] = []

    def count(*_: object) -> None:
        counts.append(count_held(database))

    event.listen(pool_of(database), "checkout", count)
    yield counts
    event.remove(pool_of(database), "checkout", count)


async def test_the_connection_is_brought_back_after_each_statement(real: Database) -> None:
    async with real.reading() as uow:
        for number in range(3):
            assert await double(uow, number) == 2 * number
            assert count_held(real) == 0
            assert not uow._session.in_transaction()


async def test_a_unit_of_work_never_holds_two_connections(real: Database) -> None:
    with counting_most(real) as counts:
        async with real.reading() as uow:
            assert await double(uow, 4) == 8
            await uow._session.execute(text("SELECT 1"))
            assert await double(uow, 5) == 10
            assert count_held(real) == 1
    assert counts == [1, 1]
    assert count_held(real) == 0


async def test_many_more_at_once_than_there_are_connections(real: Database) -> None:
    async def ask(number: int) -> int | None:
        async with real.reading() as uow:
            return await double(uow, number)

    with counting_most(real) as counts:
        answers = await asyncio.gather(*(ask(number) for number in range(10 * POOL)))
    assert answers == [2 * number for number in range(10 * POOL)]
    assert max(counts) == POOL


async def test_a_snapshot_reads_in_its_transaction(real: Database) -> None:
    async with real.snapshot() as uow:
        assert await double(uow, 4) == 8
        assert uow._session.in_transaction()
        assert count_held(real) == 1


async def test_a_snapshot_does_not_move_with_what_others_write(real: Database) -> None:
    async with real.snapshot() as uow:
        assert await PLAYERS.fetch_one(uow._session, {}) == 0
        async with real.writing() as transaction:
            await add_player(transaction.uow)
            await transaction.commit()
        assert await PLAYERS.fetch_one(uow._session, {}) == 0
    async with real.reading() as uow:
        assert await PLAYERS.fetch_one(uow._session, {}) == 1


async def test_who_writes_reads_in_the_transaction(real: Database) -> None:
    async with real.writing() as transaction:
        assert await double(transaction.uow, 4) == 8
        assert transaction.uow._session.in_transaction()
    assert count_held(real) == 0


async def test_they_can_be_done_without(database_url: str) -> None:
    database = Database.from_url(database_url, 1, by_driver=False)
    async with database.reading() as uow:
        assert await double(uow, 4) == 8
        assert count_held(database) == 1
    await database.dispose()


@pytest.mark.postgresql
@pytest.mark.parametrize("parameters", ["statement_cache_size=0", PREPARE_NOTHING])
async def test_behind_a_pooler_there_are_none(database_url: str, parameters: str) -> None:
    """Limits of time come there with the BEGIN."""
    url = f"{database_url.partition('?')[0]}?{parameters}"
    assert LoneReads.of(create_engines(url, 1).reading) is None


async def test_only_reads_go_alone(database_url: str) -> None:
    engines = create_engines(database_url, 1)
    assert LoneReads.of(engines.reading) is not None
    assert LoneReads.of(engines.snapshots) is None
    assert LoneReads.of(engines.writing) is None


async def test_they_are_measured_as_any_statement(real: Database) -> None:
    watch = Watch()
    async with real.reading() as uow:
        await double(uow, 4)
    assert watch.grown("questboard_db_statement_seconds_count", kind="select") == 1
    with pytest.raises(DBAPIError):
        await find_magnitude(real, LEAST)
    assert watch.grown("questboard_db_statement_seconds_count", kind="select") == 1


async def test_on_sqlite_a_read_is_one_trip_to_the_drivers_thread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A trip costs as much as all else of a small read; bringing the connection back takes none."""
    database = Database.from_url(f"{SQLITE_SCHEME}:///{tmp_path / 'empty.sqlite3'}", 1)
    assert await find_magnitude(database, -3) == 3
    trips: list[object] = []
    travel: Callable[..., object] = aiosqlite.Connection._execute

    def count(self: aiosqlite.Connection, what: object, *given: object) -> object:
        trips.append(what)
        return travel(self, what, *given)

    monkeypatch.setattr(aiosqlite.Connection, "_execute", count)
    assert await find_magnitude(database, -3) == 3
    assert len(trips) == 1
    await database.dispose()


async def test_a_statement_that_is_refused_leaves_the_connection_as_it_was(
    database_url: str,
) -> None:
    database = Database.from_url(database_url, 1)
    assert await find_magnitude(database, -3) == 3
    connected: list[object] = []
    event.listen(pool_of(database), "connect", lambda *_: connected.append(_))
    for _ in range(3):
        # A defect of ours, that is: the database is neither busy nor out of reach.
        with pytest.raises(DBAPIError) as refusal:
            await find_magnitude(database, LEAST)
        assert str(LEAST) not in str(refusal.value)
        assert count_held(database) == 0
        assert await find_magnitude(database, -3) == 3
    assert connected == []
    await database.dispose()


async def test_a_value_that_the_driver_does_not_take_costs_at_most_the_connection(
    real: Database,
) -> None:
    for _ in range(POOL + 1):
        with pytest.raises((DBAPIError, OverflowError)):
            await find_magnitude(real, 2**63)
        assert count_held(real) == 0
    assert await find_magnitude(real, -3) == 3


@pytest.mark.parametrize("steps", [*range(12), *range(12, 60, 8)])
async def test_a_caller_who_goes_away_takes_no_connection_along(
    database_url: str, steps: int
) -> None:
    """Wherever it is cancelled: before its turn, while connecting, in the statement, after it."""
    database = Database.from_url(database_url, POOL)
    callers = [asyncio.create_task(find_magnitude(database, -3)) for _ in range(POOL + 2)]
    for _ in range(steps):
        await asyncio.sleep(0)
    for caller in callers:
        caller.cancel()
    ended = await asyncio.gather(*callers, return_exceptions=True)
    assert all(end == 3 or isinstance(end, asyncio.CancelledError) for end in ended)
    again = await asyncio.gather(*(find_magnitude(database, -3) for _ in range(2 * POOL)))
    assert again == [3] * 2 * POOL
    assert count_held(database) == 0
    await database.dispose()


@pytest.mark.parametrize("times", [1, 2])
async def test_who_goes_away_in_mid_read_leaves_nothing_behind(
    database_url: str, times: int
) -> None:
    """However often it is told to go."""
    database = Database.from_url(database_url, 1)
    assert await find_magnitude(database, -3) == 3
    is_taken = asyncio.Event()
    event.listen(pool_of(database), "checkout", lambda *_: is_taken.set())

    async def read() -> None:
        async with database.reading() as uow:
            await COUNTED.fetch(uow._session, {"number": 300_000})

    reader = asyncio.create_task(read())
    await is_taken.wait()
    for _ in range(times):
        await asyncio.sleep(0)
        reader.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reader
    assert await find_magnitude(database, -3) == 3
    assert count_held(database) == 0
    await database.dispose()
