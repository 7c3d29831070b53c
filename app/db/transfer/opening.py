"""Opens what is read and what is filled, and commits it: the edge's business, not a service's."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncTransaction

from app.db.conflicts import CONNECTING_ERRORS, translate
from app.db.damage import explaining_damage
from app.db.session import Database
from app.db.transfer.errors import NotPermittedError
from app.db.transfer.reading import SnapshotReader
from app.db.transfer.tables import list_tables
from app.db.transfer.writing import TableWriter

_WITHOUT_TIMEOUTS = (
    text("SET LOCAL statement_timeout = 0"),
    text("SET LOCAL idle_in_transaction_session_timeout = 0"),
)
"""Large tables take their time; one side waits for the other."""

_INSUFFICIENT_PRIVILEGE = "42501"
_LOOK_AT_REFERENCES_LAST = text("PRAGMA defer_foreign_keys = ON")


@dataclass(frozen=True, slots=True)
class Filling:
    """A transaction that fills a database, together with the right to commit it."""

    writer: TableWriter
    _transaction: AsyncTransaction

    async def commit(self) -> None:
        """Make all of it durable. Without this call leaving takes it back."""
        await self._transaction.commit()


@asynccontextmanager
async def open_snapshot(database: Database) -> AsyncIterator[SnapshotReader]:
    """Read the database as at one moment. The service may go on writing meanwhile.

    Raises:
        UnavailableError: the database is out of reach or busy.
    """
    with _translating():
        async with database.engines.snapshots.connect() as connection, connection.begin():
            await _lift_timeouts(connection)
            yield SnapshotReader(connection, Database(database.engines, bind=connection))


@asynccontextmanager
async def open_filling(database: Database) -> AsyncIterator[Filling]:
    """Fill the database in one transaction, which keeps all other writers out.

    Raises:
        UnavailableError: the database is out of reach or busy; nothing was changed.
        NotPermittedError: the database's user does not own the tables.
    """
    with _translating():
        async with database.engines.writing.connect() as connection:
            transaction = await connection.begin()
            await _lift_timeouts(connection)
            await _keep_others_out(connection)
            writer = TableWriter(connection, Database(database.engines, bind=connection))
            yield Filling(writer, transaction)


async def _lift_timeouts(connection: AsyncConnection) -> None:
    if connection.dialect.name == "postgresql":
        for statement in _WITHOUT_TIMEOUTS:
            await connection.execute(statement)


async def _keep_others_out(connection: AsyncConnection) -> None:
    """On PostgreSQL by locks, for which the usual time is waited. SQLite has one writer anyway."""
    if connection.dialect.name != "postgresql":
        await connection.execute(_LOOK_AT_REFERENCES_LAST)
        return
    quote = connection.dialect.identifier_preparer.quote
    names = ", ".join(quote(table.name) for table in list_tables("postgresql"))
    await connection.execute(text(f"LOCK TABLE {names} IN EXCLUSIVE MODE"))


@contextmanager
def _translating() -> Iterator[None]:
    try:
        with explaining_damage():
            yield
    except (SQLAlchemyError, *CONNECTING_ERRORS) as error:
        if getattr(getattr(error, "orig", error), "sqlstate", None) == _INSUFFICIENT_PRIVILEGE:
            raise NotPermittedError("the database's user has to own the tables") from error
        refusal = translate(error)
        if refusal is None:
            raise
        raise refusal from error
