"""Tokens that no issuer signed, or not as it should: each is refused, and nobody told why."""

import hmac
import json
from collections.abc import AsyncIterator
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from app.auth.errors import InvalidTokenError
from app.auth.external_tokens import MAX_TOKEN_LENGTH
from tests.auth.external_steps import (
    LEGACY_SECRET,
    SHARED,
    World,
    encode,
    open_world,
    shared_claims,
    sign_raw,
)
from tests.support.issuers import (
    BETTER_AUTH,
    SECRET,
    SUPABASE,
    SigningKey,
    better_auth_claims,
    sign_shared,
    supabase_claims,
)

KID_ATTACKS = [
    "../../../../dev/null", "/etc/passwd", "' OR 1=1 --", "x' UNION SELECT 'key", "", "ed-1\x00", "ED-1",
    "https://evil.example/jwks", "x" * 3000,
]  # fmt: skip


@pytest.fixture(scope="module")
async def world() -> AsyncIterator[World]:
    async with open_world() as world:
        yield world


def sign_hmac(claims: dict[str, Any], secret: bytes, key_id: str = "ed-1") -> str:
    """HMAC by hand: PyJWT itself would not take a public key for a secret."""
    head = json.dumps({"alg": "HS256", "typ": "JWT", "kid": key_id}).encode()
    signed = f"{encode(head)}.{encode(json.dumps(claims).encode())}"
    return f"{signed}.{encode(hmac.digest(secret, signed.encode(), 'sha256'))}"


def sign_in_der(key: SigningKey) -> str:
    """ES256 as OpenSSL writes it, not as RFC 7518 has it."""
    signed = key.sign(supabase_claims()).rpartition(".")[0]
    return f"{signed}.{encode(key.private.sign(signed.encode(), ec.ECDSA(SHA256())))}"


def exchange_subject(token: str) -> str:
    header, _, signature = token.split(".")
    payload = encode(json.dumps(better_auth_claims("other")).encode())
    return f"{header}.{payload}.{signature}"


def unsigned_tokens() -> dict[str, str]:
    return {
        "unsigned": jwt.encode(better_auth_claims(), "", "none"),
        "unsigned, with a key's id": jwt.encode(supabase_claims(), "", "none", {"kid": "ec-1"}),
        "unsigned, of an issuer with a secret": jwt.encode(shared_claims(), "", "none"),
        "nothing": "",
        "dots": "..",
        "not ASCII": "\u00e9" * 30,
        "NUL": "\x00",
    }


def confused_tokens(ed: SigningKey, p256: SigningKey) -> dict[str, str]:
    """Public keys, which everybody has, taken for secrets; and secrets taken for another's."""
    pem = ed.private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return {
        "PEM as a secret": sign_hmac(better_auth_claims(), pem),
        "DER as a secret": sign_hmac(supabase_claims(), p256.public_bytes, "ec-1"),
        "the key set as a secret": sign_hmac(better_auth_claims(), json.dumps(ed.jwk()).encode()),
        "a secret where keys are": sign_hmac(better_auth_claims(), SECRET.encode()),
        "an empty secret": sign_hmac(shared_claims(), b""),
        "another issuer's secret": sign_shared(shared_claims(), LEGACY_SECRET),
        "a key where a secret is": ed.sign(shared_claims()),
        "another issuer's key": p256.sign(better_auth_claims()),
        "another issuer's key under this one's id": SigningKey("ed-1", "ES256", p256.private).sign(
            better_auth_claims()
        ),
    }


def tokens_with_own_keys() -> dict[str, str]:
    evil, rsa = SigningKey.ed25519("ed-1"), SigningKey.rsa("ec-1")
    elsewhere = {"jku": "https://evil.example/jwks", "x5u": "https://evil.example/cert"}
    return {
        "another key under the same id": evil.sign(better_auth_claims()),
        "a key of another kind under the same id": rsa.sign(supabase_claims()),
        "a key that the token brings": evil.sign(better_auth_claims(), jwk=evil.jwk()),
        "a key that the token points to": evil.sign(better_auth_claims(), **elsewhere),
        "a certificate that the token brings": rsa.sign(supabase_claims(), x5c=["MIIB"]),
    }


def damaged_tokens(ed: SigningKey, p256: SigningKey) -> dict[str, str]:
    good = ed.sign(better_auth_claims())
    return {
        "no signature": good.rpartition(".")[0] + ".",
        "half a signature": good[:-20],
        "a signature in DER": sign_in_der(p256),
        "another subject": exchange_subject(good),
        "more than three parts": good + ".x",
        "longer than any": ed.sign(better_auth_claims(more="x" * MAX_TOKEN_LENGTH)),
        "much longer than any": "x" * 1024 * 1024,
    }


async def is_refused(world: World, token: str) -> bool:
    try:
        await world.read(token)
    except InvalidTokenError:
        return True
    return False


async def test_what_the_issuer_did_not_sign_is_refused(world: World) -> None:
    forgeries = {
        **unsigned_tokens(),
        **confused_tokens(world.ed, world.ec),
        **tokens_with_own_keys(),
        **damaged_tokens(world.ed, world.ec),
    }
    assert [name for name, token in forgeries.items() if not await is_refused(world, token)] == []


async def test_the_tokens_that_these_forgeries_start_from_count(world: World) -> None:
    pointing = world.ed.sign(better_auth_claims(), jku="https://evil.example/jwks")
    tokens = {
        world.ed.sign(better_auth_claims()): BETTER_AUTH,
        world.ec.sign(supabase_claims()): SUPABASE,
        sign_hmac(shared_claims(), SECRET.encode()): SHARED,
        pointing: BETTER_AUTH,
    }
    assert [(await world.read(token)).issuer for token in tokens] == list(tokens.values())


@pytest.mark.parametrize("key_id", KID_ATTACKS)
async def test_a_key_id_is_a_name_and_nothing_else(world: World, key_id: str) -> None:
    key = SigningKey(key_id, "EdDSA", world.ed.private)
    await world.check_refused(key.sign(better_auth_claims()))


@pytest.mark.parametrize(
    "payload", [b"[]", b"7", b"null", b'"x"', b"", b"{", b"\xff\xfe", b"[" * 2000]
)
async def test_a_payload_that_is_no_object_is_refused(world: World, payload: bytes) -> None:
    await world.check_refused(sign_raw(b'{"alg":"HS256"}', payload))


@pytest.mark.parametrize(
    "header",
    [
        b"[]", b"7", b"", b"{", b"{}", b"\xff", b"[" * 2000, b'{"alg":"none"}', b'{"alg":"None"}',
        b'{"alg":null}', b'{"alg":7}', b'{"alg":["HS256"]}', b'{"alg":{}}', b'{"alg":"hs256"}',
        b'{"alg":"HS512"}', b'{"alg":"EdDSA"}', b'{"alg":"RS256"}', b'{"alg":""}',
        b'{"alg":"HS256","kid":7}', b'{"alg":"HS256","kid":["x"]}',
        b'{"alg":"HS256","crit":["x"],"x":1}', b'{"alg":"HS256","crit":[]}',
        b'{"alg":"HS256","crit":["b64"],"b64":true}', b'{"alg":"HS256","crit":["b64"],"b64":false}',
        b'{"alg":"HS256","crit":null}',
    ],
)  # fmt: skip
async def test_a_header_that_means_something_else_is_refused(world: World, header: bytes) -> None:
    await world.check_refused(sign_raw(header, json.dumps(shared_claims()).encode()))
