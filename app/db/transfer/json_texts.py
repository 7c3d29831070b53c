"""JSON as text, in one form: what is the same to PostgreSQL's ``jsonb`` is the same text."""

import json
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from typing import Any

_SHORT = 100
"""Characters of a text that is worth remembering: most are ``[]``, or one of few facts."""

_MOST_DIGITS = 400
"""Of a number. More than a double has, and too few to fill the memory."""


def normalize_json(text: str) -> str:
    """The text with its keys in order, and each number in one form.

    Raises:
        ValueError: it is not JSON, or nested too deeply, or holds what is not a number.
    """
    return _normalize_short(text) if len(text) <= _SHORT else _normalize(text)


def check_json_for_postgresql(text: str) -> None:
    """Refuse what ``jsonb`` does not take, in a text in its normal form.

    Raises:
        ValueError: a text in it holds a NUL character or half of a character.
    """
    if "\\u0000" not in text and "\\ud" not in text:
        return
    for leaf in _list_texts(json.loads(text)):
        if "\0" in leaf:
            raise ValueError("holds a NUL character, which PostgreSQL does not take")
        try:
            leaf.encode()
        except UnicodeEncodeError:
            raise ValueError("holds half of a character, which PostgreSQL does not take") from None


def _normalize(text: str) -> str:
    try:
        value = json.loads(text, parse_float=_read_number, parse_constant=_refuse)
        # With the separators and escapes of the standard: those that the service writes as well.
        return json.dumps(value, sort_keys=True, allow_nan=False)
    except RecursionError:
        raise ValueError("is nested too deeply") from None
    except json.JSONDecodeError:
        raise ValueError("is no JSON") from None


_normalize_short = lru_cache(maxsize=4096)(_normalize)


def _read_number(digits: str) -> int | float:
    """PostgreSQL writes 1e2 as 100: a whole number is an int, however it was written."""
    number = Decimal(digits)
    if abs(number.adjusted()) > _MOST_DIGITS:
        raise ValueError("holds a number beyond all measure")
    whole = number == number.to_integral_value()
    return int(number) if whole else float(digits)


def _refuse(_constant: str) -> None:
    raise ValueError("holds what is not a number")


def _list_texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for element in value:
            yield from _list_texts(element)
    elif isinstance(value, dict):
        for name, element in value.items():
            yield name
            yield from _list_texts(element)
