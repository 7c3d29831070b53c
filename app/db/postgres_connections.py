"""asyncpg's connection, which notices that the other side is gone, and lives behind poolers."""

import asyncio
import re
import socket
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:

    class _Connection:
        """What we use of asyncpg's connection, which comes without types."""

        _config: Any

        def __init__(self, *arguments: Any) -> None: ...

        async def execute(self, query: str, *args: Any, **options: Any) -> Any: ...

        async def fetch(self, query: str, *args: Any) -> Any: ...

        async def fetchval(self, query: str) -> Any: ...

        async def set_type_codec(self, *args: Any, **options: Any) -> None: ...

        def get_settings(self) -> Any: ...

        def is_closed(self) -> bool: ...

        def terminate(self) -> None: ...

        def transaction(self) -> AbstractAsyncContextManager[None]: ...

else:
    from asyncpg import Connection as _Connection

_KEEPALIVE = {
    "TCP_KEEPIDLE": 10,
    "TCP_KEEPINTVL": 3,
    "TCP_KEEPCNT": 3,
    "TCP_USER_TIMEOUT": 10_000,
}
"""A host that vanished is noticed within 20 seconds while we wait, within 10 once we have sent. The last
is in milliseconds, the others are seconds and tries. macOS lacks some of them."""

_LIFTED = re.compile(r"SET LOCAL statement_timeout = 0\b")


class DatabaseConnection(_Connection):
    """A connection whose silence is noticed."""

    __slots__ = ("_patience", "address", "is_doubtful", "on_begin", "on_silence")

    address: tuple[str, int] | str
    """Of the server's host and port, or of its socket."""
    on_begin: str
    """What is sent together with each ``BEGIN``, in one round trip."""
    on_silence: Callable[[], None]
    """Hears that the server is taken for gone."""
    is_doubtful: bool
    """Whether the server was given up on another connection."""

    def __init__(
        self, protocol: Any, transport: asyncio.Transport, loop: Any, address: Any, *rest: Any
    ) -> None:
        super().__init__(protocol, transport, loop, address, *rest)
        self.address = address
        self.on_begin = ""
        self.on_silence = _ignore
        self.is_doubtful = False
        self._patience = self._config.command_timeout
        _keep_alive(transport)

    async def execute(self, query: str, *args: Any, **options: Any) -> Any:
        """Run a command; asyncpg begins its transactions by this."""
        if query.startswith("BEGIN"):
            query += self.on_begin
        return await super().execute(query, *args, **options)

    async def set_type_codec(self, *args: Any, **options: Any) -> None:
        """Set a codec. It looks the type up in several steps, which a pooler must not part."""
        async with self.transaction():
            await super().set_type_codec(*args, **options)

    def give_up(self) -> None:
        """Close it at once, without a word to the server, which is of no use any more."""
        self.terminate()
        self.on_silence()

    def follow(self, statement: str) -> None:
        """Wait without end for the rest of a transaction that lifts the server's own limit."""
        if _LIFTED.match(statement):
            self._wait(None)

    def calm(self) -> None:
        """Wait as long as usual again."""
        self._wait(self._patience)

    def _wait(self, seconds: float | None) -> None:
        # The driver takes a limit for each call, which SQLAlchemy does not hand on, or this one for all.
        if self._config.command_timeout != seconds:
            self._config = self._config._replace(command_timeout=seconds)


def _ignore() -> None:
    """Nobody is to hear."""


def _keep_alive(transport: asyncio.Transport) -> None:
    connection = transport.get_extra_info("socket")
    if connection is None or connection.family == getattr(socket, "AF_UNIX", None):
        return
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in _KEEPALIVE.items():
        option = getattr(socket, name, None)
        if option is not None:
            connection.setsockopt(socket.IPPROTO_TCP, option, value)
