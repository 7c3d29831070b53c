"""Players, activities and entries written by hand, and the whole state in one value."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import func, inspect, select

from app.core.clock import Clock
from app.core.roles import Role
from app.db.base import Base
from app.db.models import Badge, Boss, Quest
from app.db.repositories.history_records import ActivityRecord, EntryRecord
from app.db.session import Database
from app.db.unit_of_work import UnitOfWork
from app.game.calendar import Calendar
from app.services.player_mapping import new_player_row
from app.services.principal import Principal
from tests.support.clock import START

CONTENT = {"courses", "weeks", "course_tasks", "quiz_questions", "quests", "bosses", "badges"}
"""What authors write and admins define, for everybody: it belongs to no learner."""

SHARED = {
    "challenges",
    "parties",
    "party_invitations",
    "party_battles",
    "league_groups",
    "score_buckets",
}
"""What several learners have together. A reference to who began it is emptied with the account."""

OPERATED = {"app_settings", "audit_log", "revisions"}
"""What operators look after. It keeps numbers of learners, and outlives them."""

HISTORY = {"activities", "reward_entries", "notifications"}
"""What only grows: not part of the state that an undo restores (DESIGN 3). What was told was told."""

UNSTATED = {"players.last_notification"}
"""Columns that belong to the history."""

State = Mapping[str, list[tuple[Any, ...]]]


async def add_player(uow: UnitOfWork, email: str = "ada@example.org") -> int:
    """An account with its player. Gives its id."""
    user = await uow.users.create(
        {
            "email": email,
            "hashed_password": "none",
            "is_active": True,
            "is_superuser": False,
            "is_verified": False,
            "role": Role.LEARNER,
            "display_name": "",
            "timezone": "UTC",
            "day_starts_at": 0,
            "created_at": START,
            "updated_at": START,
        }
    )
    await uow.players.add(new_player_row(user.id))
    return user.id


def principal(user_id: int, zone: str = "UTC", day_starts_at: int = 0) -> Principal:
    """The caller as a service sees it."""
    return Principal(
        user_id,
        session_id=UUID(int=user_id),
        role=Role.LEARNER,
        is_superuser=False,
        is_verified=False,
        timezone=zone,
        day_starts_at=day_starts_at,
        registered_at=START,
    )


def activity_row(
    user_id: int,
    sequence: int,
    at: datetime = START,
    zone: str = "UTC",
    day_starts_at: int = 0,
    **fields: Any,
) -> ActivityRecord:
    """A completed and paid task, unless the fields say otherwise."""
    values = {
        "kind": "task_completed",
        "source_type": "task",
        "source_id": str(sequence),
        "undoes": None,
        "paid": True,
        "freezes_gained": 0,
        "local_on": Calendar(ZoneInfo(zone), day_starts_at).day_of(at),
        "rules_version": 1,
        "facts": {"difficulty": "easy"},
    }
    return ActivityRecord(
        user_id=user_id,
        sequence=sequence,
        occurred_at=at,
        zone=zone,
        day_starts_at=day_starts_at,
        **{**values, **fields},
    )


def undo_row(
    user_id: int, sequence: int, undoes: int, source_id: str | None = None
) -> ActivityRecord:
    """The undo of the activity with the number ``undoes``."""
    return activity_row(
        user_id,
        sequence,
        kind="undone",
        source_id=str(undoes) if source_id is None else source_id,
        undoes=undoes,
        paid=False,
        facts={},
    )


def entry_row(user_id: int, sequence: int, **fields: Any) -> EntryRecord:
    """What an easy task pays, for the activity with this sequence number."""
    values = {
        "created_at": START,
        "reason": "task_completed",
        "source_type": "task",
        "source_id": str(sequence),
        "round": 0,
        "xp": 10,
        "gold": 2,
        "reverses_id": None,
    }
    return EntryRecord(user_id=user_id, activity_sequence=sequence, **{**values, **fields})


async def definition_rows(database: Database) -> None:
    """A quest, a badge that the first task wins, a boss for one and a boss for a party; unless there."""
    common = {"revision": 1, "description": "", "created_at": START, "retired_at": None}
    reward = {"xp": 5, "gold": 1, "freezes": 0}
    goal = common | reward | {"metric": "tasks_completed", "course_id": None}
    quest = goal | {
        "key": "adventure-quest", "title": "Adventure", "cadence": "once", "target": 9,
        "min_level": 1, "requires_quest": None, "badge_key": None, "pool_from": None,
        "pool_until": None,
    }  # fmt: skip
    badge = goal | {
        "key": "adventure-badge",
        "title": "Began",
        "family": "a",
        "tier": 1,
        "target": 1,
    }
    fight = common | {"hp": 5000, "xp": 9, "gold": 1, "strikes_back": True, "min_level": 1}
    bosses = [
        fight | {"key": "adventure-boss", "title": "Ogre", "kind": "personal"},
        fight | {"key": "adventure-dragon", "title": "Dragon", "kind": "party"},
    ]
    async with database.writing() as transaction:
        session = transaction.uow._session
        known = (await session.execute(select(Quest.id).where(Quest.key == quest["key"]))).first()
        if known is None:
            session.add_all([Quest(**quest), Badge(**badge), *(Boss(**boss) for boss in bosses)])
        await transaction.commit()


async def dump_state(database: Database) -> State:
    """Every row of every table but the history. A counter at 0 is the same as none."""
    state = {}
    async with database.reading() as uow:
        for table in Base.metadata.sorted_tables:
            if table.name in HISTORY:
                continue
            columns = [column for column in table.columns if str(column) not in UNSTATED]
            rows = await uow._session.execute(
                select(*columns).order_by(*inspect(table).primary_key)
            )
            state[table.name] = [tuple(row) for row in rows]
    value = list(Base.metadata.tables["player_counters"].columns.keys()).index("value")
    state["player_counters"] = [row for row in state["player_counters"] if row[value]]
    return state


def leave_out_closed_weeks(state: State, now: datetime) -> State:
    """The state without scores and leagues of weeks that are over: an undo does not re-open those."""
    week_on = now.date() - timedelta(days=now.weekday())
    kept = dict(state)
    for name in ("weekly_scores", "league_groups", "league_members"):
        position = list(Base.metadata.tables[name].columns.keys()).index("week_on")
        kept[name] = [row for row in state[name] if row[position] >= week_on]
    return kept


async def check_restored(database: Database, before: State, clock: Clock) -> None:
    """Hold the state to what it was, but for weeks that are over by now."""
    state = leave_out_closed_weeks(await dump_state(database), clock.now())
    assert state == leave_out_closed_weeks(before, clock.now())


async def count_rows_of(database: Database, user_id: int) -> dict[str, int]:
    """How many rows of each table belong to a user; tables without any are left out."""
    counts = {}
    async with database.reading() as uow:
        for table in Base.metadata.sorted_tables:
            if table.name in CONTENT | SHARED | OPERATED:
                continue
            owner = table.c.get("user_id", table.c.get("id") if table.name == "users" else None)
            assert owner is not None, f"{table.name} has no owner"
            statement = select(func.count()).select_from(table).where(owner == user_id)
            counts[table.name] = (await uow._session.execute(statement)).scalar_one()
    return {name: count for name, count in counts.items() if count}
