"""Access tokens, and everything that is none."""

import base64
import hmac
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from app.auth.access_tokens import AccessClaims, AccessTokens
from app.auth.errors import InvalidTokenError
from tests.api.task_steps import check_refusal
from tests.support.clock import START, FakeClock
from tests.support.service import Service

KEY = "k" * 40
OTHER_KEY = "o" * 40
SESSION = UUID("6f9619ff-8b86-4d01-b42d-00cf4fc964ff")
TOKENS = AccessTokens(KEY, 600)
GOOD: dict[str, Any] = {
    "sub": "7", "sid": str(SESSION), "iss": "questboard", "aud": "questboard:api", "typ": "access",
    "jti": "x", "iat": int(START.timestamp()), "exp": int(START.timestamp()) + 600,
}  # fmt: skip


def sign(claims: dict[str, Any], key: Any = KEY, algorithm: str = "HS256", **header: Any) -> str:
    return jwt.encode(claims, key, algorithm, header or None)


def encode(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def sign_raw(header: bytes, payload: bytes) -> str:
    """A token whose parts are what a JSON library would not write, signed well."""
    signed = f"{encode(header)}.{encode(payload)}"
    return f"{signed}.{encode(hmac.digest(KEY.encode(), signed.encode(), 'sha256'))}"


HEADER = b'{"alg":"HS256","typ":"JWT"}'


def check_refused(token: str) -> None:
    with pytest.raises(InvalidTokenError):
        TOKENS.read(token, START)


def test_a_token_tells_whose_it_is_and_of_which_session() -> None:
    claims = AccessClaims(7, uuid4())
    assert TOKENS.read(TOKENS.issue(claims, START), START) == claims


def test_a_token_says_what_it_is_and_never_twice_the_same() -> None:
    claims = AccessClaims(7, SESSION)
    first, second = (
        jwt.decode(TOKENS.issue(claims, START), options={"verify_signature": False})
        for _ in range(2)
    )
    assert first["jti"] != second["jti"]
    assert {**first, "jti": "x"} == GOOD


def test_the_good_claims_that_these_tests_spoil_are_good() -> None:
    assert TOKENS.read(sign(GOOD), START) == AccessClaims(7, SESSION)


def test_a_token_expires_on_the_second() -> None:
    token = sign(GOOD)
    TOKENS.read(token, START + timedelta(seconds=599.9))
    with pytest.raises(InvalidTokenError):
        TOKENS.read(token, START + timedelta(seconds=600))


@pytest.mark.parametrize("name", sorted(GOOD))
def test_each_claim_is_needed(name: str) -> None:
    check_refused(sign({claim: value for claim, value in GOOD.items() if claim != name}))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("iss", "somebody"), ("iss", ["questboard"]), ("iss", 7), ("aud", "questboard"),
        ("aud", []), ("aud", 7), ("typ", "refresh"), ("typ", ["access"]), ("typ", None),
        ("sub", "0"), ("sub", "-1"), ("sub", "x"), ("sub", ""), ("sub", "7.0"), ("sub", "1_0"),
        ("sub", " 7"), ("sub", "\u0667"), ("sub", str(2**63)), ("sub", "9" * 3000), ("sub", None),
        ("sid", "x"), ("sid", ""), ("sid", 7), ("sid", ["x"]), ("sid", None), ("sid", "9" * 32 + "9"),
        ("exp", int(START.timestamp())), ("exp", 0), ("exp", -1), ("exp", "soon"), ("exp", None),
        ("exp", True), ("exp", START.timestamp() + 600.5), ("exp", [1]),
        ("nbf", 2**33), ("nbf", "x"), ("iat", None), ("jti", None), ("jti", 7),
    ],
)  # fmt: skip
def test_no_claim_may_be_anything_else(name: str, value: object) -> None:
    payload = json.dumps({**GOOD, name: value}).encode()
    check_refused(sign_raw(HEADER, payload))


@pytest.mark.parametrize("number", [b"NaN", b"Infinity", b"1e400", b"-1e400"])
def test_no_token_lives_for_ever(number: bytes) -> None:
    payload = json.dumps({**GOOD, "exp": "EXP"}).encode().replace(b'"EXP"', number)
    check_refused(sign_raw(HEADER, payload))


def test_a_date_beyond_all_floats_is_a_date() -> None:
    # Signed by us it could only be our own mistake; it has to be no error all the same.
    assert TOKENS.read(sign({**GOOD, "exp": 10**400}), START).user_id == 7


