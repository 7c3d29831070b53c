"""Refresh tokens: opaque, kept as hashes only, each used once.

A token is two secrets: one that its family shares (so that an old token is known for what it is
without keeping every hash) and one that changes at each use. The successor is HMAC-SHA256(server key,
parent), so it need not be kept either: a retry with the parent computes the same successor.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
from dataclasses import dataclass

_FAMILY_BYTES = 16
_SECRET_BYTES = 32
_ENCODED_LENGTH = 64


@dataclass(frozen=True, slots=True, repr=False)
class RefreshToken:
    """A refresh token in its parts."""

    family: bytes
    secret: bytes

    @classmethod
    def make(cls) -> "RefreshToken":
        """The first token of a new family."""
        return cls(secrets.token_bytes(_FAMILY_BYTES), secrets.token_bytes(_SECRET_BYTES))

    @classmethod
    def parse(cls, text: str) -> "RefreshToken | None":
        """The token of a text, or None if the text is none."""
        if len(text) != _ENCODED_LENGTH or not text.isascii():
            return None
        try:
            plain = base64.b64decode(text, altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            return None
        if len(plain) != _FAMILY_BYTES + _SECRET_BYTES:  # padding took the place of characters
            return None
        return cls(plain[:_FAMILY_BYTES], plain[_FAMILY_BYTES:])

    def encode(self) -> str:
        """The text that the client keeps: 64 characters, safe in URLs."""
        return base64.urlsafe_b64encode(self.family + self.secret).decode()

    def succeed(self, server_key: str) -> "RefreshToken":
        """The next token of the family: always the same one for the same parent."""
        secret = hmac.digest(server_key.encode(), b"refresh:" + self.secret, "sha256")
        return RefreshToken(self.family, secret)

    @property
    def family_hash(self) -> bytes:
        """What is kept of the family's part."""
        return hashlib.sha256(self.family).digest()

    @property
    def secret_hash(self) -> bytes:
        """What is kept of the changing part."""
        return hashlib.sha256(self.secret).digest()
