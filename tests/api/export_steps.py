"""Steps that the tests of exports share."""

import asyncio
import io
import json
import zipfile
from dataclasses import dataclass, field
from typing import Any

from starlette.types import Message, Scope

from app.services.export.exporting import ExportService
from tests.support.service import Learner, Service

PATH = "/users/me/export"
ABOUT_ITSELF = {"README.txt", "contents.json"}

Rows = dict[str, list[dict[str, Any]]]


def unzip(archive: bytes) -> dict[str, bytes]:
    """The files of an export, by name and in their order; each is whole."""
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        assert opened.testzip() is None
        return {name: opened.read(name) for name in opened.namelist()}


def read_rows(archive: bytes) -> Rows:
    """The rows of each file, by its name without the ending."""
    return {
        name.removesuffix(".json"): json.loads(content)
        for name, content in unzip(archive).items()
        if name not in ABOUT_ITSELF
    }


async def fetch(service: Service, learner: Learner) -> bytes:
    """The bytes of an export, which has to succeed: it is the first of its hour."""
    await service.parts.counters.reset()
    answer = await learner.client.get(PATH)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/zip"
    assert int(answer.headers["content-length"]) == len(answer.content)
    return answer.content


async def export(service: Service, learner: Learner) -> Rows:
    """The rows of each file of a new export."""
    return read_rows(await fetch(service, learner))


def make_service(service: Service) -> ExportService:
    """What the route writes exports by."""
    return ExportService(service.parts.database.snapshot, service.clock)


async def stay() -> bool:
    """Who asked for the export is still there."""
    return False


def count_connections(service: Service) -> int:
    """How many connections of the database are in use."""
    pools = {engine.pool for engine in service.parts.database.engines.pooled}
    return sum(int(pool.status().rpartition(" ")[2]) for pool in pools)


@dataclass
class Download:
    """A client that takes no more than the beginning of its answer, until it goes on or leaves."""

    service: Service
    token: str
    messages: list[Message] = field(default_factory=list)
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    goes_on: asyncio.Event = field(default_factory=asyncio.Event)
    left: asyncio.Event = field(default_factory=asyncio.Event)
    _sent: bool = False

    async def run(self) -> None:
        """Ask, and return when the service has done with it."""
        await self.service.app(self._make_scope(), self._receive, self._take)

    @property
    def status(self) -> int:
        status: int = self.messages[0]["status"]
        return status

    @property
    def is_whole(self) -> bool:
        return not self.messages[-1].get("more_body", True)

    async def _receive(self) -> Message:
        if not self._sent:
            self._sent = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def _take(self, message: Message) -> None:
        self.messages.append(message)
        if message["type"] == "http.response.body":
            self.begun.set()
            await self.goes_on.wait()

    def _make_scope(self) -> Scope:
        return {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": f"/api/v1{PATH}",
            "raw_path": f"/api/v1{PATH}".encode(),
            "query_string": b"",
            "root_path": "",
            "headers": [
                (b"host", b"testserver"),
                (b"authorization", f"Bearer {self.token}".encode()),
            ],
            "client": ("127.0.0.1", 4711),
            "server": ("testserver", 80),
        }
