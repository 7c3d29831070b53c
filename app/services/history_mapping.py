"""Between the rows of activities and entries, and the values that the rules work on."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from app.db.models import ActivityRow, RewardEntry
from app.db.repositories.activities import StreakRow
from app.game.activity import Activity, ActivityKind, Source, SourceType
from app.game.calendar import Calendar
from app.game.ledger import Entry, PaidEntry, Reason
from app.game.outcome import Outcome
from app.game.rules import RULES, Difficulty
from app.game.streak import FreezesGained, RewardedAt, StreakEvent
from app.game.world import PastActivity

HEARTS = "hearts"
"""The fact by which an activity says how many hearts it gave or took."""

ITEM = "item"
"""The fact by which a purchase says what was bought."""


def write_activity(
    user_id: int,
    sequence: int,
    activity: Activity,
    outcome: Outcome,
    *,
    undoes: int | None = None,
    revision: int | None = None,
) -> ActivityRow:
    """The row of an activity. ``revision`` is that of the definition which it used, if that has one."""
    return ActivityRow(
        user_id=user_id,
        sequence=sequence,
        kind=activity.kind,
        source_type=activity.source.type,
        source_id=activity.source.id,
        undoes=undoes,
        paid=outcome.paid,
        freezes_gained=outcome.freezes,
        occurred_at=activity.occurred_at,
        local_on=activity.local_on,
        zone=activity.calendar.zone.key,
        day_starts_at=activity.calendar.day_starts_at,
        rules_version=RULES.version,
        facts=_list_facts(activity, outcome, revision),
    )


def _list_facts(activity: Activity, outcome: Outcome, revision: int | None) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    if activity.difficulty is not None:
        facts["difficulty"] = activity.difficulty.value
    if activity.attempt is not None:
        facts["questions"] = activity.attempt.questions
        facts["wrong"] = activity.attempt.wrong
        facts["graded"] = activity.attempt.graded
        facts["first"] = activity.attempt.first
        facts["pass_percent"] = activity.attempt.pass_percent
    if activity.item is not None:
        facts[ITEM] = activity.item.value
    if outcome.hearts:
        facts[HEARTS] = outcome.hearts
    if revision is not None:
        facts["revision"] = revision
    return facts


def write_entry(user_id: int, sequence: int, now: datetime, entry: Entry) -> RewardEntry:
    """The row of an entry."""
    return RewardEntry(
        user_id=user_id,
        activity_sequence=sequence,
        created_at=now,
        reason=entry.reason,
        source_type=entry.source.type,
        source_id=entry.source.id,
        round=entry.round,
        xp=entry.xp,
        gold=entry.gold,
        reverses_id=entry.reverses_id,
    )


def read_streak_events(rows: Sequence[StreakRow]) -> tuple[StreakEvent, ...]:
    """The events of the rules from the rows of the database."""
    events: list[StreakEvent] = []
    for _user_id, occurred_at, zone, day_starts_at, paid, freezes_gained in rows:
        if paid:
            events.append(RewardedAt(occurred_at, Calendar(ZoneInfo(zone), day_starts_at)))
        if freezes_gained:
            events.append(FreezesGained(freezes_gained))
    return tuple(events)


def read_past(row: ActivityRow, entries: Sequence[RewardEntry]) -> PastActivity:
    """An activity that is to be taken back, with its standing entries."""
    source = Source(SourceType(row.source_type), row.source_id)
    difficulty = row.facts.get("difficulty")
    activity = Activity(
        ActivityKind(row.kind),
        source,
        row.occurred_at,
        Calendar(ZoneInfo(row.zone), row.day_starts_at),
        None if difficulty is None else Difficulty(difficulty),
    )
    return PastActivity(activity, row.paid, tuple(read_entry(entry) for entry in entries))


def read_entry(row: RewardEntry) -> PaidEntry:
    """An entry that stands."""
    source = Source(SourceType(row.source_type), row.source_id)
    return PaidEntry(row.id, Entry(Reason(row.reason), source, row.round, row.xp, row.gold))
