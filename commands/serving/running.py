"""uvicorn, made to leave without cutting a request, in one process or in several."""

import sys
from contextlib import suppress
from typing import Any

import uvicorn
from uvicorn.supervisors import Multiprocess

from app.core.departure import THIS_PROCESS
from commands.serving.building import building

SHUTDOWN_SECONDS = 20
"""How long requests under way may take to finish when the service is told to leave."""

WORKER_START_SECONDS = 60
"""How long a worker may take to be heard of. uvicorn's own 5 s are too few where a small machine starts
several at once: it would end each of them before it is there, and start the next, for ever.
"""

_FAILED = 3
"""What uvicorn itself exits with when it could not start."""


class ServerConfig(uvicorn.Config):
    """What the processes that serve are told, wherever they are started."""

    def __init__(self, app: str, *, drain_seconds: float, **options: Any) -> None:
        if sys.platform != "win32":
            options |= {
                "loop": "commands.serving.loop:GracefulLoop",
                "http": "commands.serving.protocol:GracefulProtocol",
            }
        super().__init__(app, **options)
        self._drain_seconds = drain_seconds

    def load(self) -> None:
        """Prepare the process that serves: this one, or one of several."""
        THIS_PROCESS.drain_seconds = self._drain_seconds
        with building():
            super().load()


class _Workers(Multiprocess):
    """Several processes that share a socket."""

    def terminate_all(self) -> None:
        """Tell all to leave.

        The socket is let go of here before: else it outlives them, and the system goes on taking
        connections that nobody accepts, and resets them in the end.
        """
        for socket in self.sockets:
            socket.close()
        super().terminate_all()


def run_server(config: ServerConfig) -> None:
    """Serve until told to leave."""
    if config.workers > 1:
        _Workers(config, [config.bind_socket()]).run()
        return
    server = uvicorn.Server(config)
    with suppress(KeyboardInterrupt):
        server.run()
    if not server.started:
        sys.exit(_FAILED)
