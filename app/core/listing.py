"""The words by which lists are filtered and sorted, and what a page is."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

T = TypeVar("T")

MAX_PAGE_SIZE = 100


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some of a list, and the cursor that leads to the rest (None at the end)."""

    items: Sequence[T]
    next_cursor: str | None


class TaskStatus(StrEnum):
    """Whether a task still wants doing. A recurring task is open while occurrences are left."""

    OPEN = "open"
    COMPLETED = "completed"


class TaskSort(StrEnum):
    """The order of a list of tasks; a leading minus turns it round. No due date counts as latest."""

    CREATED = "created_at"
    NEWEST = "-created_at"
    DUE = "due_on"
    DUE_LAST = "-due_on"
    EASIEST = "difficulty"
    HARDEST = "-difficulty"
