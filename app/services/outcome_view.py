"""What an activity did to its player, as clients see it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.core.battles import BattleKind
from app.db.models import RewardEntry
from app.db.repositories.history_records import EntryRecord
from app.game.activity import SourceType
from app.game.battle import Blow
from app.game.ledger import Reason
from app.game.outcome import Outcome


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
class BlowView:
    """What a boss suffered. The boss of a week is known by the week: its battle is not for good."""

    kind: BattleKind
    battle_id: int | None
    week_id: int | None
    boss: str
    damage: int
    hp_left: int
    defeated: bool


@dataclass(frozen=True, slots=True)
class GoalView:
    """A quest or a challenge that an activity moved: how far it is now, in units of its metric."""

    kind: str
    key: str
    title: str
    progress: int
    target: int
    completed: bool


@dataclass(frozen=True, slots=True)
class BadgeView:
    """A badge that was won, or taken back."""

    key: str
    title: str
    taken_back: bool


@dataclass(frozen=True, slots=True)
class OutcomeView:
    """See ``app.schemas.game.OutcomeRead`` for what the fields mean to clients."""

    xp: int
    gold: int
    level: Levels
    streak: int
    hearts: int
    damage: Sequence[BlowView]
    quests: Sequence[GoalView]
    badges: Sequence[BadgeView]
    entries: Sequence[EntryView]


_GOAL_KINDS = {Reason.QUEST_COMPLETED: "quest", Reason.CHALLENGE_COMPLETED: "challenge"}


def show_outcome(outcome: Outcome, entries: Sequence[EntryRecord]) -> OutcomeView:
    """The outcome, with its entries as they were stored."""
    return OutcomeView(
        xp=outcome.xp,
        gold=outcome.gold,
        level=Levels(outcome.level_before, outcome.level_after),
        streak=outcome.streak,
        hearts=outcome.hearts,
        damage=[_show_blow(blow) for blow in outcome.blows],
        quests=[
            GoalView(
                _GOAL_KINDS[goal.reason],
                goal.key,
                goal.title,
                goal.progress,
                goal.target,
                goal.finished,
            )
            for goal in outcome.goals
            if not (goal.finished and goal.standing)  # an undo that leaves it as it was
        ],
        badges=[
            *(BadgeView(badge.key, badge.title, taken_back=False) for badge in outcome.badges),
            *(BadgeView(badge.key, badge.title, taken_back=True) for badge in outcome.lost_badges),
        ],
        entries=[show_entry(entry) for entry in entries],
    )


def _show_blow(blow: Blow) -> BlowView:
    of_week, _, number = blow.source.id.rpartition("/")
    if blow.source.type is SourceType.PARTY_BATTLE:
        kind = BattleKind.PARTY
    else:
        kind = BattleKind.WEEK if of_week else BattleKind.PERSONAL
    return BlowView(
        kind,
        None if of_week else int(number),
        int(number) if of_week else None,
        blow.boss,
        blow.damage,
        blow.hp_left,
        blow.defeated,
    )


def show_entry(row: RewardEntry | EntryRecord) -> EntryView:
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


def join_outcomes(first: OutcomeView, second: OutcomeView) -> OutcomeView:
    """Two outcomes of one move as one: a blow, and the share in the victory that it brought."""
    return OutcomeView(
        xp=first.xp + second.xp,
        gold=first.gold + second.gold,
        level=Levels(first.level.before, second.level.after),
        streak=second.streak,
        hearts=first.hearts + second.hearts,
        damage=[*first.damage, *second.damage],
        quests=[*first.quests, *second.quests],
        badges=[*first.badges, *second.badges],
        entries=[*first.entries, *second.entries],
    )
