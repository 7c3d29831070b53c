"""Cursors: where a page ended, in an opaque text.

They are not signed. A forged one only moves the caller about in a list that is the caller's own.
"""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from typing import TypeVar

from app.core.listing import Page
from app.services.errors import BadCursorError

T = TypeVar("T")
S = TypeVar("S")

Position = list[str | int]

NEWEST = 2**63 - 1
"""Above every id: where a list begins that goes down."""


def encode_cursor(list_name: str, position: Position) -> str:
    """A cursor of one list (and order), which no other list accepts."""
    plain = json.dumps([list_name, *position], separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(plain).decode().rstrip("=")


def decode_cursor(list_name: str, cursor: str) -> Position:
    """The position that ``encode_cursor`` was given.

    Raises:
        BadCursorError: the text is not a cursor of this list.
    """
    try:
        plain = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        decoded = json.loads(plain)
    except (binascii.Error, ValueError, RecursionError):
        raise BadCursorError from None
    if not isinstance(decoded, list) or not decoded or decoded[0] != list_name:
        raise BadCursorError
    if not all(type(part) in (str, int) for part in decoded):
        raise BadCursorError
    return decoded[1:]


def decode_id(list_name: str, cursor: str | None, start: int) -> int:
    """The id that a list ordered by id goes on from, or ``start`` without a cursor.

    Raises:
        BadCursorError: the text is not a cursor of this list.
    """
    if cursor is None:
        return start
    position = decode_cursor(list_name, cursor)
    if len(position) != 1 or not isinstance(position[0], int) or not 0 <= position[0] < 2**63:
        raise BadCursorError
    return position[0]


def cut_page(
    rows: Sequence[T], limit: int, show: Callable[[T], S], cursor_after: Callable[[T], str]
) -> Page[S]:
    """A page from ``limit + 1`` rows: the extra one only tells that there is more."""
    shown = rows[:limit]
    next_cursor = cursor_after(shown[-1]) if len(rows) > limit else None
    return Page([show(row) for row in shown], next_cursor)
