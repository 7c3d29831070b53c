"""Units of work: opened here, committed here, rolled back here."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, async_sessionmaker

from app.core.errors import UnavailableError
from app.db.conflicts import CONNECTING_ERRORS, DatabaseBusyError, translate
from app.db.engines import Engines, create_engines
from app.db.unit_of_work import ReadUnitOfWork, UnitOfWork

SLOT_TIMEOUT_SECONDS = 10.0
"""How long a request waits for a connection before it is told to come again."""

OnTold = Callable[[Collection[int]], None]
"""Hears which users were told something, once that is committed; must neither wait nor fail."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Transaction:
    """A writing unit of work together with the right to commit it, which services do not get."""

    uow: UnitOfWork
    _session: AsyncSession
    _on_told: OnTold

    async def commit(self) -> None:
        """Make all of it durable. Without this call leaving the transaction takes it back."""
        await self._session.commit()
        if self.uow.told:
            self._on_told(frozenset(self.uow.told))
            self.uow.told.clear()


class _Slots:
    """Lets in as many as there are connections, first come, first served.

    SQLAlchemy's async pool alone is unfair when callers outnumber connections: some wait for seconds.
    """

    def __init__(self, count: int, timeout_seconds: float) -> None:
        self._semaphore = asyncio.Semaphore(count)
        self._timeout_seconds = timeout_seconds

    @asynccontextmanager
    async def hold(self) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(self._timeout_seconds):
                await self._semaphore.acquire()
        except TimeoutError:
            raise DatabaseBusyError(retry_after=1) from None
        try:
            yield
        finally:
            self._semaphore.release()


class Database:
    """Opens units of work: reading ones and writing ones, each on its own engine."""

    def __init__(
        self,
        engines: Engines,
        *,
        on_told: OnTold = lambda _: None,
        bind: AsyncConnection | None = None,
        slot_timeout_seconds: float = SLOT_TIMEOUT_SECONDS,
    ) -> None:
        """``bind`` puts all kinds on one connection, inside savepoints (for tests that roll back)."""
        self.engines = engines
        self._on_told = on_told
        # SQLite has a pool for each kind; PostgreSQL has one, so both kinds share its slots.
        reading = _Slots(engines.reading_slots, slot_timeout_seconds)
        shared = engines.reading.sync_engine.pool is engines.writing.sync_engine.pool
        self._reading_slots = reading
        self._writing_slots = (
            reading if shared else _Slots(engines.writing_slots, slot_timeout_seconds)
        )
        self._reading = _make_sessions(bind or engines.reading)
        self._snapshots = _make_sessions(bind or engines.snapshots)
        self._writing = _make_sessions(bind or engines.writing)

    @classmethod
    def from_url(cls, url: str, pool_size: int, on_told: OnTold = lambda _: None) -> "Database":
        """A database by its address; nothing is connected yet."""
        return cls(create_engines(url, pool_size), on_told=on_told)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[ReadUnitOfWork]:
        """A unit of work that can't write.

        Raises:
            UnavailableError: the database is out of reach or busy.
        """
        async with self._reading_slots.hold(), self._open(self._reading) as session:
            yield ReadUnitOfWork(session)

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[ReadUnitOfWork]:
        """A unit of work that can't write, and sees the database as at one moment.

        Raises:
            UnavailableError: the database is out of reach or busy.
        """
        async with self._reading_slots.hold(), self._open(self._snapshots) as session:
            yield ReadUnitOfWork(session)

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[Transaction]:
        """A unit of work that is taken back unless ``commit`` is called.

        Raises:
            UnavailableError: the database is out of reach or busy; nothing was changed.
            UnauthenticatedError: the owner was deleted meanwhile.
        """
        async with self._writing_slots.hold(), self._open(self._writing) as session:
            yield Transaction(UnitOfWork(session), session, self._on_told)

    async def dispose(self) -> None:
        """Close all connections."""
        await self.engines.dispose()

    @asynccontextmanager
    async def _open(
        self, sessions: async_sessionmaker[AsyncSession]
    ) -> AsyncIterator[AsyncSession]:
        try:
            async with sessions() as session:
                yield session
        except (SQLAlchemyError, *CONNECTING_ERRORS) as error:
            refusal = translate(error)
            if refusal is None:
                raise
            if isinstance(refusal, UnavailableError):
                reason = repr(getattr(error, "orig", error))  # the driver's own words
                _log.warning("database_failed", code=refusal.code, reason=reason)
            raise refusal from error


def _make_sessions(bind: AsyncEngine | AsyncConnection) -> async_sessionmaker[AsyncSession]:
    return async_sessionmaker(
        bind, expire_on_commit=False, autoflush=False, join_transaction_mode="create_savepoint"
    )
