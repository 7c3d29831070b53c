"""The player, the ledger and the shop."""

from typing import Annotated

from fastapi import Query, status

from app.api.deps import (
    CurrentUser,
    GameServiceDep,
    ShopItemName,
    ShopReadServiceDep,
    ShopServiceDep,
)
from app.api.docs import problems
from app.api.idempotency import RETRY_REFUSALS, Idempotent
from app.api.resource import ResourceRouter
from app.core.listing import Page
from app.schemas.common import PageRead
from app.schemas.game import LedgerEntryRead, LedgerQuery, ProfileRead, PurchaseRead, ShopRead
from app.services.errors import BadCursorError
from app.services.game import ProfileView
from app.services.outcome_view import EntryView
from app.services.shop import PurchaseView, ShopView
from app.services.shop_errors import FreezesFullError, HeartsFullError, NotEnoughGoldError

router = ResourceRouter("/game", tag="game")


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


@router.get(
    "/shop",
    summary="Show the shop",
    status_code=status.HTTP_200_OK,
    response_model=ShopRead,
)
async def get_shop(caller: CurrentUser, shop: ShopReadServiceDep) -> ShopView:
    """What your gold buys, and what stands against it: too little gold, or nothing to give."""
    return await shop.get(caller)


@router.post(
    "/shop/{item}/purchase",
    summary="Buy an item",
    status_code=status.HTTP_200_OK,
    response_model=PurchaseRead,
    responses=problems(NotEnoughGoldError, HeartsFullError, FreezesFullError, *RETRY_REFUSALS),
    dependencies=[Idempotent],
)
async def buy_item(item: ShopItemName, caller: CurrentUser, shop: ShopServiceDep) -> PurchaseView:
    """Spend gold on a heart, on all hearts that are missing, or on a streak freeze.

    A freeze saves the streak over a missed day; at most 2 are held. A purchase can't be undone; each
    request is one, so send an `Idempotency-Key` to be able to repeat it.
    """
    return await shop.buy(caller, item)
