"""What every request is owed beside its answer: an id, a line in the log, a count, the security headers."""

import os
import secrets
import time
from dataclasses import dataclass
from datetime import UTC, datetime

import orjson
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

USER_QUOTA = 100_000
"""Requests of one user in a minute; as many as the service's settings admit."""
WINDOW_SECONDS = 60

GONE = 499
"""Logged of requests whose clients did not wait for the answer, as nginx does."""

_STANDARD_ERROR = 2
_KEY = "yardstick"
_ALWAYS = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
]
_UNCACHED = (b"cache-control", b"no-store")
_POLICY = (b"ratelimit-policy", f'"user";q={USER_QUOTA};w={WINDOW_SECONDS}'.encode())


@dataclass(slots=True)
class Visit:
    """What is known of a request under way."""

    request_id: str
    user_id: int | None = None
    remaining: int = 0
    seconds_left: int = 0


class Duties:
    """Stands around the whole application."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        visit = scope[_KEY] = Visit(secrets.token_hex(16))
        begun = time.perf_counter()
        status = 500

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                _add_headers(visit, message["headers"])
            await send(message)

        try:
            await self._app(scope, receive, send_with_headers)
        except ClientDisconnect:
            status = GONE
        finally:
            _log(scope, visit, status, time.perf_counter() - begun)


class Limiter:
    """Counts the requests of users in windows of the clock, in this process."""

    def __init__(self) -> None:
        self._counts: dict[int, int] = {}
        self._window = 0

    def count(self, scope: Scope, user_id: int) -> None:
        """Count a request of a user.

        Raises:
            HTTPException: 429, too many.
        """
        window, elapsed = divmod(time.time(), WINDOW_SECONDS)
        if window != self._window:
            self._window = int(window)
            self._counts.clear()
        count = self._counts[user_id] = self._counts.get(user_id, 0) + 1
        if count > USER_QUOTA:
            raise HTTPException(429)
        visit: Visit = scope[_KEY]
        visit.user_id = user_id
        visit.remaining = USER_QUOTA - count
        visit.seconds_left = WINDOW_SECONDS - int(elapsed)


def _add_headers(visit: Visit, headers: list[tuple[bytes, bytes]]) -> None:
    headers.append((b"x-request-id", visit.request_id.encode()))
    headers += _ALWAYS
    if not any(name == b"cache-control" for name, _ in headers):
        headers.append(_UNCACHED)
    if visit.user_id is not None:
        left = f'"user";r={visit.remaining};t={visit.seconds_left}'
        headers += [_POLICY, (b"ratelimit", left.encode())]


def _log(scope: Scope, visit: Visit, status: int, seconds: float) -> None:
    line = {
        "event": "request",
        "method": scope["method"],
        "route": getattr(scope.get("endpoint"), "__name__", None),
        "status": status,
        "milliseconds": round(seconds * 1000, 1),
        "request_id": visit.request_id,
        "user_id": visit.user_id,
        "level": "info",
        "timestamp": datetime.now(UTC),
    }
    os.write(
        _STANDARD_ERROR, orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE | orjson.OPT_UTC_Z)
    )
