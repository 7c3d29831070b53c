"""Other issuers, as Better Auth and Supabase are: their keys and tokens, and a server of key sets."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

from tests.support.clock import START

BETTER_AUTH = "https://play.example.org"
SUPABASE = "https://abcdefghijklmnopqrst.supabase.co/auth/v1"
SUPABASE_AUDIENCE = "authenticated"
SECRET = "bQ7x0vN2k9Zt4Lw8Ee1Rr6Yy3Uu5Ii0OoPp"
SUBJECT = "tXJ3sQ8vGm0bR7kPzL2nYc5wHd9fAe1U"
UUID_SUBJECT = "0f9a2c1e-5b7d-4e6f-8a90-1b2c3d4e5f60"
NOW = int(START.timestamp())


@dataclass
class SigningKey:
    """A key pair of an issuer."""

    id: str | None
    algorithm: str
    private: Any

    @classmethod
    def ed25519(cls, key_id: str | None = "ed-1") -> "SigningKey":
        return cls(key_id, "EdDSA", ed25519.Ed25519PrivateKey.generate())

    @classmethod
    def ed448(cls) -> "SigningKey":
        return cls("ed448-1", "EdDSA", ed448.Ed448PrivateKey.generate())

    @classmethod
    def p256(cls, key_id: str | None = "ec-1") -> "SigningKey":
        return cls(key_id, "ES256", ec.generate_private_key(ec.SECP256R1()))

    @classmethod
    def rsa(cls, key_id: str | None = "rsa-1", bits: int = 2048) -> "SigningKey":
        return cls(key_id, "RS256", rsa.generate_private_key(65537, bits))

    @property
    def public_bytes(self) -> bytes:
        """The public half, as everybody can have it."""
        key = self.private.public_key()
        form: bytes = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return form

    def jwk(self, **more: Any) -> dict[str, Any]:
        """The public half in a key set; ``None`` leaves a member out."""
        members = {**_as_jwk(self.private.public_key()), "alg": self.algorithm, "kid": self.id}
        return {name: value for name, value in {**members, **more}.items() if value is not None}

    def private_jwk(self) -> dict[str, Any]:
        """Both halves: what must never be published."""
        return {**_as_jwk(self.private), "alg": self.algorithm, "kid": self.id}

    def sign(self, claims: dict[str, Any], **header: Any) -> str:
        """A token of these claims."""
        named = {} if self.id is None else {"kid": self.id}
        return jwt.encode(claims, self.private, self.algorithm, {**named, **header})


def _as_jwk(key: Any) -> dict[str, Any]:
    kinds: tuple[tuple[Any, Any], ...] = (
        ((ed25519.Ed25519PublicKey, ed25519.Ed25519PrivateKey), OKPAlgorithm),
        ((ed448.Ed448PublicKey, ed448.Ed448PrivateKey), OKPAlgorithm),
        ((ec.EllipticCurvePublicKey, ec.EllipticCurvePrivateKey), ECAlgorithm),
        ((rsa.RSAPublicKey, rsa.RSAPrivateKey), RSAAlgorithm),
    )
    algorithm = next(algorithm for types, algorithm in kinds if isinstance(key, types))
    members: dict[str, Any] = algorithm.to_jwk(key, as_dict=True)
    return members


def better_auth_claims(subject: str = SUBJECT, **changes: Any) -> dict[str, Any]:
    """What a token of Better Auth's JWT plugin says: the user as it has it, for 15 minutes."""
    claims = {
        "iat": NOW,
        "id": subject,
        "name": "Ada Lovelace",
        "email": "ada@example.org",
        "emailVerified": True,
        "image": None,
        "createdAt": "2026-01-01T00:00:00.000Z",
        "updatedAt": "2026-01-01T00:00:00.000Z",
        "sub": subject,
        "exp": NOW + 900,
        "iss": BETTER_AUTH,
        "aud": BETTER_AUTH,
    }
    return {**claims, **changes}


def supabase_claims(subject: str = UUID_SUBJECT, **changes: Any) -> dict[str, Any]:
    """What an access token of Supabase Auth says, for an hour."""
    claims = {
        "iss": SUPABASE,
        "sub": subject,
        "aud": SUPABASE_AUDIENCE,
        "exp": NOW + 3600,
        "iat": NOW,
        "email": "grace@example.org",
        "phone": "",
        "app_metadata": {"provider": "email", "providers": ["email"]},
        "user_metadata": {
            "email": "grace@example.org",
            "email_verified": True,
            "full_name": "Grace Hopper",
            "phone_verified": False,
            "sub": subject,
        },
        "role": "authenticated",
        "aal": "aal1",
        "amr": [{"method": "password", "timestamp": NOW}],
        "session_id": "6f9619ff-8b86-4d01-b42d-00cf4fc964ff",
        "is_anonymous": False,
    }
    return {**claims, **changes}


def without(claims: dict[str, Any], name: str) -> dict[str, Any]:
    """The claims but for one."""
    return {claim: value for claim, value in claims.items() if claim != name}


def sign_shared(claims: dict[str, Any], secret: str | bytes = SECRET, **header: Any) -> str:
    """A token that is signed with a shared secret."""
    return jwt.encode(claims, secret, "HS256", header or None)


@dataclass
class KeyServer:
    """Serves a key set over HTTP, well or badly, and counts who asks."""

    keys: list[dict[str, Any]] = field(default_factory=list)
    answer: bytes | None = None
    """The whole answer, where it is not simply the keys."""

    asked: int = 0
    requests: list[bytes] = field(default_factory=list)
    is_slow: bool = False
    """Whether answers wait until the block ends."""

    port: int = 0
    _server: asyncio.Server | None = None
    _released: asyncio.Event = field(default_factory=asyncio.Event)
    _came: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/jwks"

    def publish(self, *keys: SigningKey) -> None:
        """Show these keys, and no others, from now on."""
        self.keys = [key.jwk() for key in keys]
        self.answer = None

    def publish_raw(self, body: bytes, status: str = "200 OK", *headers: str) -> None:
        """Answer exactly so."""
        lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]
        self.answer = "\r\n".join(lines).encode() + body

    async def start(self) -> None:
        """Listen, at the same port as before."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Be down."""
        assert self._server is not None
        self._server.close()
        self._released.set()
        await self._server.wait_closed()

    def release(self) -> None:
        """Answer those who wait, and be quick again."""
        self.is_slow = False
        self._released.set()

    def hold(self) -> None:
        """Let whoever asks wait."""
        self.is_slow = True
        self._came.clear()
        self._released.clear()

    async def wait_for_request(self) -> None:
        """Return when somebody has asked since ``hold``."""
        await self._came.wait()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            self.requests.append(await reader.readuntil(b"\r\n\r\n"))
            self.asked += 1
            self._came.set()
            if self.is_slow:
                await self._released.wait()
            writer.write(self._make_answer())
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    def _make_answer(self) -> bytes:
        if self.answer is not None:
            return self.answer
        body = json.dumps({"keys": self.keys}).encode()
        lines = ["HTTP/1.1 200 OK", "Content-Type: application/json", "Connection: close"]
        return "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""]).encode() + body


@asynccontextmanager
async def serve_keys(*keys: SigningKey) -> AsyncIterator[KeyServer]:
    """A server of a key set, in this process."""
    server = KeyServer()
    server.publish(*keys)
    await server.start()
    try:
        yield server
    finally:
        await server.stop()
