"""The player and the ledger."""

from typing import Annotated

from fastapi import APIRouter, Query, status

from app.api.deps import CurrentUser, GameServiceDep
from app.api.docs import problems
from app.api.route import ApiRoute
from app.core.listing import Page
from app.schemas.common import PageRead
from app.schemas.game import LedgerEntryRead, LedgerQuery, ProfileRead
from app.services.errors import BadCursorError
from app.services.game import ProfileView
from app.services.outcome_view import EntryView

router = APIRouter(prefix="/game", tags=["game"], route_class=ApiRoute)


@router.get(
    "/profile",
    summary="Show your player",
    status_code=status.HTTP_200_OK,
    response_model=ProfileRead,
)
async def get_profile(caller: CurrentUser, game: GameServiceDep) -> ProfileView:
    """XP, level, gold, hearts and streak as they are now."""
    return await game.get_profile(caller)


@router.get(
    "/ledger",
    summary="List your ledger",
    status_code=status.HTTP_200_OK,
    response_model=PageRead[LedgerEntryRead],
    responses=problems(BadCursorError),
)
async def list_ledger(
    query: Annotated[LedgerQuery, Query()], caller: CurrentUser, game: GameServiceDep
) -> Page[EntryView]:
    """Why you have what you have: every movement of XP and gold, newest first. Balances are its sums."""
    return await game.list_ledger(caller, query.limit, query.cursor)
