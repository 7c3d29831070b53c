"""Every number of the game, in one frozen value."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType


class Difficulty(StrEnum):
    """How hard a task is, as its owner or its author says."""

    TRIVIAL = "trivial"
    EASY = "easy"
    MEDIUM = "medium"
    HARD = "hard"


class ShopItem(StrEnum):
    """What gold buys."""

    HEART = "heart"
    FULL_HEARTS = "full_hearts"
    STREAK_FREEZE = "streak_freeze"


@dataclass(frozen=True, slots=True)
class Price:
    """What a completion is worth before any bonus: XP, gold coins and points of boss damage."""

    xp: int
    gold: int
    damage: int


@dataclass(frozen=True, slots=True)
class LeagueRules:
    """How leagues go. The lowest tier is 1; a share of 4 is a quarter, rounded down."""

    tiers: int = 5
    group_size: int = 30
    up_share: int = 4
    most_up: int = 7
    down_share: int = 6
    most_down: int = 5


def _list_prices() -> Mapping[Difficulty, Price]:
    return MappingProxyType(
        {
            Difficulty.TRIVIAL: Price(xp=5, gold=1, damage=5),
            Difficulty.EASY: Price(xp=10, gold=2, damage=10),
            Difficulty.MEDIUM: Price(xp=20, gold=4, damage=20),
            Difficulty.HARD: Price(xp=40, gold=8, damage=40),
        }
    )


def _list_shop() -> Mapping[ShopItem, int]:
    return MappingProxyType(
        {ShopItem.HEART: 20, ShopItem.FULL_HEARTS: 80, ShopItem.STREAK_FREEZE: 100}
    )


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of the game, version 1 (DESIGN, section 3).

    Percentages are whole per cent; all arithmetic with them is floor division by `percent`. A
    change of any number needs a new `version`, since activities record the version that they were
    played under.
    """

    version: int = 1
    # Left out of the hash, because a read-only mapping has none before Python 3.12; equality still
    # compares it.
    prices: Mapping[Difficulty, Price] = field(default_factory=_list_prices, hash=False)
    level_step: int = 50
    percent: int = 100
    streak_bonus_cap: int = 50
    max_freezes: int = 2
    paid_tasks_per_day: int = 20
    max_hearts: int = 5
    heart_regrowth_hours: int = 4
    pass_percent: int = 80
    attempts_per_day: int = 10
    quiz: Price = Price(xp=30, gold=5, damage=30)
    perfect_quiz_xp: int = 10
    milestone: Price = Price(xp=50, gold=10, damage=0)
    course: Price = Price(xp=200, gold=50, damage=0)
    review: Price = Price(xp=1, gold=0, damage=2)
    level_damage_percent: int = 2
    week_boss_hp: int = 300
    week_boss: Price = Price(xp=100, gold=25, damage=0)
    paid_reviews_per_day: int = 100
    reviews_per_heart: int = 10
    pause_days_per_year: int = 30
    max_strikes: int = 7
    daily_quests: int = 3
    max_accepted_quests: int = 20
    shop: Mapping[ShopItem, int] = field(default_factory=_list_shop, hash=False)
    league: LeagueRules = LeagueRules()
    exact_ranks: int = 1000


RULES = Rules()
