"""Tokens of other issuers: JWTs (RFC 7519) that somebody else signed, held to RFC 8725."""

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

import jwt

from app.auth.errors import InvalidTokenError
from app.core.external_issuers import MAX_NAME_LENGTH

MAX_TOKEN_LENGTH = 8192
"""Supabase and Better Auth put what they know of the user into it: 1,000 to 2,000 characters mostly."""

LEEWAY_SECONDS = 30
"""How far the issuer's clock may be ahead of ours."""

_REQUIRED = ["iss", "aud", "sub", "exp"]


@dataclass(frozen=True, slots=True)
class ExternalClaims:
    """What a token that counts says. ``profile`` is all of it; only what was checked may be relied on."""

    issuer: str
    subject: str
    issued_at: datetime | None
    profile: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Envelope:
    """What a token says of itself before anything of it was checked: good for choosing the key only."""

    token: str
    issuer: str
    algorithm: str
    key_id: str | None


class Keys(Protocol):
    """What an issuer's tokens are verified with."""

    async def find(self, key_id: str | None, algorithm: str) -> Any | None:
        """The key for a token that names this key and this (allowed) algorithm; None if there is none.

        Raises:
            KeysUnavailableError: nobody knows at the moment.
        """
        ...


class SharedSecret:
    """A secret that both sides know. It has no id; whatever id a token names is not looked at."""

    def __init__(self, secret: str) -> None:
        self._secret = secret

    async def find(self, key_id: str | None, algorithm: str) -> str | None:
        """The secret."""
        return self._secret


@dataclass(frozen=True, slots=True)
class TrustedIssuer:
    """An issuer, as its tokens are held to it."""

    name: str
    audience: str
    algorithms: Collection[str]
    keys: Keys


class ExternalTokens:
    """Reads the tokens of the issuers that the settings name."""

    def __init__(self, issuers: Collection[TrustedIssuer]) -> None:
        self._issuers = {issuer.name: issuer for issuer in issuers}
        self._decoder = jwt.PyJWT()

    def open(self, token: str) -> Envelope | None:
        """What the token says of itself, if it says to be of one of the issuers; nothing is verified."""
        if not self._issuers or len(token) > MAX_TOKEN_LENGTH:
            return None
        try:
            opened = self._decoder.decode_complete(token, options={"verify_signature": False})
        except (jwt.PyJWTError, ValueError, TypeError):
            return None
        header, issuer = opened["header"], opened["payload"].get("iss")
        if not isinstance(issuer, str) or issuer not in self._issuers:
            return None
        # An extension that must be understood: we know none.
        algorithm = None if "crit" in header else header.get("alg")
        return Envelope(token, issuer, str(algorithm), header.get("kid"))

    async def read(self, envelope: Envelope, now: datetime) -> ExternalClaims:
        """The claims of a token that its issuer signed and that counts at ``now``.

        Keys that a token brings along or points to (``jwk``, ``jku``, ``x5c``, ``x5u``) are not looked at.

        Raises:
            InvalidTokenError: anything else. Which, the caller is not told.
            KeysUnavailableError: the issuer's keys can't be had at the moment.
        """
        issuer = self._issuers[envelope.issuer]
        if envelope.algorithm not in issuer.algorithms:
            raise InvalidTokenError
        key = await issuer.keys.find(envelope.key_id, envelope.algorithm)
        if key is None:
            raise InvalidTokenError
        try:
            # The times are compared below, with the service's own clock.
            claims = self._decoder.decode(
                envelope.token,
                key,
                algorithms=[envelope.algorithm],
                audience=issuer.audience,
                issuer=issuer.name,
                options={
                    "require": _REQUIRED,
                    "verify_exp": False,
                    "verify_iat": False,
                    "verify_nbf": False,
                },
            )
            return _check(claims, issuer.name, now.timestamp())
        except (jwt.PyJWTError, ValueError, TypeError, OverflowError):
            raise InvalidTokenError from None


def _check(claims: Mapping[str, Any], issuer: str, now: float) -> ExternalClaims:
    issued_at = _read_instant(claims, "iat")
    if (_read_instant(claims, "exp") or 0) <= now:
        raise InvalidTokenError
    for instant in (issued_at, _read_instant(claims, "nbf")):
        if instant is not None and instant > now + LEEWAY_SECONDS:
            raise InvalidTokenError
    return ExternalClaims(
        issuer,
        _read_subject(claims["sub"]),
        None if issued_at is None else datetime.fromtimestamp(issued_at, UTC),
        claims,
    )


def _read_instant(claims: Mapping[str, Any], name: str) -> float | None:
    """Seconds since 1970, perhaps with a fraction (RFC 7519's NumericDate)."""
    if name not in claims:
        return None
    value = claims[name]
    # Python's JSON knows NaN and infinity, which never expire; its True is a 1.
    if type(value) not in (int, float) or not math.isfinite(value):
        raise TypeError
    return max(0.0, float(value))


def _read_subject(value: object) -> str:
    if not isinstance(value, str) or not 1 <= len(value) <= MAX_NAME_LENGTH:
        raise TypeError
    # Neither controls nor lone surrogates, which no database keeps; nor blanks that look like another.
    if not value.isprintable():
        raise ValueError
    return value
