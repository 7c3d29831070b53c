"""No statement, lock or idle transaction lasts for ever: with the server at hand, and behind a pooler."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator

import pytest
from sqlalchemy import text

from app.core.errors import UnavailableError
from app.db.conflicts import DatabaseBusyError, DatabaseUnavailableError
from app.db.engines import create_engines
from app.db.postgres_limits import DEFAULT_LIMITS, TimeLimits
from app.db.session import Database
from tests.support.pgbouncer import PREPARE_NOTHING, provide_pooler

pytestmark = pytest.mark.postgresql

LIMITS = TimeLimits(statement=0.4, lock=0.2, silence=5.0)
IDLE_SECONDS = 0.3
_SLEEP = text("SELECT pg_sleep(4)")
_LOCK = text("SELECT pg_advisory_xact_lock(7310226112102)")
_SHOWN = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")


@pytest.fixture(params=["direct", "pooler"])
def url(request: pytest.FixtureRequest, database_url: str) -> Iterator[str]:
    if request.param == "direct":
        yield database_url
        return
    with provide_pooler(database_url) as pooler:
        yield f"{pooler.url}?{PREPARE_NOTHING}"


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    database = Database(create_engines(url, 3, limits=LIMITS))
    yield database
    await database.dispose()


async def show(database: Database) -> list[str]:
    """The limits in force for a read, and for a write."""
    shown = []
    for opened in (database.reading(), database.snapshot()):
        async with opened as uow:
            values = [await uow._session.scalar(text(f"SHOW {name}")) for name in _SHOWN]
            shown.append(" ".join(map(str, values)))
    async with database.writing() as transaction:
        values = [await transaction.uow._session.scalar(text(f"SHOW {name}")) for name in _SHOWN]
        shown.append(" ".join(map(str, values)))
    return shown


async def test_all_are_in_force_whatever_is_opened(url: str) -> None:
    database = Database(create_engines(url, 2))
    assert await show(database) == ["15s 5s 1min"] * 3
    await database.dispose()
    assert DEFAULT_LIMITS.silence > DEFAULT_LIMITS.statement > DEFAULT_LIMITS.lock


async def read_slowly(database: Database) -> None:
    async with database.reading() as uow:
        await uow._session.execute(_SLEEP)


async def write_slowly(database: Database) -> None:
    async with database.writing() as transaction:
        await transaction.uow._session.execute(_SLEEP)


async def test_a_statement_that_takes_too_long_is_ended(database: Database) -> None:
    began_at = time.monotonic()
    outcomes = await asyncio.gather(
        read_slowly(database), write_slowly(database), return_exceptions=True
    )
    assert [type(outcome) for outcome in outcomes] == [DatabaseBusyError] * 2
    assert time.monotonic() - began_at < 2


async def test_a_lock_that_is_not_free_in_time_is_given_up(database: Database) -> None:
    async def take() -> None:
        async with database.writing() as transaction:
            await transaction.uow._session.execute(_LOCK)

    async with database.writing() as holder:
        await holder.uow._session.execute(_LOCK)
        with pytest.raises(DatabaseBusyError):
            await take()
    await take()


async def test_a_transaction_that_idles_frees_its_locks(url: str) -> None:
    limits = TimeLimits(idle_in_transaction=IDLE_SECONDS)
    database = Database(create_engines(url, 3, limits=limits))

    async def idle() -> None:
        async with database.writing() as transaction:
            await transaction.uow._session.execute(_LOCK)
            async with database.writing() as other:  # it waits until the first is ended
                await other.uow._session.execute(_LOCK)
            await transaction.uow._session.execute(_LOCK)
            await transaction.commit()

    with pytest.raises(DatabaseUnavailableError):
        await idle()
    await database.dispose()


async def test_limits_end_with_their_transaction(url: str, database: Database) -> None:
    """Others have other limits on the same connections of the server."""
    with pytest.raises(UnavailableError):
        await write_slowly(database)
    generous = Database(create_engines(url, 3))
    assert await show(generous) == ["15s 5s 1min"] * 3
    await generous.dispose()
