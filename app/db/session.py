"""Units of work: opened here, committed here, rolled back here."""

import asyncio
from collections.abc import Callable, Collection
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, TypeVar

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


U = TypeVar("U")

_ERRORS = (SQLAlchemyError, *CONNECTING_ERRORS)

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

    async def take(self) -> None:
        """Wait for a connection to be free, and have it.

        Raises:
            DatabaseBusyError: it takes too long.
        """
        if self._semaphore.locked():
            await self._wait()
        else:
            await self._semaphore.acquire()  # at once
        self._gauges.in_use.inc()

    def give_back(self) -> None:
        """Let the next one in."""
        self._gauges.in_use.dec()
        self._semaphore.release()

    async def _wait(self) -> None:
        with self._gauges.waiting.track_inprogress():
            try:
                async with asyncio.timeout(self._timeout_seconds):
                    await self._semaphore.acquire()
            except TimeoutError:
                DB_REFUSALS.labels(DatabaseBusyError.code).inc()
                raise DatabaseBusyError(retry_after=1) from None


class _Unit(AbstractAsyncContextManager[U]):
    """Holds a slot and a session for as long as a unit of work lasts, and tells errors as refusals."""

    def __init__(
        self,
        slots: _Slots,
        sessions: async_sessionmaker[AsyncSession],
        make: Callable[[AsyncSession], U],
    ) -> None:
        self._slots = slots
        self._sessions = sessions
        self._make = make

    async def __aenter__(self) -> U:
        await self._slots.take()
        self._session = self._sessions()
        return self._make(self._session)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: Any
    ) -> None:
        try:
            if self._session.in_transaction():  # else it has no connection to bring back
                await self._session.__aexit__(kind, error, trace)
        except _ERRORS as failure:
            _refuse(failure)
            raise
        finally:
            self._slots.give_back()
        if isinstance(error, _ERRORS):
            _refuse(error)


def _refuse(error: Exception) -> None:
    """Raise what the error means to whoever asked, unless it is a defect."""
    refusal = translate(error)
    if refusal is None:
        return
    if isinstance(refusal, UnavailableError):
        DB_REFUSALS.labels(refusal.code).inc()
        reason = repr(getattr(error, "orig", error))  # the driver's own words
        _log.warning("database_failed", code=refusal.code, reason=reason)
    raise refusal from error


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
    def from_url(
        cls,
        url: str,
        pool_size: int,
        listeners: Listeners = Listeners(),
        *,
        by_driver: bool = True,
    ) -> "Database":
        """A database by its address; nothing is connected yet. ``by_driver`` as of ``create_engines``."""
        return cls(create_engines(url, pool_size, by_driver=by_driver), listeners=listeners)

    def reading(self) -> AbstractAsyncContextManager[ReadUnitOfWork]:
        """A unit of work that can't write.

        Raises:
            UnavailableError: the database is out of reach or busy.
        """
        return _Unit(self._reading_slots, self._reading, ReadUnitOfWork)

    def snapshot(self) -> AbstractAsyncContextManager[ReadUnitOfWork]:
        """A unit of work that can't write, and sees the database as at one moment.

        Raises:
            UnavailableError: the database is out of reach or busy.
        """
        return _Unit(self._reading_slots, self._snapshots, ReadUnitOfWork)

    def writing(self) -> AbstractAsyncContextManager[Transaction]:
        """A unit of work that is taken back unless ``commit`` is called.

        Raises:
            UnavailableError: the database is out of reach or busy; nothing was changed.
            UnauthenticatedError: the owner was deleted meanwhile.
        """
        return _Unit(self._writing_slots, self._writing, self._begin)

    async def dispose(self) -> None:
        """Close all connections."""
        await self.engines.dispose()

    def _begin(self, session: AsyncSession) -> Transaction:
        return Transaction(UnitOfWork(session), session, self._listeners)


def _make_sessions(bind: AsyncEngine | AsyncConnection) -> async_sessionmaker[AsyncSession]:
    return async_sessionmaker(
        bind, expire_on_commit=False, autoflush=False, join_transaction_mode="create_savepoint"
    )
