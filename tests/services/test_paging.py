"""Cursors: what is given is read back, and nothing else is taken."""

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.errors import BadCursorError
from app.services.paging import Position, cut_page, decode_cursor, decode_id, encode_cursor

POSITIONS = st.lists(st.integers() | st.text(alphabet=st.characters(codec="utf-8")), max_size=4)


def encode(plain: bytes) -> str:
    return base64.urlsafe_b64encode(plain).decode().rstrip("=")


@given(POSITIONS)
def test_a_position_is_read_back(position: list[str | int]) -> None:
    assert decode_cursor("tasks", encode_cursor("tasks", position)) == position


@given(POSITIONS)
def test_no_other_list_takes_the_cursor(position: list[str | int]) -> None:
    with pytest.raises(BadCursorError):
        decode_cursor("ledger", encode_cursor("tasks", position))


def read(text: str) -> Position | None:
    """The position, or None if the text is refused as it should be."""
    try:
        return decode_cursor("tasks", text)
    except BadCursorError:
        return None


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    position = read(text)

    assert position is None or encode_cursor("tasks", position)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(plain: bytes) -> None:
    position = read(encode(plain))

    assert position is None or encode_cursor("tasks", position)


FORGED: list[Any] = [
    [], None, 1, "tasks", {}, {"tasks": 1}, ["tasks", None], ["tasks", True], ["tasks", 1.0], ["tasks", []],
    ["tasks", {}], [["tasks"]], ["ledger", 1], [1, 1],
]  # fmt: skip


@pytest.mark.parametrize("value", FORGED, ids=repr)
def test_a_cursor_of_another_form_is_refused(value: Any) -> None:
    with pytest.raises(BadCursorError):
        decode_cursor("tasks", encode(json.dumps(value).encode()))


@pytest.mark.parametrize(
    "plain",
    [b"", b"[", b'["tasks",NaN]', b'["tasks",1e400]', b"\xff\xfe", b"[" * 150, b'["tasks"]['],
    ids=repr,
)
def test_what_is_no_json_is_refused(plain: bytes) -> None:
    with pytest.raises(BadCursorError):
        decode_cursor("tasks", encode(plain))


def test_json_nested_without_end_is_refused() -> None:
    with pytest.raises(BadCursorError):
        decode_cursor("tasks", encode(b"[" * 100_000))


def test_a_number_without_end_is_refused() -> None:
    with pytest.raises(BadCursorError):
        decode_cursor("tasks", encode(b'["tasks",' + b"9" * 5000 + b"]"))


@pytest.mark.parametrize("text", ["WyJ0YXNrcyJ", "WyJ0YXNrcyJd!", "WyJ0 YXNrcyJd", "é", "Ã©=="])
def test_what_is_not_base64_is_refused(text: str) -> None:
    with pytest.raises(BadCursorError):
        decode_cursor("tasks", text)


def test_without_a_cursor_a_list_begins_at_its_start() -> None:
    assert decode_id("ledger", None, 7) == 7


def test_an_id_is_read_back() -> None:
    assert decode_id("ledger", encode_cursor("ledger", [42]), 7) == 42


@pytest.mark.parametrize("position", [[], [1, 2], ["1"], [-1], [2**63]], ids=repr)
def test_what_is_no_id_is_refused(position: list[str | int]) -> None:
    with pytest.raises(BadCursorError):
        decode_id("ledger", encode_cursor("ledger", position), 7)


@pytest.mark.parametrize(
    ("rows", "shown", "cursor"),
    [([], [], None), ([1], ["1"], None), ([1, 2], ["1", "2"], None), ([1, 2, 3], ["1", "2"], "after 2")],
    ids=["none", "part", "full", "more"],
)  # fmt: skip
def test_the_extra_row_only_tells_that_there_is_more(
    rows: list[int], shown: list[str], cursor: str | None
) -> None:
    page = cut_page(rows, 2, str, lambda row: f"after {row}")

    assert (page.items, page.next_cursor) == (shown, cursor)
