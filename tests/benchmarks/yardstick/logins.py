"""Logging in: the password is hashed in a thread, with the service's own parameters."""

import asyncio
import hashlib
import secrets
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs
from uuid import uuid4

import jwt
from pwdlib.exceptions import PwdlibError
from pwdlib.hashers.argon2 import Argon2Hasher
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from tests.benchmarks.yardstick.entrance import ALGORITHM, AUDIENCE, ISSUER, KIND, Parts, send

TOKEN_SECONDS = 600
_SESSION_DAYS = 14
_USER = "SELECT id, hashed_password FROM users WHERE email = $1 AND is_active"
_OPEN = """
INSERT INTO user_sessions (id, user_id, family_hash, token_hash, rotated_at, user_agent, address,
  last_used_at, expires_at, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $5, $8, $5)
"""
_hasher = Argon2Hasher()


async def log_in(request: Request) -> Response:
    """``POST /auth/login``."""
    form = parse_qs((await request.body()).decode())
    if "username" not in form or "password" not in form:
        raise HTTPException(422)
    parts: Parts = request.app.state.parts
    user = await parts.pool.fetchrow(_USER, form["username"][0].strip().lower())
    if user is None or not await asyncio.to_thread(
        _verify, form["password"][0], user["hashed_password"]
    ):
        raise HTTPException(401)
    now, session_id, refresh_token = datetime.now(UTC), uuid4(), secrets.token_urlsafe(32)
    digest = hashlib.sha256(refresh_token.encode()).digest()
    agent = request.headers.get("user-agent", "")[:200]
    address = request.client.host if request.client else "unknown"
    expires_at = now + timedelta(days=_SESSION_DAYS)
    await parts.pool.execute(
        _OPEN, session_id, user["id"], digest, digest, now, agent, address, expires_at
    )
    payload = {
        "sub": str(user["id"]),
        "sid": str(session_id),
        "iss": ISSUER,
        "aud": AUDIENCE,
        "typ": KIND,
        "jti": uuid4().hex,
        "iat": int(now.timestamp()),
        "exp": int(now.timestamp()) + TOKEN_SECONDS,
    }
    return send(
        {
            "access_token": jwt.encode(payload, parts.key, ALGORITHM),
            "token_type": "bearer",
            "expires_in": TOKEN_SECONDS,
            "refresh_token": refresh_token,
        }
    )


def _verify(password: str, hashed: str) -> bool:
    try:
        return _hasher.verify(password, hashed)
    except PwdlibError:
        return False
