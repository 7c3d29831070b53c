"""The shop: what gold buys now, and buying it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from app.core.clock import Clock
from app.core.errors import ConflictError, UnauthenticatedError
from app.db.unit_of_work import ReadUnitOfWork, UnitOfWork
from app.game.rules import RULES, ShopItem
from app.game.shop import Hindrance, make_offer
from app.services.outcome_view import OutcomeView
from app.services.play import PlayService
from app.services.player_mapping import read_player
from app.services.principal import Principal
from app.services.shop_errors import FreezesFullError, HeartsFullError, NotEnoughGoldError

_REFUSALS: Mapping[Hindrance, type[ConflictError]] = MappingProxyType(
    {
        Hindrance.NOT_ENOUGH_GOLD: NotEnoughGoldError,
        Hindrance.HEARTS_FULL: HeartsFullError,
        Hindrance.FREEZES_FULL: FreezesFullError,
    }
)


@dataclass(frozen=True, slots=True)
class OfferView:
    """An item, and why it can't be bought now (None if it can)."""

    item: ShopItem
    price: int
    hindrance: Hindrance | None

    @property
    def available(self) -> bool:
        """Whether it can be bought now."""
        return self.hindrance is None


@dataclass(frozen=True, slots=True)
class ShopView:
    """See ``app.schemas.game.ShopRead`` for what the fields mean to clients."""

    gold: int
    items: Sequence[OfferView]


@dataclass(frozen=True, slots=True)
class PurchaseView:
    """See ``app.schemas.game.PurchaseRead`` for what the fields mean to clients."""

    item: ShopItem
    price: int
    gold: int
    hearts: int
    next_heart_at: datetime | None
    streak_freezes: int
    outcome: OutcomeView


class ShopReadService:
    """Shows the shop."""

    def __init__(self, uow: ReadUnitOfWork, clock: Clock) -> None:
        self._uow = uow
        self._clock = clock

    async def get(self, principal: Principal) -> ShopView:
        """The shop as it is for the caller now.

        Raises:
            UnauthenticatedError: the account was deleted meanwhile.
        """
        now = self._clock.now()
        today = principal.calendar.day_of(now)
        found = await self._uow.players.get_with_reviews(principal.user_id, today)
        if found is None:
            raise UnauthenticatedError
        player = read_player(found)
        offers = [make_offer(player, item, now, RULES) for item in RULES.shop]
        items = [OfferView(offer.item, offer.price, offer.hindrance) for offer in offers]
        return ShopView(player.gold, items)


class ShopService:
    """Sells."""

    def __init__(self, uow: UnitOfWork, clock: Clock) -> None:
        self._play = PlayService(uow, clock)

    async def buy(self, principal: Principal, item: ShopItem) -> PurchaseView:
        """Buy one of an item. A refusal changes nothing and records nothing.

        Raises:
            UnauthenticatedError: the account was deleted meanwhile.
            NotEnoughGoldError: it costs more than there is.
            HeartsFullError: it gives hearts, and none is missing now.
            FreezesFullError: it gives a freeze, and no more can be held.
        """
        turn = await self._play.begin(principal)
        offer = make_offer(read_player(turn.player), item, turn.now, RULES)
        if offer.hindrance is not None:
            raise _REFUSALS[offer.hindrance]
        outcome = await self._play.buy(turn, item)
        return PurchaseView(
            item=item,
            price=offer.price,
            gold=turn.player.gold,
            hearts=turn.hearts.count,
            next_heart_at=turn.hearts.next_at,
            streak_freezes=turn.player.streak_freezes,
            outcome=outcome,
        )
