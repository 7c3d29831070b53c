"""When a card comes back: FSRS with its default parameters. The only module that knows fsrs."""

from dataclasses import dataclass
from datetime import UTC, datetime

import fsrs

from app.core.reviewing import CardState, Rating

_SCHEDULER = fsrs.Scheduler(enable_fuzzing=False)
"""Without fuzz, so that the same history always gives the same dates."""


@dataclass(frozen=True, slots=True)
class Memory:
    """What FSRS knows of a card: ``stability`` in days, ``difficulty`` 1-10; both None before the first
    review. ``step`` is that of learning and relearning, None in the state review. Instants are aware.
    """

    state: CardState
    step: int | None
    stability: float | None
    difficulty: float | None
    due_at: datetime
    last_reviewed_at: datetime | None


def new_memory(now: datetime) -> Memory:
    """A card that was never reviewed: due at once."""
    return Memory(CardState.LEARNING, 0, None, None, _to_utc(now), None)


def schedule(memory: Memory, rating: Rating, now: datetime) -> Memory:
    """The memory after a review. ValueError for a naive instant."""
    reviewed_at = _to_utc(now)
    card, _ = _SCHEDULER.review_card(_write_card(memory), fsrs.Rating(rating.number), reviewed_at)
    return Memory(
        CardState(card.state.value),
        card.step,
        card.stability,
        card.difficulty,
        card.due,
        card.last_review,
    )


def _write_card(memory: Memory) -> fsrs.Card:
    last_reviewed_at = memory.last_reviewed_at
    return fsrs.Card(
        card_id=0,  # without one it makes its own, and sleeps for that
        state=fsrs.State(memory.state.value),
        step=memory.step,
        stability=memory.stability,
        difficulty=memory.difficulty,
        due=_to_utc(memory.due_at),
        last_review=None if last_reviewed_at is None else _to_utc(last_reviewed_at),
    )


def _to_utc(instant: datetime) -> datetime:
    """FSRS takes no other zone, not even one that is at UTC too."""
    if instant.tzinfo is None:
        raise ValueError("an instant must be aware")
    return instant.astimezone(UTC)
