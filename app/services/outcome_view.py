"""What an activity did to its player, as clients see it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.db.models import RewardEntry
from app.game.outcome import BadgeAward, Blow, GoalProgress, Outcome


@dataclass(frozen=True, slots=True)
class Levels:
    """The level before and after."""

    before: int
    after: int


@dataclass(frozen=True, slots=True)
class EntryView:
    """A row of the ledger, as clients see it."""

    id: int
    created_at: datetime
    reason: str
    source_type: str
    source_id: str
    xp: int
    gold: int
    activity_id: int
    reverses_id: int | None


@dataclass(frozen=True, slots=True)
class OutcomeView:
    """See ``app.schemas.game.OutcomeRead`` for what the fields mean to clients."""

    xp: int
    gold: int
    level: Levels
    streak: int
    hearts: int
    damage: Sequence[Blow]
    quests: Sequence[GoalProgress]
    badges: Sequence[BadgeAward]
    entries: Sequence[EntryView]


def show_outcome(outcome: Outcome, entries: Sequence[RewardEntry]) -> OutcomeView:
    """The outcome, with its entries as they were stored."""
    return OutcomeView(
        xp=outcome.xp,
        gold=outcome.gold,
        level=Levels(outcome.level_before, outcome.level_after),
        streak=outcome.streak,
        hearts=outcome.hearts,
        damage=outcome.blows,
        quests=outcome.goals,
        badges=outcome.badges,
        entries=[show_entry(entry) for entry in entries],
    )


def show_entry(row: RewardEntry) -> EntryView:
    """A ledger row as clients see it."""
    return EntryView(
        id=row.id,
        created_at=row.created_at,
        reason=row.reason,
        source_type=row.source_type,
        source_id=row.source_id,
        xp=row.xp,
        gold=row.gold,
        activity_id=row.activity_sequence,
        reverses_id=row.reverses_id,
    )
