"""Who calls: a token, and one look-up of its user and session."""

import functools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg
import jwt
import orjson
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from tests.benchmarks.yardstick.duties import Limiter

ALGORITHM = "HS256"
AUDIENCE = "questboard:api"
ISSUER = "questboard"
KIND = "access"
_REQUIRED = ["sub", "sid", "exp", "iat", "iss", "aud", "typ", "jti"]

_CALLER = """
SELECT u.id, u.timezone, u.day_starts_at, u.role, u.is_superuser
FROM users u JOIN user_sessions s ON s.user_id = u.id
WHERE s.id = $1 AND u.id = $2 AND u.is_active AND s.revoked_at IS NULL AND s.expires_at > $3
"""


@dataclass(slots=True)
class Parts:
    """What the application is made of."""

    pool: asyncpg.Pool
    key: str
    limiter: Limiter
    trees: dict[tuple[int, int, datetime], bytes]
    """Courses as they are sent, by id, revision and instant."""


@dataclass(slots=True)
class Caller:
    """Who calls, and what day it is there."""

    user_id: int
    zone: ZoneInfo
    now: datetime
    today: date


Connection = Any
Answer = Callable[[Request, Connection, Caller], Awaitable[Response]]
Handler = Callable[[Request], Awaitable[Response]]


def for_callers(answer: Answer) -> Handler:
    """Make a handler of a function that needs a caller and a connection."""

    @functools.wraps(answer)
    async def handle(request: Request) -> Response:
        parts: Parts = request.app.state.parts
        claims = _read_token(parts.key, request.headers.get("authorization", ""))
        async with parts.pool.acquire() as connection:
            caller = await _look_up(connection, claims)
            parts.limiter.count(request.scope, caller.user_id)
            return await answer(request, connection, caller)

    return handle


def send(value: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """A value as JSON."""
    body = orjson.dumps(value, option=orjson.OPT_UTC_Z)
    return Response(body, status, headers, "application/json")


def _read_token(key: str, authorization: str) -> dict[str, Any]:
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer":
        raise HTTPException(401)
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            key,
            algorithms=[ALGORITHM],
            audience=AUDIENCE,
            issuer=ISSUER,
            options={"require": _REQUIRED},
        )
    except jwt.PyJWTError:
        raise HTTPException(401) from None
    if claims["typ"] != KIND:
        raise HTTPException(401)
    return claims


async def _look_up(connection: Connection, claims: dict[str, Any]) -> Caller:
    now = datetime.now(UTC)
    row = await connection.fetchrow(_CALLER, UUID(claims["sid"]), int(claims["sub"]), now)
    if row is None:
        raise HTTPException(401)
    zone = ZoneInfo(row["timezone"])
    wall = now.astimezone(zone)
    today = wall.date()
    if wall.hour < row["day_starts_at"]:
        today = date.fromordinal(today.toordinal() - 1)
    return Caller(row["id"], zone, now, today)
