"""Units of work: committed or taken back whole, isolated, and never more at once than connections."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text

from app.core.errors import QuestboardError
from app.db.conflicts import DatabaseBusyError
from app.db.repositories.player_rows import PlayerRecord
from app.db.session import Database
from app.db.unit_of_work import UnitOfWork
from tests.support.databases import POSTGRESQL, delete_all_rows
from tests.support.game import add_player

POOL = 3


@pytest.fixture
async def real(database_url: str) -> AsyncIterator[Database]:
    """A database of its own engines, to which the test commits."""
    database = Database.from_url(database_url, POOL)
    yield database
    await delete_all_rows(database)
    await database.dispose()


@pytest.fixture
async def user_id(real: Database) -> int:
    async with real.writing() as transaction:
        user_id = await add_player(transaction.uow)
        await transaction.commit()
    return user_id


async def read_gold(database: Database, user_id: int) -> int:
    async with database.reading() as uow:
        (player,) = await uow.players.list_page(user_id - 1, 1)
    return player.gold


async def lock(uow: UnitOfWork, user_id: int) -> PlayerRecord:
    player = await uow.players.lock(user_id)
    assert player is not None
    return player


async def earn(database: Database, user_id: int, *, commit: bool = True) -> None:
    """One more gold coin, read, changed and written."""
    async with database.writing() as transaction:
        player = await lock(transaction.uow, user_id)
        player.gold += 1
        await transaction.uow.players.save(player)
        if commit:
            await transaction.commit()


async def test_fifty_read_modify_writes_at_once_lose_nothing(real: Database, user_id: int) -> None:
    await asyncio.gather(*(earn(real, user_id) for _ in range(50)))
    assert await read_gold(real, user_id) == 50


async def test_leaving_without_a_commit_takes_everything_back(real: Database, user_id: int) -> None:
    await earn(real, user_id, commit=False)
    assert await read_gold(real, user_id) == 0


async def test_an_error_takes_everything_back(real: Database, user_id: int) -> None:
    async def fail_after_writing() -> None:
        async with real.writing() as transaction:
            player = await lock(transaction.uow, user_id)
            player.gold = 7
            await transaction.uow.players.save(player)
            raise LookupError

    with pytest.raises(LookupError):
        await fail_after_writing()
    assert await read_gold(real, user_id) == 0


async def test_what_is_not_committed_is_seen_by_nobody(real: Database, user_id: int) -> None:
    async with real.writing() as transaction:
        player = await lock(transaction.uow, user_id)
        player.gold = 7
        await transaction.uow.players.save(player)
        assert await read_gold(real, user_id) == 0
        await transaction.commit()
    assert await read_gold(real, user_id) == 7


async def test_a_snapshot_stays_at_one_moment(real: Database, user_id: int) -> None:
    async with real.snapshot() as uow:
        assert await uow.players.count() == 1
        async with real.writing() as transaction:
            await add_player(transaction.uow, "bob@example.org")
            await transaction.commit()
        assert await uow.players.count() == 1
    async with real.reading() as uow:
        assert await uow.players.count() == 2


async def test_a_snapshot_can_not_write_on_postgresql_nor_hold_up_writers(
    real: Database, user_id: int
) -> None:
    async with real.snapshot() as uow:
        assert await uow.players.count() == 1
        await earn(real, user_id)
    assert await read_gold(real, user_id) == 1


async def spoil_commit(database: Database, uow: UnitOfWork) -> None:
    """Let the unit of work's commit fail for real, after all its statements went well."""
    if database.engines.writing.dialect.name == POSTGRESQL:
        own = text("SELECT pg_backend_pid()")
        backend = (await uow._session.execute(own)).scalar_one()
        async with database.reading() as other:
            end = text("SELECT pg_terminate_backend(:backend, 5000)")
            await other._session.execute(end, {"backend": backend})
        return
    await uow._session.execute(text("PRAGMA defer_foreign_keys = ON"))
    await uow._session.execute(text("INSERT INTO player_counters VALUES (0, 'x', 1)"))


async def test_a_failing_commit_raises_and_keeps_nothing(real: Database, user_id: int) -> None:
    async def commit_in_vain() -> None:
        async with real.writing() as transaction:
            player = await lock(transaction.uow, user_id)
            player.gold = 7
            await transaction.uow.players.save(player)
            await spoil_commit(real, transaction.uow)
            await transaction.commit()

    with pytest.raises(QuestboardError):
        await commit_in_vain()
    assert await read_gold(real, user_id) == 0
    await asyncio.gather(*(earn(real, user_id) for _ in range(2 * POOL)))
    assert await read_gold(real, user_id) == 2 * POOL


@pytest.fixture
async def impatient(real: Database) -> Database:
    """The same connections, but nobody waits for one."""
    return Database(real.engines, slot_timeout_seconds=0)


async def test_who_gets_no_connection_in_time_is_told_to_come_again(
    impatient: Database, user_id: int
) -> None:
    async with impatient.writing() as transaction:
        await lock(transaction.uow, user_id)
        reads = [read_gold(impatient, user_id) for _ in range(POOL + 1)]
        ended = await asyncio.gather(*reads, return_exceptions=True)
    refusals = [end for end in ended if isinstance(end, DatabaseBusyError)]
    assert refusals
    assert (refusals[0].code, refusals[0].retry_after) == ("database_busy", 1)
    assert await read_gold(impatient, user_id) == 0


async def test_callers_are_served_in_the_order_in_which_they_came(
    real: Database, user_id: int, database_url: str
) -> None:
    served: list[int] = []
    single = Database.from_url(database_url, 1)

    async def come(number: int) -> None:
        async with single.writing() as transaction:
            await lock(transaction.uow, user_id)
            served.append(number)

    await asyncio.gather(*(come(number) for number in range(30)))
    await single.dispose()
    assert served == list(range(30))


@pytest.mark.parametrize("steps", range(0, 60, 4))
async def test_a_caller_who_goes_away_gives_everything_back(
    real: Database, user_id: int, steps: int
) -> None:
    """Wherever it is cancelled: before its turn, while connecting, in a statement, in the commit."""
    callers = [asyncio.create_task(earn(real, user_id)) for _ in range(POOL + 2)]
    for _ in range(steps):
        await asyncio.sleep(0)
    for caller in callers:
        caller.cancel()
    ended = await asyncio.gather(*callers, return_exceptions=True)
    assert all(end is None or isinstance(end, asyncio.CancelledError) for end in ended)
    had = await read_gold(real, user_id)
    await asyncio.gather(*(earn(real, user_id) for _ in range(2 * POOL)))
    assert await read_gold(real, user_id) == had + 2 * POOL
