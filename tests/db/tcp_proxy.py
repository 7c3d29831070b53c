"""A door before a server, which tests can shut: the server is then out of reach, but lives on.

Or it swallows all that is said, as a network does that lost a host.
"""

import asyncio
from contextlib import suppress

_CHUNK = 65536


class TcpProxy:
    """Forwards connections of a port of 127.0.0.1 to another, as long as it is open."""

    def __init__(self, target_port: int) -> None:
        self._target_port = target_port
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()
        self._carries = asyncio.Event()
        self._carries.set()
        self.port = 0

    @property
    def has_connections(self) -> bool:
        """Whether anybody is connected through it."""
        return bool(self._connections)

    async def open(self) -> None:
        """Let connections in; always on the same port."""
        self._server = await asyncio.start_server(self._forward, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def shut(self) -> None:
        """Break all connections, and refuse new ones."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for connection in list(self._connections):
            connection.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    def swallow(self) -> None:
        """Take everything and hand on nothing: connections stay, new ones are let in, nobody answers."""
        self._carries.clear()

    def carry(self) -> None:
        """Hand on again, what was swallowed as well."""
        self._carries.set()

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        ends = [writer]
        try:
            theirs, to_them = await asyncio.open_connection("127.0.0.1", self._target_port)
            ends.append(to_them)
            await asyncio.gather(self._copy(reader, to_them), self._copy(theirs, writer))
        except (asyncio.CancelledError, OSError):
            pass  # shut, or the other side is gone
        finally:
            self._connections.discard(task)
            for end in ends:
                end.transport.abort()
                with suppress(OSError):
                    await end.wait_closed()

    async def _copy(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        while chunk := await source.read(_CHUNK):
            await self._carries.wait()
            target.write(chunk)
            await target.drain()
        target.close()
