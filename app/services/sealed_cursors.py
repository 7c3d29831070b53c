"""Cursors that don't tell what is in them, for lists in which other people stand.

A position in a table holds a user id, by which somebody who appears without a name could be known.
"""

import base64
import binascii
import hashlib
import hmac
import json

from app.services.errors import BadCursorError
from app.services.paging import Position

_SEAL_BYTES = 12


class CursorSeal:
    """Makes and opens sealed cursors.

    The seal, a keyed hash of the content, both proves a cursor and starts the key stream that hides its
    content (a synthetic initialization vector, as in RFC 5297): without the key nothing is learnt from
    a cursor, and none can be made.
    """

    def __init__(self, key: str) -> None:
        """``key`` may serve other purposes as well; the one for cursors is derived from it."""
        self._key = _hash(key.encode(), b"sealed cursors")

    def encode(self, list_name: str, position: Position) -> str:
        """A cursor of one list, which no other list accepts."""
        plain = json.dumps([list_name, *position], separators=(",", ":")).encode()
        seal = self._seal(plain)
        return base64.urlsafe_b64encode(seal + self._hide(plain, seal)).decode().rstrip("=")

    def decode(self, list_name: str, cursor: str) -> Position:
        """The position that ``encode`` was given.

        Raises:
            BadCursorError: the text is not a cursor of this list.
        """
        try:
            sealed = base64.b64decode(
                cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True
            )
        except (binascii.Error, ValueError):
            raise BadCursorError from None
        seal, hidden = sealed[:_SEAL_BYTES], sealed[_SEAL_BYTES:]
        plain = self._hide(hidden, seal)
        if not hmac.compare_digest(seal, self._seal(plain)):
            raise BadCursorError
        position: Position
        name, *position = json.loads(plain)
        if name != list_name:
            raise BadCursorError
        return position

    def _seal(self, plain: bytes) -> bytes:
        return _hash(self._key, b"seal" + plain)[:_SEAL_BYTES]

    def _hide(self, content: bytes, seal: bytes) -> bytes:
        """Turn plain content into hidden one, and hidden into plain."""
        stream = b""
        while len(stream) < len(content):
            stream += _hash(self._key, b"stream" + seal + bytes([len(stream) // 32]))
        return bytes(one ^ other for one, other in zip(content, stream, strict=False))


def _hash(key: bytes, message: bytes) -> bytes:
    return hmac.digest(key, message, hashlib.sha256)
