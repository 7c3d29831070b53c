"""Sealed cursors: opened by who made them, and by nobody else."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.errors import BadCursorError
from app.services.paging import Position
from app.services.sealed_cursors import CursorSeal

SEAL = CursorSeal("a key")
NAMES = st.sampled_from(["all", "week/2026-03-02", "challenge/9223372036854775807"])
POSITIONS = st.lists(st.integers(0, 2**63 - 1), min_size=2, max_size=2)


@given(name=NAMES, position=POSITIONS)
def test_what_was_sealed_is_opened(name: str, position: Position) -> None:
    cursor = SEAL.encode(name, position)
    assert SEAL.decode(name, cursor) == position
    assert len(cursor) <= 200
    assert SEAL.encode(name, position) == cursor


@given(position=POSITIONS)
def test_no_other_list_and_no_other_key_opens_it(position: Position) -> None:
    cursor = SEAL.encode("all", position)
    for seal, name in ((SEAL, "week/2026-03-02"), (CursorSeal("another"), "all")):
        with pytest.raises(BadCursorError):
            seal.decode(name, cursor)


@given(position=POSITIONS, where=st.integers(0), change=st.integers(1, 255))
def test_a_changed_one_is_refused(position: Position, where: int, change: int) -> None:
    cursor = SEAL.encode("all", position)
    sealed = bytearray(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    sealed[where % len(sealed)] ^= change
    forged = base64.urlsafe_b64encode(bytes(sealed)).decode().rstrip("=")
    with pytest.raises(BadCursorError):
        SEAL.decode("all", forged)


@given(text=st.text())
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(BadCursorError):
        SEAL.decode("all", text)


@pytest.mark.parametrize("text", ["", "A", "====", "e30", "W10", "x" * 200])
def test_some_that_look_like_it_are_refused(text: str) -> None:
    with pytest.raises(BadCursorError):
        SEAL.decode("all", text)


def test_neighbours_don_t_look_alike() -> None:
    cursors = {SEAL.encode("all", [10, user_id])[16:24] for user_id in range(1000)}
    assert len(cursors) == 1000
