"""An event loop whose listening sockets close without a loss.

The system takes connections before the process accepts them. Closing the socket resets those, together with
the requests that their clients have sent already.
"""

import asyncio
import os
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import uvloop

from app.core.departure import THIS_PROCESS

_CLOSING_SECONDS = 0.05
"""How long the loop may take to let go of its own sockets."""


@dataclass(frozen=True, slots=True)
class _Listener:
    server: asyncio.AbstractServer
    make_protocol: Callable[[], asyncio.BaseProtocol]
    ours: list[socket.socket]
    """Second handles of the server's sockets, which keep them alive until they are emptied."""


class GracefulLoop(uvloop.Loop):
    """uvloop, and how to stop listening."""

    def __init__(self) -> None:
        super().__init__()
        self._listeners: list[_Listener] = []

    async def create_server(
        self, protocol_factory: Callable[[], asyncio.BaseProtocol], *args: Any, **options: Any
    ) -> Any:
        """Listen, as ever. A socket that was given is taken over: nobody else must hold it."""
        given = options.get("sock")
        if given is not None:
            options["sock"] = given.dup()
            given.close()
        server: Any = await super().create_server(protocol_factory, *args, **options)
        ours = [_open_again(one.fileno()) for one in server.sockets]
        self._listeners.append(_Listener(server, protocol_factory, ours))
        THIS_PROCESS.stop_listening = self.stop_listening
        return server

    async def stop_listening(self) -> None:
        """Refuse new connections, after accepting those that the system has taken."""
        listeners, self._listeners = self._listeners, []
        for listener in listeners:
            listener.server.close()
        await asyncio.sleep(_CLOSING_SECONDS)
        for listener in listeners:
            for connection in [one for ours in listener.ours for one in _empty(ours)]:
                await self.connect_accepted_socket(listener.make_protocol, connection)


def _open_again(number: int) -> socket.socket:
    again = socket.socket(fileno=os.dup(number))
    again.settimeout(0)
    return again


def _empty(listener: socket.socket) -> Iterator[socket.socket]:
    """Accept what waits, and close the socket the moment that nothing does."""
    with listener:
        while True:
            try:
                connection, _ = listener.accept()
            except ConnectionAbortedError:  # a client that went away before it was let in
                continue
            except OSError:  # none is left (or no handle for one: then it is lost)
                return
            connection.settimeout(0)
            yield connection
