"""Review cards: making them, and the memory that their rows hold."""

from collections.abc import Sequence
from typing import Any

from app.core.reviewing import CardState
from app.db.models import ReviewCard
from app.db.unit_of_work import UnitOfWork
from app.services.scheduling import Memory, new_memory
from app.services.turn import Turn


class ReviewCardService:
    """Makes cards."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    async def add(self, turn: Turn, course_id: int, question_ids: Sequence[int]) -> int:
        """Let questions of a course come back, from now on; gives how many had no card of the caller's.

        Those that had one stay as they are.
        """
        cards = [
            _new_card(turn, course_id, question_id) for question_id in dict.fromkeys(question_ids)
        ]
        return await self._uow.reviews.add_missing(cards) if cards else 0


def read_memory(card: ReviewCard) -> Memory:
    """The memory of a card."""
    return Memory(
        CardState(card.state),
        card.step,
        card.stability,
        card.difficulty,
        card.due_at,
        card.last_reviewed_at,
    )


def write_memory(memory: Memory, card: ReviewCard) -> None:
    """Put a memory into its card."""
    for column, value in _list_columns(memory).items():
        setattr(card, column, value)


def _new_card(turn: Turn, course_id: int, question_id: int) -> dict[str, Any]:
    return {
        "user_id": turn.user_id,
        "question_id": question_id,
        "course_id": course_id,
        "created_at": turn.now,
        "reviews": 0,
        **_list_columns(new_memory(turn.now)),
    }


def _list_columns(memory: Memory) -> dict[str, Any]:
    return {
        "state": memory.state.value,
        "step": memory.step,
        "stability": memory.stability,
        "difficulty": memory.difficulty,
        "due_at": memory.due_at,
        "last_reviewed_at": memory.last_reviewed_at,
    }
