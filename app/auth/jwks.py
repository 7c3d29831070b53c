"""The public keys in a key set (RFC 7517), as far as they may verify tokens."""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import jwt
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

MAX_KEYS = 100
_RSA_BITS = range(2048, 8192 + 1)
_PRIVATE = ("d", "p", "q", "dp", "dq", "qi", "oth", "k")
"""What only the owner of a key should know. Who shows it has given the key away."""

_CURVE_OF = {"EdDSA": "Ed25519", "ES256": "P-256", "ES384": "P-384", "ES512": "P-521"}
_TYPE_OF = {"Ed": "OKP", "ES": "EC", "RS": "RSA", "PS": "RSA"}


class KeySetError(Exception):
    """What was sent is no key set, or holds no key that we can use. The message is fit for a log."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key, for one algorithm. A key that says nothing of algorithms appears once for each that fits."""

    id: str | None
    algorithm: str
    key: Any


def read_key_set(content: bytes, algorithms: Collection[str]) -> tuple[PublicKey, ...]:
    """The keys that may verify signatures by one of the algorithms; the others are left out.

    Raises:
        KeySetError: there are none.
    """
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        raise KeySetError("no JSON") from None
    listed = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(listed, list) or len(listed) > MAX_KEYS:
        raise KeySetError(f"no list of at most {MAX_KEYS} keys")
    keys = tuple(key for each in listed if _may_verify(each) for key in _read_key(each, algorithms))
    if not keys:
        raise KeySetError("no usable key")
    return keys


def _may_verify(data: Any) -> bool:
    """Whether it is a public key for signatures."""
    if not isinstance(data, dict) or any(name in data for name in _PRIVATE):
        return False
    operations = data.get("key_ops")
    if operations is not None and not (isinstance(operations, list) and "verify" in operations):
        return False
    return data.get("use") in (None, "sig") and isinstance(data.get("kid"), str | None)


def _read_key(data: Mapping[str, Any], algorithms: Collection[str]) -> Iterator[PublicKey]:
    for algorithm in algorithms:
        if not _fits(data, algorithm):
            continue
        try:
            key = jwt.PyJWK(dict(data), algorithm).key
        except (jwt.PyJWTError, UnsupportedAlgorithm, ValueError, TypeError, LookupError):
            continue
        if not isinstance(key, RSAPublicKey) or key.key_size in _RSA_BITS:
            yield PublicKey(data.get("kid"), algorithm, key)


def _fits(data: Mapping[str, Any], algorithm: str) -> bool:
    return (
        data.get("kty") == _TYPE_OF[algorithm[:2]]
        and data.get("alg") in (None, algorithm)
        and (algorithm not in _CURVE_OF or data.get("crv") == _CURVE_OF[algorithm])
    )
