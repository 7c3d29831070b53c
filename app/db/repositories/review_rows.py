"""The rows that tell what is to be reviewed, and what was."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.core.reviewing import CardState


@dataclass(frozen=True, slots=True)
class DueLimits:
    """What is due: cards in state review before ``review_before``, all others up to ``now``."""

    now: datetime
    review_before: datetime


@dataclass(frozen=True, slots=True)
class AskedRow:
    """The question of a card."""

    id: int
    key: str
    kind: str
    prompt: str
    body: dict[str, Any]
    explanation: str


@dataclass(frozen=True, slots=True)
class DueCardRow(AskedRow):
    """A card that is due, what it asks, and where that stands: ``course`` is the slug."""

    course_task_id: int
    course: str
    card_id: int
    state: int
    due_at: datetime
    reviews: int


@dataclass(frozen=True, slots=True)
class CardCounts:
    """How many live cards are due, are in each state, and are due before each of some instants."""

    due: int
    by_state: Mapping[CardState, int]
    due_before: Sequence[int]


@dataclass(frozen=True, slots=True)
class LogCounts:
    """How many reviews were done: in all, of cards in state review, and of these with success."""

    total: int
    of_known: int
    remembered: int
