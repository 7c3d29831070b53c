"""Bodies about the player and the ledger."""

from datetime import date, datetime
from typing import Literal

from pydantic import Field

from app.core.battles import BattleKind
from app.game.activity import SourceType
from app.game.ledger import Reason
from app.game.rules import ShopItem
from app.game.shop import Hindrance
from app.schemas.common import AnswerModel, Cursor, PageLimit, RequestModel


class LedgerEntryRead(AnswerModel):
    """A movement of XP and gold, and why."""

    id: int
    created_at: datetime
    reason: Reason
    source_type: SourceType
    source_id: str = Field(
        description="The id of the task, course task, quiz, week, course, challenge or battle; for an "
        "occurrence and a card's day with the date: 42/2026-11-21; for the boss of a week: week/42; the "
        "key of the badge or quest, of a daily or weekly one with the date on which its period began; "
        "for a purchase the number of its activity."
    )
    xp: int
    gold: int
    activity_id: int = Field(description="The number of the activity among the player's own.")
    reverses_id: int | None = Field(description="The entry that this one takes back.")


class LevelChange(AnswerModel):
    """The level before and after."""

    before: int
    after: int


class DamageRead(AnswerModel):
    """What a boss suffered: below 0 what an undo gave back."""

    kind: BattleKind
    battle_id: int | None = Field(description="Null for the boss of a week, which is known by it.")
    week_id: int | None
    boss: str
    damage: int
    hp_left: int
    defeated: bool


class GoalRead(AnswerModel):
    """How far a quest or a challenge is now. What an undo re-opened is not completed."""

    kind: Literal["quest", "challenge"]
    key: str = Field(description="The quest's key; of a challenge its id.")
    title: str
    progress: int
    target: int
    completed: bool


class BadgeRead(AnswerModel):
    """A badge that was awarded or, by an undo, taken back."""

    key: str
    title: str
    taken_back: bool


class OutcomeRead(AnswerModel):
    """All that an activity did to the player. A repeat that changed nothing has a zero outcome."""

    xp: int
    gold: int
    level: LevelChange
    streak: int = Field(description="Days in a row, today included if it counts already.")
    hearts: int = Field(description="Hearts that it gave or, below 0, took.")
    damage: list[DamageRead]
    quests: list[GoalRead] = Field(description="Quests and challenges that it moved.")
    badges: list[BadgeRead]
    entries: list[LedgerEntryRead]


class ProfileRead(AnswerModel):
    """The player now. ``today`` is the learner's local date."""

    xp: int
    level: int
    xp_into_level: int
    xp_to_next_level: int
    gold: int = Field(description="Below zero only as a debt after an undo.")
    hearts: int
    max_hearts: int
    next_heart_at: datetime | None
    streak: int
    longest_streak: int
    streak_freezes: int
    daily_reviews: int
    paused_until: date | None = Field(description="The last local date of a pause, if one is set.")
    today: date


class OfferRead(AnswerModel):
    """What an item costs, and whether you can buy it now."""

    item: ShopItem
    price: int = Field(description="In gold.")
    available: bool
    hindrance: Hindrance | None = Field(description="Why it is not available.")


class ShopRead(AnswerModel):
    """Your gold, and what it buys."""

    gold: int = Field(description="Below zero only as a debt after an undo.")
    items: list[OfferRead]


class PurchaseRead(AnswerModel):
    """What was bought, what you have after it, and what it did."""

    item: ShopItem
    price: int = Field(description="In gold.")
    gold: int
    hearts: int
    next_heart_at: datetime | None
    streak_freezes: int
    outcome: OutcomeRead


class LedgerQuery(RequestModel):
    """Which part of the ledger to show."""

    limit: PageLimit = 20
    cursor: Cursor | None = None
