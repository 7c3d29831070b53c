"""What the authors' services have in common: changing parts, numbering them, naming them."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from app.db.models import Course
from app.db.repositories.courses import CoursePart
from app.services.course_errors import KeyTakenError

Changes = Mapping[str, Any]
"""What an author sets, by the names and with the types of the row's attributes. What is absent stays."""

Part = TypeVar("Part", bound=CoursePart)

_KEYS_TRIED = 100


def touch(course: Course, now: datetime) -> None:
    """Note that the course, or something below it, was changed. Once for each request."""
    course.revision += 1
    course.updated_at = now


def apply_changes(row: Course | CoursePart, changes: Changes) -> bool:
    """Set what differs; whether anything did."""
    differing = {name: value for name, value in changes.items() if getattr(row, name) != value}
    for name, value in differing.items():
        setattr(row, name, value)
    return bool(differing)


def move_to(parts: Sequence[Part], part: Part, place: int | None) -> Sequence[Part]:
    """The parts with one of them at ``place`` (from 1; beyond the end is the end), or as they are."""
    if place is None:
        return parts
    others = [other for other in parts if other.id != part.id]
    return [*others[: place - 1], part, *others[place - 1 :]]


def find_place(parts: Sequence[CoursePart], part: CoursePart) -> int:
    """Where a part stands among those beside it, from 1."""
    return next(place for place, other in enumerate(parts, 1) if other.id == part.id)


def offer_keys(base: str) -> Sequence[str]:
    """Keys for a part that was given none, in the order in which they are tried."""
    return list(_iterate_keys(base))


def take_key(offered: Sequence[str], taken: Collection[str]) -> str:
    """The first key that is free.

    Raises:
        KeyTakenError: none is.
    """
    for key in offered:
        if key not in taken:
            return key
    raise KeyTakenError


def _iterate_keys(base: str) -> Iterator[str]:
    yield base
    for number in range(2, _KEYS_TRIED):
        yield f"{base}-{number}"
