"""Reviewing by spaced repetition."""

from typing import Annotated

from fastapi import Path, Query, status

from app.api.course_deps import DueCardServiceDep, ReviewServiceDep, ReviewStatsServiceDep
from app.api.deps import CurrentUser
from app.api.docs import problems
from app.api.idempotency import RETRY_REFUSALS, Idempotent
from app.api.resource import ResourceRouter
from app.schemas.common import EntityId
from app.schemas.reviews import (
    DuePageRead,
    DueQuery,
    ReviewCreate,
    ReviewRead,
    ReviewStatsRead,
)
from app.services.course_errors import BadAnswersError, CardNotDueError, CardNotFoundError
from app.services.due_cards import DuePage
from app.services.errors import BadCursorError
from app.services.review_stats import ReviewStats
from app.services.reviews import ReviewView

router = ResourceRouter("/reviews", tag="reviews")


@router.get(
    "/due",
    summary="List due cards",
    status_code=status.HTTP_200_OK,
    response_model=DuePageRead,
    responses=problems(BadCursorError),
)
async def list_due_cards(
    query: Annotated[DueQuery, Query()], caller: CurrentUser, cards: DueCardServiceDep
) -> DuePage:
    """What you may review now, longest due first: questions of the courses that you take.

    A card in state `review` is due from the start of the local day in which `due_at` lies; one in
    state `learning` or `relearning` at `due_at`.
    """
    return await cards.list_page(caller, query.limit, query.cursor)


@router.get(
    "/stats",
    summary="Show how reviewing goes",
    status_code=status.HTTP_200_OK,
    response_model=ReviewStatsRead,
)
async def get_review_stats(caller: CurrentUser, stats: ReviewStatsServiceDep) -> ReviewStats:
    """Your cards, what you did with them, and how many are due on each of the next 14 days."""
    return await stats.get(caller)


@router.post(
    "/{card_id}",
    summary="Review a card",
    status_code=status.HTTP_200_OK,
    response_model=ReviewRead,
    responses=problems(CardNotFoundError, CardNotDueError, BadAnswersError, *RETRY_REFUSALS),
    dependencies=[Idempotent],
)
async def review_card(
    card_id: Annotated[EntityId, Path(description="The card's id.")],
    given: ReviewCreate,
    caller: CurrentUser,
    reviews: ReviewServiceDep,
) -> ReviewView:
    """Answer a card that is due, or rate how well you remembered, and learn when it comes back.

    A review pays once per card and local day, for at most 100 reviews a day; each tenth paid one
    gives a heart back. A card that is not due is refused with `due_at` and `Retry-After`.
    """
    return await reviews.review(caller, card_id, given.rating, given.answer)
