"""The annotated aliases of courses, reviews and their authors."""

from typing import Annotated

from fastapi import Depends

from app.api.deps import ClockDep, CurrentUser, ReadUowDep, UowDep
from app.services.course_errors import AuthorRequiredError
from app.services.due_cards import DueCardService
from app.services.principal import Principal
from app.services.review_stats import ReviewStatsService
from app.services.reviews import ReviewService


async def get_author(caller: CurrentUser) -> Principal:
    """The caller, who has to be an author or an admin."""
    if not caller.may_author:
        raise AuthorRequiredError
    return caller


Author = Annotated[Principal, Depends(get_author)]


async def get_due_cards(uow: ReadUowDep, clock: ClockDep) -> DueCardService:
    """Shows due cards."""
    return DueCardService(uow, clock)


async def get_reviews(uow: UowDep, clock: ClockDep) -> ReviewService:
    """Takes reviews."""
    return ReviewService(uow, clock)


async def get_review_stats(uow: ReadUowDep, clock: ClockDep) -> ReviewStatsService:
    """Adds reviews up."""
    return ReviewStatsService(uow, clock)


DueCardServiceDep = Annotated[DueCardService, Depends(get_due_cards)]
ReviewServiceDep = Annotated[ReviewService, Depends(get_reviews)]
ReviewStatsServiceDep = Annotated[ReviewStatsService, Depends(get_review_stats)]
