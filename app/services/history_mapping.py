"""Between the rows of activities and entries, and the values that the rules work on."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from app.db.models import ActivityRow
from app.db.repositories.activities import PAUSE_UNTIL, StreakRow
from app.db.repositories.history_records import ActivityRecord, EntryRecord
from app.db.repositories.ledger import UNSCORED, MarkedRow
from app.game.activity import Activity, ActivityKind, Source, SourceType
from app.game.calendar import Calendar
from app.game.ledger import Entry, Mark, PaidEntry, Reason
from app.game.outcome import Outcome
from app.game.rules import RULES, Difficulty
from app.game.streak import FreezesGained, PauseEnded, PauseSet, RewardedAt, StreakEvent
from app.game.world import PastActivity, Stage
from app.services.turn import Move

HEARTS = "hearts"
"""The fact by which an activity says how many hearts it gave or took."""

BLOWS = "blows"
"""The fact by which an activity says what each boss felt: type and id of the battle, and the damage."""

STAGES = "stages"
"""The fact by which a day of a course says whether its week and its course were complete with it (for
an undo: without it): type, id and whether.
"""

ITEM = "item"
"""The fact by which a purchase says what was bought."""


def write_activity(
    user_id: int, move: Move, outcome: Outcome, stages: Sequence[Stage] = ()
) -> ActivityRecord:
    """The row of an activity."""
    activity = move.activity
    return ActivityRecord(
        user_id=user_id,
        sequence=move.sequence,
        kind=activity.kind,
        source_type=activity.source.type,
        source_id=activity.source.id,
        undoes=move.undoes,
        paid=outcome.paid,
        freezes_gained=outcome.freezes,
        occurred_at=activity.occurred_at,
        local_on=activity.local_on,
        zone=activity.calendar.zone.key,
        day_starts_at=activity.calendar.day_starts_at,
        rules_version=RULES.version,
        course_id=activity.course,
        week_id=activity.week,
        battle_id=None if move.undoes else _find_chosen(outcome),
        damage=outcome.damage,
        facts=_list_facts(activity, outcome, move.revision) | _tell_stages(stages),
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
    if activity.pause_until is not None:
        facts[PAUSE_UNTIL] = activity.pause_until.isoformat()
    if revision is not None:
        facts["revision"] = revision
    return facts | _list_effects(outcome)


def _list_effects(outcome: Outcome) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    if outcome.hearts:
        facts[HEARTS] = outcome.hearts
    if outcome.blows:
        facts[BLOWS] = [
            [blow.source.type.value, blow.source.id, blow.damage] for blow in outcome.blows
        ]
    if not outcome.is_scored:
        facts[UNSCORED] = 1
    return facts


def _find_chosen(outcome: Outcome) -> int | None:
    """The battle with a boss of one's own choice that it hit."""
    chosen = (battle for battle in outcome.battles if battle.is_chosen)
    return next((int(battle.source.id) for battle in chosen), None)


def _tell_stages(stages: Sequence[Stage]) -> dict[str, Any]:
    told = [[stage.source.type.value, stage.source.id, stage.is_met] for stage in stages]
    return {STAGES: told} if told else {}


def _read_blows(row: ActivityRow) -> Mapping[Source, int]:
    return {
        Source(SourceType(kind), number): damage
        for kind, number, damage in row.facts.get(BLOWS, [])
    }


def write_entry(user_id: int, sequence: int, now: datetime, entry: Entry) -> EntryRecord:
    """The row of an entry."""
    return EntryRecord(
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
    for row in rows:
        if row.paid:
            calendar = Calendar(ZoneInfo(row.zone), row.day_starts_at)
            events.append(RewardedAt(row.occurred_at, calendar, row.sequence))
        if row.freezes_gained:
            events.append(FreezesGained(row.freezes_gained))
        if row.pause_until is not None:
            events.append(PauseSet(row.local_on, date.fromisoformat(row.pause_until)))
        if row.kind == ActivityKind.RESUMED:
            events.append(PauseEnded(row.local_on))
    return tuple(events)


def read_past(row: ActivityRow, entries: Sequence[MarkedRow]) -> PastActivity:
    """An activity that is to be taken back, with its standing entries."""
    source = Source(SourceType(row.source_type), row.source_id)
    difficulty = row.facts.get("difficulty")
    activity = Activity(
        ActivityKind(row.kind),
        source,
        row.occurred_at,
        Calendar(ZoneInfo(row.zone), row.day_starts_at),
        None if difficulty is None else Difficulty(difficulty),
        course=row.course_id,
        week=row.week_id,
    )
    return PastActivity(
        activity,
        row.paid,
        tuple(read_entry(entry) for entry in entries),
        sequence=row.sequence,
        freezes=row.freezes_gained,
        blows=_read_blows(row),
    )


def read_entry(found: MarkedRow) -> PaidEntry:
    """An entry that stands, with the mark of the activity that gave it."""
    row, occurred_at, local_on, course_id, unscored = found
    source = Source(SourceType(row.source_type), row.source_id)
    entry = Entry(Reason(row.reason), source, row.round, row.xp, row.gold)
    return PaidEntry(
        row.id,
        entry,
        Mark(row.activity_sequence, occurred_at, local_on, course_id, scored=unscored is None),
    )
