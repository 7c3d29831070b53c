"""What request and answer bodies have in common: strict text, strict dates, pages."""

import re
import unicodedata
from datetime import date, datetime, time
from typing import Annotated, Any, Generic, TypeVar

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
)

T = TypeVar("T")

MAX_ID = 2**63 - 1

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_TIME = re.compile(r"\d{2}:\d{2}(:\d{2})?", re.ASCII)
_INSTANT = re.compile(
    r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})", re.ASCII
)
_WHOLE = re.compile(r"0|[1-9]\d{0,18}", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_INVISIBLE_CATEGORIES = {"Cf", "Mn", "Me", "Zs"}  # formats, bare accents, spaces
_FILLERS = "\u115f\u1160\u2800\u3164\uffa0"  # letters and symbols by category, blank on the screen
_LONGEST_LINE = 1000


class RequestModel(BaseModel):
    """A request body: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class AnswerModel(BaseModel):
    """An answer body, made from what a service gives."""

    model_config = ConfigDict(from_attributes=True, frozen=True)


class PageRead(AnswerModel, Generic[T]):
    """Some of a list. Send ``next_cursor`` as ``?cursor=`` for the rest; null at the end."""

    items: list[T]
    next_cursor: str | None


def omittable(**constraints: Any) -> Any:
    """A field of a PATCH body that may be left out, but not sent as null (unless its type admits it)."""
    return Field(default_factory=lambda: None, **constraints)


def _refuse_unstorable(value: str) -> str:
    if "\x00" in value:
        raise ValueError("must not contain NUL characters")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise ValueError("must not contain lone surrogates") from None
    return value


def _refuse_unreadable(value: str) -> str:
    if _CONTROL.search(value):
        raise ValueError("must be one line, without control characters")
    # Only the length of a line is looked at: the limit of the field may be checked after this.
    if not any(_is_visible(character) for character in value[:_LONGEST_LINE]):
        raise ValueError("must contain something visible")
    return value


def _is_visible(character: str) -> bool:
    return (
        unicodedata.category(character) not in _INVISIBLE_CATEGORIES and character not in _FILLERS
    )


def _only_text(pattern: re.Pattern[str], form: str) -> BeforeValidator:
    def check(value: Any) -> Any:
        if not isinstance(value, str) or not pattern.fullmatch(value):
            raise ValueError(f"must be written as {form}")
        return value

    return BeforeValidator(check)


Text = Annotated[str, AfterValidator(_refuse_unstorable)]
"""Text that both databases can keep: without NUL and lone surrogates, which JSON can carry."""

Line = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1),
    AfterValidator(_refuse_unstorable),
    AfterValidator(_refuse_unreadable),
]
"""One line of text with something to see in it, without space around.

Marks of writing direction and joiners are kept (Arabic, Hebrew and emoji need them); who shows a line
isolates it.
"""

PlainDate = Annotated[
    date,
    Field(ge=date(1970, 1, 1), le=date(9000, 12, 31), examples=["2026-11-21"]),
    _only_text(_DATE, "YYYY-MM-DD"),
]
"""A local date. Its ends keep a day's distance from the calendar's, so that zones can't leave it."""

PlainTime = Annotated[time, Field(examples=["09:00"]), _only_text(_TIME, "HH:MM")]
"""A time of day on the owner's wall clock, without an offset."""

Instant = Annotated[
    AwareDatetime,
    Field(
        ge=datetime.fromisoformat("1970-01-01T00:00:00Z"),
        le=datetime.fromisoformat("9000-12-31T00:00:00Z"),
        examples=["2026-11-21T09:00:00Z"],
    ),
    _only_text(_INSTANT, "YYYY-MM-DDThh:mm:ssZ, or with an offset"),
]
"""An instant, written as RFC 3339 has it; whatever its offset, what is kept is the instant."""


def _parse_id(value: Any) -> Any:
    if isinstance(value, str) and not _WHOLE.fullmatch(value):
        raise ValueError("must be a whole number")
    return value


WHOLE_NUMBER = BeforeValidator(_parse_id)
"""For numbers in paths and queries: digits only, written in one way. It stands behind the bounds: else the
OpenAPI document would not tell them."""

EntityId = Annotated[int, Field(ge=1, le=MAX_ID, examples=[42]), WHOLE_NUMBER]
"""An id in a path: digits only, written in one way, within 64 bits."""

PageLimit = Annotated[int, Field(ge=1, le=100), WHOLE_NUMBER]
Cursor = Annotated[Text, StringConstraints(max_length=200)]
