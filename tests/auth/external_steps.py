"""Several other issuers at once, and what reads their tokens: alone, or the whole service."""

import base64
import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.auth.errors import InvalidTokenError
from app.auth.external_tokens import ExternalClaims, ExternalTokens, SharedSecret, TrustedIssuer
from app.auth.remote_keys import RemoteKeys
from tests.support.clock import START, FakeClock
from tests.support.issuers import (
    BETTER_AUTH,
    SECRET,
    SUBJECT,
    SUPABASE,
    SUPABASE_AUDIENCE,
    UUID_SUBJECT,
    KeyServer,
    SigningKey,
    better_auth_claims,
    serve_keys,
    sign_shared,
    supabase_claims,
)
from tests.support.service import Service, run_service

LEGACY = "https://legacy.supabase.co/auth/v1"
SHARED = "https://shared.example.org"
LEGACY_SECRET = "Lg7x0vN2k9Zt4Lw8Ee1Rr6Yy3Uu5Ii0OoPpQq8Ss"


@dataclass
class World:
    """Four issuers at once: two with secrets, two with key sets."""

    tokens: ExternalTokens
    ed: SigningKey
    ec: SigningKey

    async def read(self, token: str) -> ExternalClaims:
        envelope = self.tokens.open(token)
        if envelope is None:
            raise InvalidTokenError
        return await self.tokens.read(envelope, START)

    async def check_refused(self, token: str) -> None:
        with pytest.raises(InvalidTokenError):
            await self.read(token)


@asynccontextmanager
async def open_world() -> AsyncIterator[World]:
    ed, ec = SigningKey.ed25519(), SigningKey.p256()
    async with (
        serve_keys(ed) as better_auth,
        serve_keys(ec) as supabase,
        httpx.AsyncClient() as client,
    ):
        algorithms, clock = ("EdDSA", "ES256"), FakeClock()
        ed_keys = RemoteKeys(BETTER_AUTH, better_auth.url, algorithms, client, clock)
        ec_keys = RemoteKeys(SUPABASE, supabase.url, algorithms, client, clock)
        issuers = [
            TrustedIssuer(BETTER_AUTH, BETTER_AUTH, algorithms, ed_keys),
            TrustedIssuer(SUPABASE, SUPABASE_AUDIENCE, algorithms, ec_keys),
            TrustedIssuer(SHARED, SHARED, ("HS256",), SharedSecret(SECRET)),
            TrustedIssuer(LEGACY, SUPABASE_AUDIENCE, ("HS256",), SharedSecret(LEGACY_SECRET)),
        ]
        yield World(ExternalTokens(issuers), ed, ec)


def shared_claims(**changes: Any) -> dict[str, Any]:
    return better_auth_claims(**{"iss": SHARED, "aud": SHARED, **changes})


def encode(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def sign_raw(header: bytes, payload: bytes) -> str:
    """A token whose parts are what a JSON library would not write, signed well with the secret."""
    signed = f"{encode(header)}.{encode(payload)}"
    return f"{signed}.{encode(hmac.digest(SECRET.encode(), signed.encode(), 'sha256'))}"


@dataclass
class Issuers:
    """The running service, and three other issuers whose tokens count there."""

    service: Service
    better_auth: KeyServer
    supabase: KeyServer
    ed: SigningKey
    ec: SigningKey

    @property
    def better_auth_url(self) -> str:
        return f"http://127.0.0.1:{self.better_auth.port}"

    def better_auth_token(self, subject: str = SUBJECT, **claims: Any) -> str:
        """A token of Better Auth's, signed with its own key."""
        named = {"iss": self.better_auth_url, "aud": self.better_auth_url}
        return self.ed.sign(better_auth_claims(subject, **{**named, **claims}))

    def supabase_token(self, subject: str = UUID_SUBJECT, **claims: Any) -> str:
        """A token of Supabase's, signed with its own key."""
        return self.ec.sign(supabase_claims(subject, **claims))

    def shared_token(self, subject: str = SUBJECT, **claims: Any) -> str:
        """A token that is signed with the shared secret."""
        named = {"iss": SHARED, "aud": SHARED}
        return sign_shared(better_auth_claims(subject, **{**named, **claims}))

    async def get_me(self, token: str) -> dict[str, Any]:
        """The account that a token belongs to."""
        answer = await self.service.client(token).get("/users/me")
        assert answer.status_code == 200, answer.text
        account: dict[str, Any] = answer.json()
        return account


@asynccontextmanager
async def run_with_issuers(url: str, folder: Path, **supabase: Any) -> AsyncIterator[Issuers]:
    """Run the service on a migrated database; ``supabase`` are further settings of that issuer."""
    ed, ec = SigningKey.ed25519(), SigningKey.p256()
    async with serve_keys(ed) as ed_server, serve_keys(ec) as ec_server:
        listed = [
            {
                "issuer": SUPABASE,
                "audience": SUPABASE_AUDIENCE,
                "jwks_url": f"{ec_server.url}.json",
                **supabase,
            },
            {"issuer": SHARED, "audience": SHARED, "secret": SECRET},
        ]
        settings: dict[str, Any] = {
            "better_auth_url": f"http://127.0.0.1:{ed_server.port}",
            "external_issuers": listed,
        }
        async with run_service(url, folder, **settings) as service:
            await service.settle()
            yield Issuers(service, ed_server, ec_server, ed, ec)
            await service.reset()
