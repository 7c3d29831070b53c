"""Which keys of a key set may verify tokens, and which not."""

import json
from typing import Any

import pytest

from app.auth.jwks import MAX_KEYS, KeySetError, read_key_set
from tests.support.issuers import SigningKey

ED, EC, RSA = SigningKey.ed25519(), SigningKey.p256(), SigningKey.rsa()

USABLE: dict[str, tuple[dict[str, Any], str]] = {
    "Better Auth's": (ED.jwk(), "EdDSA"),
    "Supabase's": (EC.jwk(use="sig", key_ops=["verify"], ext=True), "ES256"),
    "one without an algorithm": (ED.jwk(alg=None), "EdDSA"),
    "an RSA key": (RSA.jwk(use="sig"), "RS256"),
}

UNUSABLE: dict[str, dict[str, Any]] = {
    "for encryption": ED.jwk(use="enc"),
    "for signing alone": ED.jwk(key_ops=["sign"]),
    "with operations in the wrong form": ED.jwk(key_ops="verify"),
    "with its private half": ED.private_jwk(),
    "an elliptic one with its private half": EC.private_jwk(),
    "an RSA one with its private half": RSA.private_jwk(),
    "a shared secret": {"kty": "oct", "k": "c2VjcmV0", "kid": "x", "alg": "HS256"},
    "for an algorithm that is not allowed": EC.jwk(alg="ES384"),
    "of one kind for an algorithm of another": EC.jwk(alg="EdDSA"),
    "on another curve": EC.jwk(crv="P-384"),
    "not on the curve": EC.jwk(x=EC.jwk()["y"]),
    "without a part": EC.jwk(y=None),
    "with a part in the wrong form": ED.jwk(x=7),
    "with too short a part": ED.jwk(x="AAAA"),
    "with an id that is no text": ED.jwk(kid=7),
    "on a curve that is not allowed": SigningKey.ed448().jwk(),
    "too weak": SigningKey.rsa(bits=1024).jwk(),
}


ALGORITHMS = ("EdDSA", "ES256", "RS256")


def read(*keys: dict[str, Any]) -> list[tuple[str | None, str]]:
    """The ids and algorithms of the keys that are taken."""
    content = json.dumps({"keys": keys}).encode()
    return [(key.id, key.algorithm) for key in read_key_set(content, ALGORITHMS)]


@pytest.mark.parametrize("name", USABLE)
def test_a_key_may_be(name: str) -> None:
    jwk, algorithm = USABLE[name]

    assert read(jwk) == [(jwk["kid"], algorithm)]


@pytest.mark.parametrize("name", UNUSABLE)
def test_a_key_may_not_be(name: str) -> None:
    other = SigningKey.p256("other").jwk()

    assert read(UNUSABLE[name], other) == [("other", "ES256")], "the others count all the same"
    with pytest.raises(KeySetError, match="no usable key"):
        read(UNUSABLE[name])


def test_a_key_counts_for_each_algorithm_that_it_fits() -> None:
    content = json.dumps({"keys": [RSA.jwk(alg=None)]}).encode()

    keys = read_key_set(content, ("RS256", "PS256", "ES256"))

    assert [key.algorithm for key in keys] == ["RS256", "PS256"]


def test_only_allowed_algorithms_count() -> None:
    content = json.dumps({"keys": [ED.jwk(), EC.jwk()]}).encode()

    assert [key.id for key in read_key_set(content, ("ES256",))] == ["ec-1"]


def test_so_many_keys_are_no_key_set() -> None:
    keys = [ED.jwk(kid=str(number)) for number in range(MAX_KEYS)]
    assert len(read(*keys)) == MAX_KEYS

    with pytest.raises(KeySetError, match="no list of at most 100 keys"):
        read(*keys, ED.jwk(kid="one more"))
