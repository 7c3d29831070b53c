"""The OpenAPI document as it is served: made once, when somebody first asks for it."""

import asyncio
import hashlib
import json
from dataclasses import dataclass
from typing import Final

import anyio.to_thread
from fastapi import FastAPI, Response

from app.api.conditional import FreshnessDep
from app.api.docs import build_document

DOCUMENT_PATH: Final = "/openapi.json"


@dataclass(frozen=True, slots=True)
class _Document:
    tag: str
    body: bytes


class _KeptDocument:
    """Keeps the text alone: what it is made of is ten times as large."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app
        self._lock = asyncio.Lock()
        self._made: _Document | None = None

    async def get(self) -> _Document:
        """The document. Making it takes a second, beside the event loop; whoever asks meanwhile waits."""
        async with self._lock:
            if self._made is None:
                self._made = await anyio.to_thread.run_sync(self._make)
        return self._made

    def _make(self) -> _Document:
        text = json.dumps(build_document(self._app), ensure_ascii=False, separators=(",", ":"))
        body = text.encode()
        return _Document(hashlib.sha256(body).hexdigest()[:32], body)


def add_document(app: FastAPI) -> None:
    """Put the document beside the API that it describes."""
    kept = _KeptDocument(app)

    async def show_document(freshness: FreshnessDep) -> Response:
        """The OpenAPI document."""
        document = await kept.get()
        return freshness.check(document.tag, is_public=True) or freshness.send(document.body)

    app.add_api_route(
        DOCUMENT_PATH, show_document, methods=["GET", "HEAD"], include_in_schema=False
    )
