"""Values of columns in one form for both databases: equal values are equal texts, numbers or truths.

What is carried is what the database keeps, not what the models make of it: ranks as numbers, roles as
words. So an archive does not change its meaning with a class of the program.
"""

import base64
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import partial
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Date,
    Enum,
    Float,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Text,
    Time,
    Uuid,
)
from sqlalchemy.types import TypeDecorator, TypeEngine

from app.db.transfer.json_texts import check_json_for_postgresql, normalize_json
from app.db.types import Instant

Scalar: TypeAlias = str | int | float | bool | None
"""A value as JSON has it."""

_NUL = "\0"
_BITS: Mapping[type[Integer], int] = {SmallInteger: 16, BigInteger: 64}


@dataclass(frozen=True, slots=True)
class Codec:
    """How a column's values are carried.

    ``type`` is what statements read and write them as. ``encode`` takes what was read, ``decode`` gives
    what is to be written; both raise ValueError with a phrase that goes on from "the value".
    With ``cast_to_read`` it is the server that turns the column into that type.
    """

    type: TypeEngine[Any]
    encode: Callable[[Any], Scalar]
    decode: Callable[[Any], Any]
    cast_to_read: bool = False


def choose_codec(column_type: TypeEngine[Any], *, allows_nul: bool) -> Codec:
    """The codec of a column's type. PostgreSQL's text does not allow the NUL character.

    Raises:
        TypeError: the type is not known here: it has to be added.
    """
    if isinstance(column_type, Instant):
        return Codec(column_type, _encode_instant, _decode_instant)
    if isinstance(column_type, TypeDecorator):
        return choose_codec(column_type.impl_instance, allows_nul=allows_nul)
    for kind, make in _MAKERS:
        if isinstance(column_type, kind):
            return make(column_type, allows_nul)
    raise TypeError(f"no codec for {column_type!r}")


def _of_text(column_type: String, allows_nul: bool) -> Codec:
    words = frozenset(column_type.enums) if isinstance(column_type, Enum) else None
    decode = partial(_decode_text, longest=column_type.length, allows_nul=allows_nul, words=words)
    return Codec(Text(), _encode_text, decode)


def _of_json(_type: JSON, allows_nul: bool) -> Codec:
    # Read and written as text: SQL's NULL and JSON's null stay apart.
    decode = partial(_decode_json, allows_nul=allows_nul)
    return Codec(Text(), _encode_json, decode, cast_to_read=True)


def _of_number(column_type: Integer, _allows_nul: bool) -> Codec:
    bits = next((bits for kind, bits in _BITS.items() if isinstance(column_type, kind)), 32)
    return Codec(column_type, _encode_integer, partial(_decode_integer, limit=2 ** (bits - 1)))


def _of_bytes(column_type: LargeBinary, _allows_nul: bool) -> Codec:
    return Codec(column_type, _encode_bytes, partial(_decode_bytes, longest=column_type.length))


def _encode_instant(value: Any) -> str:
    instant: datetime = _require(value, datetime)
    return instant.isoformat(timespec="microseconds")


def _decode_instant(value: Any) -> datetime:
    instant = datetime.fromisoformat(_require(value, str))
    if instant.tzinfo is None:
        raise ValueError("is an instant without its zone")
    return instant


def _encode_text(value: Any) -> str:
    if type(value) is str:
        return value
    raise ValueError("is no str")


def _decode_text(
    value: Any, *, longest: int | None, allows_nul: bool, words: frozenset[str] | None
) -> str:
    text = _encode_text(value)
    if longest is not None and len(text) > longest:
        raise ValueError(f"is longer than {longest} characters")
    if words is not None and text not in words:
        raise ValueError("is none of the words that are allowed")
    if not allows_nul and _NUL in text:
        raise ValueError("holds a NUL character, which PostgreSQL does not take")
    if not text.isascii():
        _refuse_lone_surrogates(text)
    return text


def _refuse_lone_surrogates(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError("holds half of a character") from None


def _encode_json(value: Any) -> str:
    return normalize_json(_require(value, str))


def _decode_json(value: Any, *, allows_nul: bool) -> str:
    text = normalize_json(_require(value, str))
    if not allows_nul:
        check_json_for_postgresql(text)
    return text


def _encode_integer(value: Any) -> int:
    if type(value) is int:
        return value
    raise ValueError("is no int")


def _decode_integer(value: Any, *, limit: int) -> int:
    number = _encode_integer(value)
    if not -limit <= number < limit:
        raise ValueError("is beyond the numbers that the column holds")
    return number


def _carry_truth(value: Any) -> bool:
    truth: bool = _require(value, bool)
    return truth


def _carry_real(value: Any) -> float:
    number: float = _require(value, float)
    if not math.isfinite(number):
        raise ValueError("is not a finite number")
    return number


def _encode_bytes(value: Any) -> str:
    return base64.b64encode(_require(value, bytes)).decode()


def _decode_bytes(value: Any, *, longest: int | None) -> bytes:
    data = base64.b64decode(_require(value, str), validate=True)
    if longest is not None and len(data) > longest:
        raise ValueError(f"is longer than {longest} bytes")
    return data


def _encode_date(value: Any) -> str:
    day: date = _require(value, date)
    return day.isoformat()


def _decode_date(value: Any) -> date:
    return date.fromisoformat(_require(value, str))


def _encode_time(value: Any) -> str:
    moment: time = _require(value, time)
    return moment.isoformat()


def _decode_time(value: Any) -> time:
    moment = time.fromisoformat(_require(value, str))
    if moment.tzinfo is not None:
        raise ValueError("is a time of day with a zone")
    return moment


def _encode_uuid(value: Any) -> str:
    return str(_require(value, UUID, is_base=True))  # asyncpg's are of a class of its own


def _decode_uuid(value: Any) -> UUID:
    return UUID(_require(value, str))


def _require(value: Any, kind: type, *, is_base: bool = False) -> Any:
    # Mostly not isinstance: True is an int to Python, and SQLite keeps whatever it is given.
    fits = isinstance(value, kind) if is_base else type(value) is kind
    if not fits:
        raise ValueError(f"is no {kind.__name__}")
    return value


def _plainly(
    encode: Callable[[Any], Scalar], decode: Callable[[Any], Any]
) -> Callable[[Any, bool], Codec]:
    return lambda column_type, _allows_nul: Codec(column_type, encode, decode)


_MAKERS: tuple[tuple[type[TypeEngine[Any]], Callable[[Any, bool], Codec]], ...] = (
    (JSON, _of_json),
    (Boolean, _plainly(_carry_truth, _carry_truth)),
    (String, _of_text),
    (Integer, _of_number),
    (Float, _plainly(_carry_real, _carry_real)),
    (LargeBinary, _of_bytes),
    (Date, _plainly(_encode_date, _decode_date)),
    (Time, _plainly(_encode_time, _decode_time)),
    (Uuid, _plainly(_encode_uuid, _decode_uuid)),
)
