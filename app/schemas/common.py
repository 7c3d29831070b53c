"""What request and answer bodies have in common: strict text, strict dates, pages."""

import re
from datetime import date, time
from typing import Annotated, Any, Generic, TypeVar

from pydantic import (
    AfterValidator,
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
_WHOLE = re.compile(r"\d{1,19}", re.ASCII)


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


def _refuse_nul(value: str) -> str:
    if "\x00" in value:
        raise ValueError("must not contain NUL characters")
    return value


def _only_text(pattern: re.Pattern[str], form: str) -> BeforeValidator:
    def check(value: Any) -> Any:
        if value is None or isinstance(value, date | time):
            return value
        if not isinstance(value, str) or not pattern.fullmatch(value):
            raise ValueError(f"must be written as {form}")
        return value

    return BeforeValidator(check)


Text = Annotated[str, AfterValidator(_refuse_nul)]
"""Text that both databases can keep. Lone surrogates are refused by Pydantic's own ``str``."""

Line = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1), AfterValidator(_refuse_nul)
]
"""Text that is not empty, without space around."""

PlainDate = Annotated[
    date,
    _only_text(_DATE, "YYYY-MM-DD"),
    Field(ge=date(1970, 1, 1), le=date(9000, 12, 31), examples=["2026-11-21"]),
]
"""A local date. Its ends keep a day's distance from the calendar's, so that zones can't leave it."""

PlainTime = Annotated[time, _only_text(_TIME, "HH:MM"), Field(examples=["09:00"])]
"""A time of day on the owner's wall clock, without an offset."""


def _parse_id(value: Any) -> Any:
    if isinstance(value, str) and not _WHOLE.fullmatch(value):
        raise ValueError("must be a whole number")
    return value


EntityId = Annotated[int, BeforeValidator(_parse_id), Field(ge=1, le=MAX_ID, examples=[42])]
"""An id in a path: digits only, within 64 bits."""

PageLimit = Annotated[int, BeforeValidator(_parse_id), Field(ge=1, le=100)]
Cursor = Annotated[str, StringConstraints(max_length=200), AfterValidator(_refuse_nul)]
