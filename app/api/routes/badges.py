"""Badges as learners see them."""

from typing import Annotated

from fastapi import Query, status

from app.api.definition_deps import BadgeServiceDep
from app.api.deps import CurrentUser
from app.api.docs import problems
from app.api.resource import ResourceRouter
from app.core.listing import Page
from app.schemas.badges import BadgeProgressRead, BadgeQuery
from app.schemas.common import PageRead
from app.services.badges import BadgeProgress
from app.services.errors import BadCursorError

router = ResourceRouter("/game", tag="game")


@router.get(
    "/badges",
    summary="List badges",
    status_code=status.HTTP_200_OK,
    response_model=PageRead[BadgeProgressRead],
    responses=problems(BadCursorError),
)
async def list_badges(
    query: Annotated[BadgeQuery, Query()], caller: CurrentUser, badges: BadgeServiceDep
) -> Page[BadgeProgress]:
    """All badges that can be won and those that you have, by family and tier, with your progress."""
    return await badges.list_page(caller, query.limit, query.cursor)
