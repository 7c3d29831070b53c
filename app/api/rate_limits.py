"""The general limits: of users, and of addresses whose requests bring no token that counts."""

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.document import DOCUMENT_PATH
from app.api.errors import answer_refusal
from app.api.middleware import CURRENT_PREFIX
from app.api.standings import add_fields, begin_counting, note_standing
from app.core.errors import TooManyRequestsError
from app.core.network import UNKNOWN, name_network
from app.core.rate_limits import Rate
from app.infra.rate_limiter import RateLimiter
from app.parts import Parts

_UNCOUNTED = {f"{CURRENT_PREFIX}/{path}" for path in ("health", "health/ready")}
"""What watches the service asks from one address, and must not be told that it is ill."""


class RateLimitMiddleware:
    """Refuses visitors beyond their rate before anything is read, and tells all how they stand.

    Who brings a bearer token is counted where it is known whose it is (``app.api.deps``).
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begin_counting(scope)

        async def send_with_fields(message: Message) -> None:
            if message["type"] == "http.response.start":
                add_fields(scope, MutableHeaders(scope=message))
            await send(message)

        try:
            if _is_visit(scope):
                parts: Parts = scope["app"].state.parts
                await count_visit(parts.limiter, scope)
        except TooManyRequestsError as error:
            answer = await answer_refusal(Request(scope), error)
            await answer(scope, receive, send_with_fields)
        else:
            await self._app(scope, receive, send_with_fields)


async def count_visit(limiter: RateLimiter, scope: Scope) -> None:
    """Count a request of nobody known.

    Raises:
        TooManyRequestsError: too many from this address.
    """
    client = scope.get("client")
    address = name_network(client[0]) if client else UNKNOWN
    await _count(limiter, limiter.rates.address, address, scope)


async def count_user(limiter: RateLimiter, user_id: int, scope: Scope) -> None:
    """Count a request of a user.

    Raises:
        TooManyRequestsError: too many of this user.
    """
    await _count(limiter, limiter.rates.user, str(user_id), scope)


async def _count(limiter: RateLimiter, rate: Rate, source: str, scope: Scope) -> None:
    standing = await limiter.count(rate, source)
    if standing.is_exceeded:
        raise TooManyRequestsError(standing=standing)
    note_standing(scope, standing)


def _is_visit(scope: Scope) -> bool:
    path: str = scope["path"]
    if path == DOCUMENT_PATH:  # large, and nobody looks at a token there
        return True
    if not path.startswith("/api/") or path in _UNCOUNTED:
        return False
    return not Headers(scope=scope).get("authorization", "").lower().startswith("bearer ")
