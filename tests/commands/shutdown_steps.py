"""Learners who are at work while servers leave, and a balancer that goes by readiness."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx

from app.auth.sessions import Device
from app.core.config import Settings
from app.parts import open_parts
from tests.support.load import CLIENTS
from tests.support.service import cheap_passwords

_CHUNK = 65536
PROBE_SECONDS = 0.1


@dataclass(frozen=True)
class Learners:
    """Accounts that are logged in, and what they have in the end."""

    tokens: Sequence[str]

    async def count_tasks(self, url: str) -> int:
        """How many tasks the service keeps for all of them."""
        return sum([await self._count_of(url, token) for token in self.tokens])

    async def _count_of(self, url: str, token: str) -> int:
        headers = {"Authorization": f"Bearer {token}"}
        count = 0
        cursor: str | None = ""
        async with httpx.AsyncClient(base_url=url, headers=headers) as client:
            while cursor is not None:
                query = {"limit": "100"} | ({"cursor": cursor} if cursor else {})
                page = (await client.get("/tasks", params=query)).json()
                count, cursor = count + len(page["items"]), page["next_cursor"]
        return count


async def bring_learners(database_url: str, folder: Path) -> Learners:
    """As many as there are clients, on a migrated database."""
    settings = Settings(database_url=database_url, data_dir=folder)
    tokens = []
    async with open_parts(settings, passwords=cheap_passwords()) as parts:
        for number in range(CLIENTS):
            values = {"email": f"{folder.name}-{number}@example.org", "hashed_password": "none"}
            user_id = (await parts.manager.user_db.create(values)).id
            pair = await parts.sessions.open(user_id, Device("tests", "127.0.0.1"))
            tokens.append(pair.access_token)
    return Learners(tokens)


class Balancer:
    """Forwards each new connection to the next server that says that it is ready."""

    def __init__(self) -> None:
        self._servers: list[int] = []
        self._ready: list[int] = []
        self._turn = 0
        self._connections: set[asyncio.Task[None]] = set()
        self._has_changed = asyncio.Condition()
        self.url = ""

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Listen on a free port."""
        server = await asyncio.start_server(self._forward, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/api/v1"
        watching = asyncio.create_task(self._watch())
        try:
            yield
        finally:
            watching.cancel()
            server.close()
            connections = list(self._connections)
            for connection in connections:
                connection.cancel()
            await asyncio.gather(watching, *connections, return_exceptions=True)

    async def add(self, port: int) -> None:
        """Send connections to this server as well, once it is ready; wait until then."""
        self._servers.append(port)
        async with asyncio.timeout(30), self._has_changed:
            await self._has_changed.wait_for(lambda: port in self._ready)

    async def _watch(self) -> None:
        async with httpx.AsyncClient() as client:
            while True:
                ready = [port for port in self._servers if await _is_ready(client, port)]
                async with self._has_changed:
                    self._ready = ready
                    self._has_changed.notify_all()
                await asyncio.sleep(PROBE_SECONDS)

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        self._turn += 1
        port = self._ready[self._turn % len(self._ready)]
        ends = [writer]
        try:
            theirs, to_them = await asyncio.open_connection("127.0.0.1", port)
            ends.append(to_them)
            await asyncio.gather(_copy(reader, to_them), _copy(theirs, writer))
        except (asyncio.CancelledError, OSError):
            pass  # the test is over, or the other side is gone
        finally:
            self._connections.discard(task)
            for end in ends:
                end.close()
                with suppress(OSError):
                    await end.wait_closed()


async def _is_ready(client: httpx.AsyncClient, port: int) -> bool:
    try:
        answer = await client.get(f"http://127.0.0.1:{port}/api/v1/health/ready")
    except httpx.TransportError:
        return False
    return answer.is_success


async def _copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    while chunk := await source.read(_CHUNK):
        target.write(chunk)
        await target.drain()
    target.close()
