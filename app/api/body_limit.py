"""The limits of request bodies."""

from collections.abc import Mapping

from fastapi import HTTPException
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.errors import problem

STATUS = 413
CODE = "body_too_large"
DETAIL = "The body is larger than this service takes."


class BodyLimitMiddleware:
    """Refuses large bodies: unread where their length is told, else as soon as it is seen.

    FastAPI's own ``max_body_size`` looks when the body is read or the answer sent. A route that reads
    no body has done its work by then, and what it did would be answered with a refusal.
    """

    def __init__(
        self, app: ASGIApp, at_most: int, others: Mapping[tuple[str, str], int] | None = None
    ) -> None:
        """``others`` are the limits of single operations, by method and path."""
        self._app = app
        self._at_most = at_most
        self._others = others or {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        at_most = self._others.get((scope["method"], scope["path"]), self._at_most)
        if _told_length(scope) > at_most:
            await problem(STATUS, CODE, DETAIL)(scope, receive, send)
            return
        received = 0

        async def receive_within_limit() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > at_most:
                raise HTTPException(STATUS, DETAIL)
            return message

        await self._app(scope, receive_within_limit, send)


def _told_length(scope: Scope) -> int:
    """Content-Length, or 0 where there is none that counts: then the bytes are counted as they come."""
    told = Headers(scope=scope).get("content-length", "")
    return int(told[:20]) if told.isascii() and told.isdigit() else 0
