"""What stands around every request. Pure ASGI: nothing is buffered, nothing copied."""

import re
import time

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.core.metrics import REQUESTS_IN_FLIGHT, record_request
from app.core.request_id import begin_request

_log = structlog.get_logger("app.access")

_VERSIONED = re.compile(r"/api/v\d+(/|$)")
CURRENT_PREFIX = "/api/v1"

_Field = tuple[bytes, bytes]

_REQUEST_ID = b"x-request-id"
_SECURITY_FIELDS: list[_Field] = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
]
_HTTPS_FIELD: _Field = (b"strict-transport-security", b"max-age=31536000; includeSubDomains")
PAGE_POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
_POLICY = b"content-security-policy"
_API_FIELDS: list[_Field] = [
    (_POLICY, b"default-src 'none'; frame-ancestors 'none'"),
    (b"cache-control", b"no-store"),
]
_PAGE_FIELDS: list[_Field] = [(_POLICY, PAGE_POLICY.encode())]
"""What an answer has unless it says otherwise."""


class RequestContextMiddleware:
    """Gives each request its id, its security headers, its line in the log and its place in the metrics.

    It wraps even the server-error handler, so that a 500 has them as well.
    """

    def __init__(self, app: ASGIApp, *, is_secure: bool) -> None:
        self._app = app
        self._fields = [*_SECURITY_FIELDS, _HTTPS_FIELD] if is_secure else _SECURITY_FIELDS
        self._names = {_REQUEST_ID, *(name for name, _ in self._fields)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        client = scope.get("client")
        request_id = begin_request(client[0] if client else None)
        begun = time.perf_counter()
        status = 500

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                self._add_headers(scope["path"], message["headers"], request_id)
            await send(message)

        REQUESTS_IN_FLIGHT.inc()
        try:
            await self._app(scope, receive, send_with_headers)
        finally:
            REQUESTS_IN_FLIGHT.dec()
            seconds = time.perf_counter() - begun
            route = template_of(scope)
            record_request(scope["method"], route, status, seconds)
            _log.info(
                "request",
                method=scope["method"],
                route=route,
                status=status,
                milliseconds=round(seconds * 1000, 1),
            )

    def _add_headers(self, path: str, headers: list[_Field], request_id: str) -> None:
        given = {name for name, _ in headers}
        if not given.isdisjoint(self._names):
            headers[:] = [field for field in headers if field[0] not in self._names]
        headers.append((_REQUEST_ID, request_id.encode()))
        headers += self._fields
        in_api = path.startswith("/api/")
        headers += [
            field for field in (_API_FIELDS if in_api else _PAGE_FIELDS) if field[0] not in given
        ]


def template_of(scope: Scope) -> str | None:
    """The path of the route as the code has it, not as it was asked for: ids belong to people.

    Of files that are served as they are it is the folder's.
    """
    return getattr(scope.get("route"), "path_format", None) or scope.get("root_path") or None


class NewestVersionMiddleware:
    """Lets ``/api/...`` answer as the newest version, without a second copy of every route."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] == "http":
            path: str = scope["path"]
            if path.startswith("/api/") and not _VERSIONED.match(path):
                scope = {**scope, "path": CURRENT_PREFIX + path[len("/api") :]}
        await self._app(scope, receive, send)
