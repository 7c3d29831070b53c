"""The form in which values are carried: the same for what is equal, another for what is not."""

import json
import warnings
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import (
    BigInteger,
    Boolean,
    Date,
    DateTime,
    Float,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Time,
    Uuid,
)
from sqlalchemy.dialects.postgresql import INET

from app.db.base import Base
from app.db.transfer.errors import BadRowError
from app.db.transfer.json_texts import check_json_for_postgresql, normalize_json
from app.db.transfer.proofs import Batch, Checksum
from app.db.transfer.tables import list_tables
from app.db.transfer.values import choose_codec
from app.db.types import DifficultyRank, Instant, Json, OpenEndedDate
from app.game.rules import Difficulty

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(-1e15, 1e15)  # beyond, a whole number is the one that its digits say
    | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_every_table_can_be_carried(dialect: str) -> None:
    assert [table.name for table in list_tables(dialect)] == [
        table.name for table in Base.metadata.sorted_tables
    ]


def test_tables_have_an_order() -> None:
    """Each comes after those that it refers to: no two refer to each other."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert Base.metadata.sorted_tables


@pytest.mark.parametrize("column_type", [INET(), DateTime()])
def test_a_type_that_nobody_thought_of_is_no_guess(column_type: Any) -> None:
    """A plain DateTime would lose its zone: ``Instant`` is ours."""
    with pytest.raises(TypeError, match="no codec for"):
        choose_codec(column_type, allows_nul=True)


@pytest.mark.parametrize(
    ("column_type", "values"),
    [
        (BigInteger(), st.integers(-(2**63), 2**63 - 1)),
        (Integer(), st.integers(-(2**31), 2**31 - 1)),
        (SmallInteger(), st.integers(-(2**15), 2**15 - 1)),
        (DifficultyRank(), st.integers(0, len(Difficulty) - 1)),
        (Boolean(), st.booleans()),
        (Float(53), st.floats(allow_nan=False, allow_infinity=False)),
        (String(), TEXTS),
        (LargeBinary(), st.binary()),
        (Date(), st.dates()),
        (OpenEndedDate(), st.just(date.max) | st.dates()),
        (Time(), st.times()),
        (Uuid(), st.uuids()),
        (Instant(), st.datetimes(timezones=st.just(UTC))),
    ],
)
def test_values_come_back_as_they_were(column_type: Any, values: st.SearchStrategy[Any]) -> None:
    codec = choose_codec(column_type, allows_nul=False)

    @given(values)
    def check(value: Any) -> None:
        carried = json.loads(json.dumps(codec.encode(value)))
        assert codec.decode(carried) == value
        assert codec.encode(codec.decode(carried)) == carried

    check()


@pytest.mark.parametrize(
    ("column_type", "value"),
    [
        (Integer(), True), (Integer(), 1.0), (Integer(), "1"), (Boolean(), 1), (String(), b"x"),
        (LargeBinary(), "x"), (Float(), 1), (Float(), float("nan")), (Float(), float("inf")),
        (Date(), datetime(2026, 1, 1, tzinfo=UTC)), (Time(), "12:00"), (Uuid(), "x"), (Instant(), "x"),
        (Json, 1),
    ],
)  # fmt: skip
def test_what_is_of_another_type_is_refused(column_type: Any, value: Any) -> None:
    with pytest.raises(ValueError, match=r"^is n"):
        choose_codec(column_type, allows_nul=True).encode(value)


@pytest.mark.parametrize(
    ("column_type", "carried"),
    [
        (Integer(), 2**31), (SmallInteger(), -(2**15) - 1), (BigInteger(), 2**63), (Integer(), True),
        (Boolean(), 0), (String(3), "four"), (String(), "\ud800"), (String(), "\0"),
        (LargeBinary(2), "AAAA"), (LargeBinary(), "%"), (Date(), "2026-02-30"), (Date(), 1),
        (Time(), "25:00"), (Time(), "12:00Z"), (Uuid(), "1"), (Instant(), "2026-01-01T00:00"),
        (Float(), 1), (Json, "{"), (Json, '"\\u0000"'), (Json, '{"\\ud800": 1}'),
        (Json, "[" * 100_000), (String(), None), (Json, None),
    ],
)  # fmt: skip
def test_what_a_column_cannot_hold_is_refused(column_type: Any, carried: Any) -> None:
    with pytest.raises(ValueError, match=r"."):  # base64, dates and UUIDs have words of their own
        choose_codec(column_type, allows_nul=False).decode(carried)


def test_sqlite_keeps_what_postgresql_cannot() -> None:
    text, value = choose_codec(String(), allows_nul=True), choose_codec(Json, allows_nul=True)
    assert text.decode("a\0") == "a\0"
    assert value.decode('"\\u0000"') == '"\\u0000"'


@given(JSON_VALUES)
def test_json_is_the_same_however_it_is_written(value: Any) -> None:
    plain = normalize_json(json.dumps(value))
    tight = json.dumps(value, separators=(",", ":"), ensure_ascii=False, indent=1)
    assert normalize_json(tight) == plain == normalize_json(plain)
    assert json.loads(plain) == value
    check_json_for_postgresql(plain)


@pytest.mark.parametrize(
    ("one", "other"),
    [("1e2", "100"), ("1.0", "1"), ("-0.0", "0"), ("1e23", "1" + "0" * 23), ("1.50", "1.5"),
     ('{"a":1,"b":2}', '{"b":2,"a":1}'), ('"\\u00e4"', '"ä"'), ('{"a":1,"a":2}', '{"a":2}')],
)  # fmt: skip
def test_what_is_the_same_to_postgresql(one: str, other: str) -> None:
    assert normalize_json(one) == normalize_json(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("9007199254740993", "9007199254740992"), ("null", '""'), ("[1,2]", "[2,1]"), ("1", '"1"'),
     ("0.1", "0.10000000000000002"), ("1", "true")],
)  # fmt: skip
def test_what_is_not(one: str, other: str) -> None:
    assert normalize_json(one) != normalize_json(other)


def test_checksums_mind_every_value_and_no_order() -> None:
    rows: list[list[Any]] = [[1, "a", None], [2, "b", True], [2, "b", True]]

    def add_up(*batches: list[list[Any]]) -> str:
        checksum = Checksum()
        for batch in batches:
            checksum.add(Batch.of(batch))
        return checksum.prove("t", None).checksum

    assert add_up(rows) == add_up(rows[::-1]) == add_up(rows[1:], rows[:1])
    others: list[list[list[Any]]] = [
        rows[:2],
        [*rows, rows[0]],
        [[1, "a", False], *rows[1:]],
        [["1", "a", None], *rows[1:]],
    ]
    assert len({add_up(rows), *map(add_up, others)}) == 5


def test_a_key_is_told_in_a_line_that_a_terminal_can_show() -> None:
    (table,) = [table for table in list_tables("sqlite") if table.name == "player_counters"]
    row: list[Any] = [1, "\x1b[2J" + "x" * 20, "not a number"]
    with pytest.raises(BadRowError) as refusal:
        table.decode(row)
    told = str(refusal.value)
    assert told.isprintable()
    assert told.endswith("the value of value is no int")

    with pytest.raises(BadRowError) as refusal:
        table.decode([1, "x" * 1000, 1])
    assert len(str(refusal.value)) < 200


def test_times_and_ids_have_one_form() -> None:
    instant = datetime(2026, 3, 2, 12, tzinfo=UTC)
    assert choose_codec(Instant(), allows_nul=True).encode(instant) == (
        "2026-03-02T12:00:00.000000+00:00"
    )
    assert choose_codec(Time(), allows_nul=True).encode(time(7, 5)) == "07:05:00"
    uuid = UUID(int=5)
    assert choose_codec(Uuid(), allows_nul=True).encode(uuid) == str(uuid)
