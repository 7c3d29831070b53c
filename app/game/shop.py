"""The shop: what gold buys."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.game.activity import Activity
from app.game.hearts import regrow_hearts
from app.game.ledger import Entry, Reason
from app.game.outcome import Outcome
from app.game.player import Player
from app.game.rules import Rules, ShopItem
from app.game.settlement import settle
from app.game.world import World


class Hindrance(StrEnum):
    """Why an item can't be bought now."""

    NOT_ENOUGH_GOLD = "not_enough_gold"
    HEARTS_FULL = "hearts_full"
    FREEZES_FULL = "freezes_full"


@dataclass(frozen=True, slots=True)
class Offer:
    """What an item costs a player now, in gold, and how many hearts and freezes it would give.

    `hindrance` is None if it can be bought.
    """

    item: ShopItem
    price: int
    hearts: int
    freezes: int
    hindrance: Hindrance | None


def make_offer(player: Player, item: ShopItem, now: datetime, rules: Rules) -> Offer:
    """What the shop says to this player about an item.

    Where several things stand against it, the gold is named. Hearts that have grown back by `now`
    are not missing any more; freezes are those of the player, whatever days were missed since.
    """
    price = rules.shop[item]
    hearts, freezes = _measure_gift(player, item, now, rules)
    hindrance = None
    if player.gold < price:
        hindrance = Hindrance.NOT_ENOUGH_GOLD
    elif not (hearts or freezes):
        is_freeze = item is ShopItem.STREAK_FREEZE
        hindrance = Hindrance.FREEZES_FULL if is_freeze else Hindrance.HEARTS_FULL
    return Offer(item, price, hearts, freezes, hindrance)


def buy_item(player: Player, activity: Activity, world: World, rules: Rules) -> Outcome:
    """Take the price, give the item. It is no reward: no streak, no counter, and no undo.

    Raises ValueError for an activity without an item, and for one that can't be bought: that is
    refused before.
    """
    if activity.item is None:
        raise ValueError("a purchase says what is bought")
    offer = make_offer(player, activity.item, activity.occurred_at, rules)
    if offer.hindrance is not None:
        raise ValueError(f"{offer.item} can't be bought: {offer.hindrance}")
    entry = Entry(Reason.PURCHASED, activity.source, world.round, xp=0, gold=-offer.price)
    return settle(
        player,
        activity,
        rules,
        streak=player.streak,
        paid=False,
        entries=(entry,),
        counters={},
        hearts=offer.hearts,
        freezes=offer.freezes,
    )


def _measure_gift(player: Player, item: ShopItem, now: datetime, rules: Rules) -> tuple[int, int]:
    """Hearts and freezes that the item would give."""
    if item is ShopItem.STREAK_FREEZE:
        return 0, min(1, rules.max_freezes - player.streak.freezes)
    missing = rules.max_hearts - regrow_hearts(player.hearts, now, rules).count
    return missing if item is ShopItem.FULL_HEARTS else min(1, missing), 0
