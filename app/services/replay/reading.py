"""From rows to the values that a replay works on."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from app.core.questing import ONCE_ON
from app.db.models import Badge as BadgeModel
from app.db.models import BossBattle, Challenge, ChallengeMember, Quest, QuestProgress
from app.db.repositories.activities import PAUSE_UNTIL
from app.db.repositories.replay import EntryRow, HistoryRow
from app.game.activity import Activity, ActivityKind, Attempt, Source, SourceType
from app.game.battle import Battle
from app.game.calendar import Calendar
from app.game.goal import Badge, Reward
from app.game.metrics import Metric
from app.game.rules import Difficulty, ShopItem
from app.services.history_mapping import BLOWS, HEARTS, ITEM, STAGES
from app.services.replay.values import (
    Amounts,
    BadgeDefinition,
    ChallengeDefinition,
    EntryKey,
    KeptBattle,
    KeptGoal,
    QuestDefinition,
    Record,
)
from app.services.turn import source_of_battle


def read_record(row: HistoryRow, entries: Sequence[EntryRow]) -> Record:
    """An activity with its entries.

    Raises:
        ValueError: it is none that the rules know.
        KeyError: a fact is missing, or its zone is unknown.
    """
    facts: Mapping[str, Any] = row.facts
    blows = {
        Source(SourceType(kind), number): dealt for kind, number, dealt in facts.get(BLOWS, [])
    }
    stages = facts.get(STAGES)
    return Record(
        sequence=row.sequence,
        activity=_read_activity(row, facts),
        local_on=row.local_on,
        undoes=row.undoes,
        revision=facts.get("revision"),
        paid=row.paid,
        freezes=row.freezes_gained,
        hearts=facts.get(HEARTS, 0),
        damage=row.damage,
        blows={s: dealt for s, dealt in blows.items() if s.type is SourceType.BOSS_BATTLE},
        party_blows={s: dealt for s, dealt in blows.items() if s.type is SourceType.PARTY_BATTLE},
        stages=None
        if stages is None
        else [(Source(SourceType(kind), number), is_met) for kind, number, is_met in stages],
        entries=dict(_read_entry(entry) for entry in entries),
    )


def _read_activity(row: HistoryRow, facts: Mapping[str, Any]) -> Activity:
    kind = ActivityKind(row.kind)
    difficulty, item, until = facts.get("difficulty"), facts.get(ITEM), facts.get(PAUSE_UNTIL)
    return Activity(
        kind,
        Source(SourceType(row.source_type), row.source_id),
        row.occurred_at,
        Calendar(ZoneInfo(row.zone), row.day_starts_at),
        difficulty=None if difficulty is None else Difficulty(difficulty),
        attempt=_read_attempt(facts) if kind is ActivityKind.QUIZ_ATTEMPTED else None,
        item=None if item is None else ShopItem(item),
        pause_until=None if until is None else date.fromisoformat(until),
        course=row.course_id,
        week=row.week_id,
    )


def _read_attempt(facts: Mapping[str, Any]) -> Attempt:
    return Attempt(
        facts["questions"], facts["wrong"], facts["graded"], facts["first"], facts["pass_percent"]
    )


def _read_entry(row: EntryRow) -> tuple[EntryKey, Amounts]:
    source = Source(SourceType(row.source_type), row.source_id)
    return EntryKey(row.reason, source, row.round, row.reversed_reason), (row.xp, row.gold)


def read_quest(row: Quest) -> QuestDefinition:
    """A revision of a quest."""
    return QuestDefinition(
        id=row.id,
        key=row.key,
        metric=Metric(row.metric),
        target=row.target,
        course=row.course_id,
        reward=Reward(row.xp, row.gold, row.freezes, row.badge_key),
        revision=row.revision,
        cadence=row.cadence,
        created_at=row.created_at,
        pool_from=row.pool_from,
        pool_until=row.pool_until,
    )


def read_challenge(row: Challenge) -> ChallengeDefinition:
    """A challenge."""
    return ChallengeDefinition(
        id=row.id,
        key=str(row.id),
        metric=Metric(row.metric),
        target=row.target,
        course=row.course_id,
        reward=Reward(row.xp, row.gold, row.freezes, row.badge_key),
        starts_at=row.starts_at,
        ends_at=row.ends_at,
    )


def read_badge(row: BadgeModel) -> BadgeDefinition:
    """A revision of a badge."""
    badge = Badge(
        source=Source(SourceType.BADGE, row.key),
        key=row.key,
        title=row.title,
        reward=Reward(row.xp, row.gold, row.freezes),
        metric=None if row.metric is None else Metric(row.metric),
        target=row.target or 0,
        course=row.course_id,
    )
    return BadgeDefinition(row.id, badge, row.created_at, row.retired_at)


def read_boss(row: BossBattle, hp: int, xp: int, gold: int) -> Battle:
    """A battle with a boss of one's choice, as it begins."""
    return Battle(source_of_battle(row.id, row.week_id), row.title, hp, 0, xp, gold)


def read_kept_battle(row: BossBattle) -> tuple[Source, KeptBattle]:
    """What is kept of a battle."""
    kept = KeptBattle(row.hp, row.xp, row.gold, row.started_sequence, row.damage, row.won_sequence)
    return source_of_battle(row.id, row.week_id), kept


def read_kept_quest(row: QuestProgress) -> tuple[Source, KeptGoal]:
    """What is kept of a quest in a period."""
    period = "" if row.period_on == ONCE_ON else f"/{row.period_on.isoformat()}"
    kept = KeptGoal(
        row.quest_id, row.status, row.progress, row.accepted_sequence, row.finished_sequence
    )
    return Source(SourceType.QUEST, f"{row.quest_key}{period}"), kept


def read_membership(row: ChallengeMember) -> tuple[Source, KeptGoal]:
    """What is kept of a challenge."""
    status = "active" if row.finished_sequence is None else "completed"
    kept = KeptGoal(
        row.challenge_id, status, row.progress, row.joined_sequence, row.finished_sequence
    )
    return Source(SourceType.CHALLENGE, str(row.challenge_id)), kept
