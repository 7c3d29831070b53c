"""Event streams as clients see them: over HTTP, read until somebody stops."""

import asyncio
import json
from collections.abc import AsyncIterator, Generator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.core.notices import Notice, NoticeKind
from app.db.session import Database
from tests.support.clock import START

PATH = "/game/events"


@dataclass
class Event:
    """What stands between two empty lines of a stream."""

    fields: dict[str, str] = field(default_factory=dict)
    comment: str | None = None

    @property
    def id(self) -> int:
        return int(self.fields["id"])

    @property
    def is_told(self) -> bool:
        """Whether a browser would dispatch it."""
        return "data" in self.fields

    @property
    def data(self) -> dict[str, Any]:
        decoded: dict[str, Any] = json.loads(self.fields["data"])
        return decoded


class StreamReader:
    """Puts events together, from bytes that may be cut anywhere."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, chunk: bytes) -> list[Event]:
        """The events that are whole with this chunk."""
        *blocks, self._rest = (self._rest + chunk).split(b"\n\n")
        return [_parse(block.decode()) for block in blocks]


def _parse(block: str) -> Event:
    event = Event()
    for line in block.split("\n"):
        name, _, value = line.partition(": ")
        if name:
            event.fields[name] = value
        else:
            event.comment = value
    return event


@dataclass
class Stream:
    """An open stream."""

    response: httpx.Response
    events: AsyncIterator[Event]

    async def next(self) -> Event:
        """The next that is no comment."""
        while not (event := await anext(self.events)).fields:
            pass
        return event

    async def take(self, count: int) -> list[int]:
        """The ids of the next events."""
        return [(await self.next()).id for _ in range(count)]

    async def read_to_end(self) -> list[int]:
        """The ids of all that still come; returns when the server ends the stream."""
        return [event.id async for event in self.events if event.is_told]


@asynccontextmanager
async def follow(url: str, token: str, last_event_id: int | None = None) -> AsyncIterator[Stream]:
    """Open a stream; it is cut when the block ends."""
    headers = {"Authorization": f"Bearer {token}"}
    if last_event_id is not None:
        headers["Last-Event-ID"] = str(last_event_id)
    async with (
        httpx.AsyncClient(base_url=url, headers=headers, timeout=60) as client,
        client.stream("GET", PATH) as response,
    ):
        assert response.status_code == 200, await response.aread()
        yield Stream(response, read_events(response))


async def read_events(response: httpx.Response) -> AsyncIterator[Event]:
    reader = StreamReader()
    async for chunk in response.aiter_raw():
        for event in reader.feed(chunk):
            yield event


class _Server(uvicorn.Server):
    """A server that leaves signals to the run of the tests."""

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield


@asynccontextmanager
async def listen_on_http(app: ASGIApp) -> AsyncIterator[str]:
    """The running application behind uvicorn, in this process; gives the address of its API."""
    config = uvicorn.Config(app, port=0, lifespan="off", log_config=None, access_log=False)
    server = _Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.wait([serving], timeout=0.01)
        assert not serving.done()
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}/api/v1"
    finally:
        server.should_exit = True
        await serving


async def tell(database: Database, user_id: int, count: int = 1) -> None:
    """Tell a learner something, so many times in one transaction."""
    async with database.writing() as transaction:
        player = await transaction.uow.players.lock(user_id)
        assert player is not None
        await transaction.uow.notifications.add(player, notices(count), START)
        await transaction.uow.players.save(player)
        await transaction.commit()


def notices(count: int) -> Sequence[Notice]:
    return [Notice(NoticeKind.LEVEL_UP, {"level": 2 + n}) for n in range(count)]


class StreamCutter:
    """Ends event streams after their first bytes: httpx's transport for tests gives answers whole."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_stream, is_cut = False, False

        async def send_beginning(message: Message) -> None:
            nonlocal is_stream, is_cut
            if message["type"] == "http.response.start":
                is_stream = (b"content-type", b"text/event-stream; charset=utf-8") in message[
                    "headers"
                ]
            elif is_stream:
                if is_cut:
                    return
                is_cut = True
                message = {**message, "more_body": False}
            await send(message)

        await self._app(scope, receive, send_beginning)