def test_the_largest_id_is_an_id() -> None:
    assert TOKENS.read(sign({**GOOD, "sub": str(2**63 - 1)}), START).user_id == 2**63 - 1


@pytest.mark.parametrize(
    "payload", [b"[]", b"7", b"null", b'"x"', b"", b"{", b"\xff\xfe", b"[" * 2000]
)
def test_a_payload_that_is_no_object_is_refused(payload: bytes) -> None:
    check_refused(sign_raw(HEADER, payload))


@pytest.mark.parametrize(
    "header",
    [
        b"[]", b"7", b"", b"{", b"{}", b"\xff", b"[" * 2000, b'{"a":' * 400, b'{"alg":"none"}',
        b'{"alg":null}', b'{"alg":7}', b'{"alg":["HS256"]}', b'{"alg":"hs256"}', b'{"alg":"HS512"}',
        b'{"alg":"RS256"}', b'{"alg":"HS256","kid":7}', b'{"alg":"HS256","crit":["x"],"x":1}',
        b'{"alg":"HS256","b64":false,"crit":["b64"]}', b'{"alg":' + b"9" * 2000 + b"}",
    ],
)  # fmt: skip
def test_a_header_that_is_not_ours_is_refused(header: bytes) -> None:
    check_refused(sign_raw(header, json.dumps(GOOD).encode()))


FORGERIES: list[Callable[[], str]] = [
    lambda: sign(GOOD, OTHER_KEY),
    lambda: sign(GOOD, "k" * 64, "HS512"),
    lambda: sign(GOOD, KEY + "k" * 8, "HS384"),
    lambda: jwt.encode(GOOD, "", "none"),
    lambda: sign(GOOD, rsa.generate_private_key(65537, 2048), "RS256"),
    lambda: sign(GOOD).rpartition(".")[0] + ".",
    lambda: sign(GOOD)[:-2],
    lambda: sign(GOOD) + ".x",
    lambda: sign(GOOD).replace(".", ""),
    lambda: sign(GOOD).replace(".", "..", 1),
    lambda: "",
    lambda: "...",
    lambda: "\x00",
    lambda: "\u00e9" * 30,
    lambda: "\u2028.\u2028.\u2028",
    lambda: "x" * (1024 * 1024),
    lambda: sign({**GOOD, "more": "x" * 5000}),
]


@pytest.mark.parametrize("forge", FORGERIES)
def test_what_we_did_not_sign_is_refused(forge: Callable[[], str]) -> None:
    check_refused(forge())


@pytest.fixture
async def claims(service: Service, clock: FakeClock) -> dict[str, Any]:
    """What a token of a live session says."""
    token = await service.open_session(await service.add_user())
    decoded: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return decoded


def headers_of(key: str, good: dict[str, Any]) -> list[bytes]:
    """Authorization headers that are wrong in many ways."""
    token = sign(good, key)
    nested = encode(b"[" * 2000)
    return [
        b"", b"Bearer", b"Bearer ", f"Basic {token}".encode(), token.encode(),
        b"Bearer \xff\xfe", "Bearer \u00e9".encode(),
        b"Bearer " + b"x" * 1024 * 1024, f"Bearer {nested}.{nested}.x".encode(),
        f"Bearer {token}, Bearer {token}".encode(), f"Bearer {sign(good, OTHER_KEY)}".encode(),
        f"Bearer {sign({**good, 'sub': '9' * 30}, key)}".encode(),
        f"Bearer {sign({**good, 'sub': str(int(good['sub']) + 1)}, key)}".encode(),
        f"Bearer {sign({**good, 'sid': str(uuid4())}, key)}".encode(),
        f"Bearer {sign({**good, 'typ': 'refresh'}, key)}".encode(),
    ]  # fmt: skip


async def test_every_wrong_header_is_a_401(service: Service, claims: dict[str, Any]) -> None:
    key = service.parts.sessions._access_tokens._key
    for header in headers_of(key, claims):
        answer = await service.client().get("/users/me", headers={b"Authorization": header})
        check_refusal(answer, 401, "invalid_token")
        assert answer.headers["WWW-Authenticate"] == "Bearer"
    good = {"Authorization": f"Bearer {sign(claims, key)}"}
    assert (await service.client().get("/users/me", headers=good)).status_code == 200


async def test_no_header_is_a_401(service: Service) -> None:
    answer = await service.client().get("/users/me")
    check_refusal(answer, 401, "invalid_token")
    assert answer.headers["WWW-Authenticate"] == "Bearer"
