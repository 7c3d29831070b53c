"""Finds the host that takes writes, and connects to it."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakSet

import asyncpg

from app.db.postgres_connections import DatabaseConnection

Address = tuple[str | None, int]

FAMILIAR_SECONDS = 1.0
"""How long the host that took writes last may take to let us in before the others are asked as well."""

_DEFAULT_PORT = 5432
_ANY = "any"
_READ_WRITE = "read-write"


class NoPrimaryError(ConnectionError):
    """The host takes no writes."""


@dataclass(frozen=True, slots=True)
class _Entrance:
    """How to be let in by a host, whichever it is."""

    timeout_seconds: float
    wanted: str
    on_begin: str
    options: Mapping[str, Any]

    async def enter(self, address: Address, at_most_seconds: float = 60.0) -> DatabaseConnection:
        host, port = address
        async with asyncio.timeout(min(self.timeout_seconds, at_most_seconds)):
            connection: DatabaseConnection = await asyncpg.connect(
                host=host, port=port, connection_class=DatabaseConnection, **self.options
            )
            connection.on_begin = self.on_begin
            try:
                await _refuse_other_than(self.wanted, connection)
            except BaseException:
                connection.terminate()
                raise
        return connection


class PostgresHosts:
    """Connects to whichever of the hosts takes writes.

    The last one that did is asked first. When it is gone, all are asked at once, by one search however
    many wait for it: so neither does a host that hangs hold the others up, nor do crowds knock at a
    standby that is about to be promoted.
    """

    def __init__(self, on_begin: str = "") -> None:
        """``on_begin`` is sent with every ``BEGIN`` of the connections."""
        self._on_begin = on_begin
        self._open: WeakSet[DatabaseConnection] = WeakSet()
        self._familiar: Address | None = None
        self._search: asyncio.Task[Address] | None = None

    async def connect(
        self,
        *,
        timeout_seconds: float,
        host: str | Sequence[str] | None = None,
        port: int | Sequence[int] | None = None,
        target_session_attrs: str | None = None,
        **options: Any,
    ) -> DatabaseConnection:
        """Connect, by asyncpg's options; ``timeout_seconds`` are of each host.

        Raises:
            OSError: no host is in reach, or none takes writes.
            asyncpg.PostgresError: the server refuses us.
        """
        addresses = _pair(host, port)
        wanted = target_session_attrs or (_ANY if len(addresses) == 1 else _READ_WRITE)
        entrance = _Entrance(timeout_seconds, wanted, self._on_begin, options)
        if len(addresses) == 1:
            connection = await entrance.enter(addresses[0])
        else:
            connection = await self._enter_one_of(addresses, entrance)
        connection.on_silence = self.forget
        self._open.add(connection)
        return connection

    def forget(self) -> None:
        """Look for the host that takes writes anew: the one so far no longer does.

        Connections that are open go on with what is under way, but nobody is to begin with them.
        """
        self._familiar = None
        for connection in self._open:
            connection.is_doubtful = True

    async def _enter_one_of(
        self, addresses: Sequence[Address], entrance: _Entrance
    ) -> DatabaseConnection:
        familiar = self._familiar
        if familiar is not None:
            try:
                return await entrance.enter(familiar, FAMILIAR_SECONDS)
            except (OSError, asyncpg.PostgresError):
                if self._familiar == familiar:
                    self._familiar = None
        return await entrance.enter(self._familiar or await self._search_for(addresses, entrance))

    async def _search_for(self, addresses: Sequence[Address], entrance: _Entrance) -> Address:
        if self._search is None:
            self._search = asyncio.create_task(self._find(addresses, entrance))
            self._search.add_done_callback(self._end_search)
        # Who is cancelled does not take the search away from the others.
        return await asyncio.shield(self._search)

    def _end_search(self, search: asyncio.Task[Address]) -> None:
        self._search = None
        if not search.cancelled():
            search.exception()  # looked at, even if all who waited are gone

    async def _find(self, addresses: Sequence[Address], entrance: _Entrance) -> Address:
        found = await _find_first(addresses, entrance)
        self._familiar = found
        # Where the primary was before, nobody answers any more, or nothing may be written.
        for connection in list(self._open):
            if connection.address != found:
                connection.terminate()
        return found


async def _find_first(addresses: Sequence[Address], entrance: _Entrance) -> Address:
    """The first to let us in; the earlier in the list where two do at once."""
    tries = {asyncio.create_task(entrance.enter(address)): address for address in addresses}
    waiting = set(tries)
    try:
        while waiting:
            _, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            for attempt, address in tries.items():
                if attempt.done() and attempt.exception() is None:
                    return address
    finally:
        await _clear_up(list(tries))
    raise _most_telling([attempt.exception() for attempt in tries])


async def _clear_up(tries: Sequence[asyncio.Task[DatabaseConnection]]) -> None:
    for attempt in tries:
        attempt.cancel()
    for ended in await asyncio.gather(*tries, return_exceptions=True):
        if not isinstance(ended, BaseException):
            ended.terminate()


def _most_telling(errors: Sequence[BaseException | None]) -> BaseException:
    """A refusal by a server says more than a standby, and that more than silence."""
    for kind in (asyncpg.PostgresError, NoPrimaryError, BaseException):
        for error in errors:
            if isinstance(error, kind):
                return error
    raise ValueError("no errors to choose from")


def _pair(host: str | Sequence[str] | None, port: int | Sequence[int] | None) -> Sequence[Address]:
    """Hosts and ports as SQLAlchemy reads them from an address: single, or in lists."""
    if host is None or isinstance(host, str):
        only = port if port is None or isinstance(port, int) else port[0]
        return [(host, only or _DEFAULT_PORT)]
    ports = port if isinstance(port, Sequence) else [port or _DEFAULT_PORT] * len(host)
    return list(zip(host, ports, strict=True))


async def _refuse_other_than(wanted: str, connection: DatabaseConnection) -> None:
    if wanted == _ANY:
        return
    told = connection.get_settings()
    is_closed_to_writes = (
        wanted == _READ_WRITE and getattr(told, "default_transaction_read_only", "off") == "on"
    )
    if is_closed_to_writes or await _is_standby(connection, told):
        raise NoPrimaryError("the host takes no writes")


async def _is_standby(connection: DatabaseConnection, told: Any) -> bool:
    """What servers tell of themselves since PostgreSQL 14; poolers do not hand it on."""
    status = getattr(told, "in_hot_standby", None)
    if status is not None:
        return bool(status == "on")
    async with connection.transaction():
        return await connection.fetchval("SELECT pg_is_in_recovery()") is True
