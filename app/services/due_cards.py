"""The cards that are due, without a word about their answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from app.core.clock import Clock
from app.core.reviewing import CardState
from app.db.repositories.review_rows import DueCardRow, DueLimits
from app.db.unit_of_work import ReadUnitOfWork
from app.services.choice_view import ChoiceView, view_choices
from app.services.curriculum.markdown import render_markdown
from app.services.curriculum.questions import read_question
from app.services.due_rule import find_due_limits
from app.services.errors import BadCursorError
from app.services.paging import Position, cut_page, decode_cursor, encode_cursor
from app.services.principal import Principal

MAX_COUNTED = 1000
"""Beyond it due cards are not counted: nobody reviews more in a day."""

_LIST = "due"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_MAX_INSTANT = 2**57
"""In microseconds; some thousand years from now, and well within what databases keep."""


@dataclass(frozen=True, slots=True)
class DueCardView:
    """See ``app.schemas.reviews.DueCardRead`` for what the fields mean to clients."""

    card_id: int
    question_id: int
    course: str
    course_task_id: int
    kind: str
    prompt: str
    prompt_html: str
    choices: Sequence[ChoiceView]
    due_at: datetime
    state: str


@dataclass(frozen=True, slots=True)
class DuePage:
    """Some of the due cards, and how many there are in all (up to ``MAX_COUNTED``)."""

    items: Sequence[DueCardView]
    next_cursor: str | None
    due: int


class DueCardService:
    """Lists what a learner may review now."""

    def __init__(self, uow: ReadUnitOfWork, clock: Clock) -> None:
        self._uow = uow
        self._clock = clock

    async def list_page(self, principal: Principal, limit: int, cursor: str | None) -> DuePage:
        """A page of the cards that are due, longest due first.

        Raises:
            BadCursorError: the cursor is not one of this list.
        """
        limits = find_due_limits(principal.calendar, self._clock.now())
        after = None if cursor is None else _read_position(decode_cursor(_LIST, cursor))
        user_id = principal.user_id
        rows = await self._uow.reviews.list_due(user_id, limits, after, limit + 1)
        page = cut_page(
            rows,
            limit,
            lambda row: _show_card(row, user_id),
            lambda row: encode_cursor(_LIST, _write_position(row)),
        )
        is_all = cursor is None and page.next_cursor is None
        due = len(rows) if is_all else await self._count(user_id, limits)
        return DuePage(page.items, page.next_cursor, due)

    async def _count(self, user_id: int, limits: DueLimits) -> int:
        return await self._uow.reviews.count_due(user_id, limits, MAX_COUNTED)


def _show_card(row: DueCardRow, user_id: int) -> DueCardView:
    return DueCardView(
        card_id=row.card_id,
        question_id=row.id,
        course=row.course,
        course_task_id=row.course_task_id,
        kind=row.kind,
        prompt=row.prompt,
        prompt_html=render_markdown(row.prompt),
        choices=view_choices(read_question(row), f"{user_id}|{row.card_id}", row.reviews),
        due_at=row.due_at,
        state=CardState(row.state).label,
    )


def _write_position(row: DueCardRow) -> Position:
    return [(row.due_at - _EPOCH) // _MICROSECOND, row.card_id]


def _read_position(position: Position) -> tuple[datetime, int]:
    match position:
        case [int(due_at), int(card_id)] if 0 <= due_at < _MAX_INSTANT and 0 <= card_id < 2**63:
            return _EPOCH + due_at * _MICROSECOND, card_id
        case _:
            raise BadCursorError
