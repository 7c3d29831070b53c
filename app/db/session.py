"""Units of work: opened here, committed here, rolled back here."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, async_sessionmaker

from app.core.errors import UnavailableError
from app.core.metrics import DB_REFUSALS, record_reward
from app.db.conflicts import CONNECTING_ERRORS, DatabaseBusyError, translate
from app.db.engines import Engines, create_engines
from app.db.measuring import PoolGauges
from app.db.unit_of_work import ReadUnitOfWork, UnitOfWork

SLOT_TIMEOUT_SECONDS = 10.0
"""How long a request waits for a connection before it is told to come again."""

Hear = Callable[[Collection[int]], None]
"""Hears of ids once that is committed which they are about; must neither wait nor fail."""

HearGroups = Callable[[Collection[str]], None]
"""The same for groups of kept answers."""


@dataclass(frozen=True, slots=True)
class Listeners:
    """Who hears of what was committed."""

    on_told: Hear = lambda _: None
    """Which users were told something."""
    on_wanted: Hear = lambda _: None
    """Which jobs are to be done at once."""
    on_changed: HearGroups = lambda _: None
    """Of which groups no kept answer is right any more."""


_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Transaction:
    """A writing unit of work together with the right to commit it, which services do not get."""

    uow: UnitOfWork
    _session: AsyncSession
    _listeners: Listeners

    async def commit(self) -> None:
        """Make all of it durable. Without this call leaving the transaction takes it back."""
        try:
            await self._session.commit()
        finally:  # a commit that failed, or was given up, may have been made all the same
            if self.uow.changed:
                self._listeners.on_changed(frozenset(self.uow.changed))
                self.uow.changed.clear()
        while self.uow.moved:
            entry = self.uow.moved.pop()
            record_reward(entry.reason, xp=entry.xp, gold=entry.gold)
        if self.uow.told:
            self._listeners.on_told(frozenset(self.uow.told))
            self.uow.told.clear()
        if self.uow.wanted:
            self._listeners.on_wanted(frozenset(self.uow.wanted))
            self.uow.wanted.clear()


class _Slots:
    """Lets in as many as there are connections, first come, first served.

    SQLAlchemy's async pool alone is unfair when callers outnumber connections: some wait for seconds.
    """

    def __init__(self, pool: str, count: int, timeout_seconds: float) -> None:
        self._semaphore = asyncio.Semaphore(count)
        self._timeout_seconds = timeout_seconds
        self._gauges = PoolGauges(pool, count)

    @asynccontextmanager
    async def hold(self) -> AsyncIterator[None]:
        await self._wait()
        with self._gauges.in_use.track_inprogress():
            try:
                yield
            finally:
                self._semaphore.release()

    async def _wait(self) -> None:
        with self._gauges.waiting.track_inprogress():
            try:
                async with asyncio.timeout(self._timeout_seconds):
                    await self._semaphore.acquire()
            except TimeoutError:
                DB_REFUSALS.labels(DatabaseBusyError.code).inc()
                raise DatabaseBusyError(retry_after=1) from None


class Database:
    """Opens units of work: reading ones and writing ones, each on its own engine."""

    def __init__(
        self,
        engines: Engines,
        *,
        listeners: Listeners = Listeners(),
        bind: AsyncConnection | None = None,
        slot_timeout_seconds: float = SLOT_TIMEOUT_SECONDS,
    ) -> None:
        """``bind`` puts all kinds on one connection, inside savepoints (for tests that roll back)."""
        self.engines = engines
        self._listeners = listeners
        # SQLite has a pool for each kind; PostgreSQL has one, so both kinds share its slots.
        shared = engines.reading.sync_engine.pool is engines.writing.sync_engine.pool
        pool = "shared" if shared else "reading"
        self._reading_slots = _Slots(pool, engines.reading_slots, slot_timeout_seconds)
        self._writing_slots = (
            self._reading_slots
            if shared
            else _Slots("writing", engines.writing_slots, slot_timeout_seconds)
        )
        self._reading = _make_sessions(bind or engines.reading)
        self._snapshots = _make_sessions(bind or engines.snapshots)
        self._writing = _make_sessions(bind or engines.writing)

    @classmethod
    def from_url(cls, url: str, pool_size: int, listeners: Listeners = Listeners()) -> "Database":
        """A database by its address; nothing is connected yet."""
        return cls(create_engines(url, pool_size), listeners=listeners)

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
            yield Transaction(UnitOfWork(session), session, self._listeners)

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
                DB_REFUSALS.labels(refusal.code).inc()
                reason = repr(getattr(error, "orig", error))  # the driver's own words
                _log.warning("database_failed", code=refusal.code, reason=reason)
            raise refusal from error


def _make_sessions(bind: AsyncEngine | AsyncConnection) -> async_sessionmaker[AsyncSession]:
    return async_sessionmaker(
        bind, expire_on_commit=False, autoflush=False, join_transaction_mode="create_savepoint"
    )
