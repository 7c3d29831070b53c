"""Activities and entries of the ledger as they are written: plain values, in no session."""

from dataclasses import dataclass, field, fields
from datetime import date, datetime
from typing import Any

from app.db.models import ActivityRow, RewardEntry
from app.db.repositories.base import table_of
from app.db.rows import RowInsert


@dataclass(slots=True)
class ActivityRecord:
    """An activity that is to be kept; see ``ActivityRow`` for what the fields mean."""

    user_id: int
    sequence: int
    kind: str
    source_type: str
    source_id: str
    undoes: int | None
    paid: bool
    freezes_gained: int
    occurred_at: datetime
    local_on: date
    zone: str
    day_starts_at: int
    rules_version: int
    course_id: int | None = None
    week_id: int | None = None
    battle_id: int | None = None
    damage: int = 0
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class EntryRecord:
    """An entry of the ledger that is to be kept. ``id`` is 0 before it is written."""

    user_id: int
    activity_sequence: int
    created_at: datetime
    reason: str
    source_type: str
    source_id: str
    round: int
    xp: int
    gold: int
    reverses_id: int | None
    id: int = 0


def describe(record: ActivityRecord | EntryRecord) -> dict[str, Any]:
    """What it has for the columns."""
    return {each.name: getattr(record, each.name) for each in fields(record)}


_ENTRIES = table_of(RewardEntry)
ADD_ACTIVITIES = RowInsert(table_of(ActivityRow), [each.name for each in fields(ActivityRecord)])
ADD_ENTRIES = RowInsert(
    _ENTRIES,
    [each.name for each in fields(EntryRecord) if each.name != "id"],
    returning=[_ENTRIES.c.id],
    make=int,
)
