"""Access tokens: JWTs (RFC 7519) of a few minutes, bound to a session."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

import jwt

from app.auth.errors import InvalidTokenError
from app.core.external_issuers import OWN_ISSUER

ALGORITHM = "HS256"
ISSUER = OWN_ISSUER
AUDIENCE = "questboard:api"
KIND = "access"
MAX_TOKEN_LENGTH = 4096
"""Ours have about 350 characters; nothing longer is worth decoding."""

_MAX_USER_ID = 2**63 - 1
_REQUIRED = ["sub", "sid", "exp", "iat", "iss", "aud", "typ", "jti"]


@dataclass(frozen=True, slots=True)
class AccessClaims:
    """Whose token it is, and of which session."""

    user_id: int
    session_id: UUID


class AccessTokens:
    """Issues and reads access tokens with one key."""

    def __init__(self, key: str, lifetime_seconds: int) -> None:
        self._key = key
        self.seconds = lifetime_seconds
        self._decoder = jwt.PyJWT()

    def issue(self, claims: AccessClaims, now: datetime) -> str:
        """A token that is good from ``now`` for the configured lifetime."""
        payload = {
            "sub": str(claims.user_id),
            "sid": str(claims.session_id),
            "iss": ISSUER,
            "aud": AUDIENCE,
            "typ": KIND,
            "jti": uuid4().hex,
            "iat": int(now.timestamp()),
            "exp": int(now.timestamp()) + self.seconds,
        }
        return jwt.encode(payload, self._key, ALGORITHM)

    def read(self, token: str, now: datetime) -> AccessClaims:
        """The claims of a token that we issued and that has not expired at ``now``.

        Raises:
            InvalidTokenError: anything else. Which, the caller is not told.
        """
        if len(token) > MAX_TOKEN_LENGTH:
            raise InvalidTokenError
        try:
            # Expiry is compared below with the service's own clock, which is also what issued it.
            payload = self._decoder.decode(
                token,
                self._key,
                algorithms=[ALGORITHM],
                audience=AUDIENCE,
                issuer=ISSUER,
                options={"require": _REQUIRED, "verify_exp": False, "verify_iat": False},
            )
            if payload["typ"] != KIND or _read_instant(payload["exp"]) <= now.timestamp():
                raise InvalidTokenError
            return AccessClaims(_read_user_id(payload["sub"]), UUID(payload["sid"]))
        except (jwt.PyJWTError, ValueError, TypeError, AttributeError):
            raise InvalidTokenError from None


def _read_instant(value: object) -> int:
    # Python's JSON knows NaN and infinity, which never expire.
    if type(value) is not int:
        raise TypeError
    return value


def _read_user_id(value: str) -> int:
    user_id = int(value) if value.isascii() and value.isdigit() else 0
    if not 1 <= user_id <= _MAX_USER_ID:
        raise ValueError
    return user_id
