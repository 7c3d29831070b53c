"""Quests written by hand, and what is stored of learners' quests."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import select, update

from app.db.models import ActivityRow, Player, Quest, QuestProgress
from app.db.session import Database
from app.game.daily import choose_daily
from app.game.rules import RULES

EPOCH = date(2000, 1, 1)
DEFINED_AT = datetime(2000, 1, 1, tzinfo=UTC)


def quest_row(key: str, cadence: str = "once", **fields: Any) -> Quest:
    """A quest that wants three tasks, unless the fields say otherwise."""
    values = {
        "revision": 1,
        "title": key.replace("-", " ").capitalize(),
        "description": "Complete three tasks.",
        "metric": "tasks_completed",
        "target": 3,
        "course_id": None,
        "min_level": 1,
        "badge_key": None,
        "requires_quest": None,
        "pool_from": EPOCH if cadence == "daily" else None,
        "pool_until": None,
        "xp": 50,
        "gold": 10,
        "freezes": 0,
        "created_at": DEFINED_AT,
        "retired_at": None,
    }
    return Quest(key=key, cadence=cadence, **{**values, **fields})


async def add_quests(database: Database, *rows: Quest) -> None:
    """Put quests in force."""
    async with database.writing() as transaction:
        for row in rows:
            transaction.uow._session.add(row)
        await transaction.commit()


async def retire_quest(database: Database, key: str, **fields: Any) -> None:
    """Take a quest out of force."""
    async with database.writing() as transaction:
        statement = update(Quest).where(Quest.key == key, Quest.retired_at.is_(None))
        await transaction.uow._session.execute(statement.values(retired_at=DEFINED_AT, **fields))
        await transaction.commit()


async def set_player(database: Database, user_id: int, **fields: Any) -> None:
    """Change a player without an activity (the books no longer balance)."""
    async with database.writing() as transaction:
        statement = update(Player).where(Player.user_id == user_id).values(**fields)
        await transaction.uow._session.execute(statement)
        await transaction.commit()


async def list_progress(database: Database, user_id: int) -> Sequence[QuestProgress]:
    """What is stored of a learner's quests, by key and period."""
    async with database.reading() as uow:
        found = await uow._session.scalars(
            select(QuestProgress)
            .where(QuestProgress.user_id == user_id)
            .order_by(QuestProgress.quest_key, QuestProgress.period_on)
        )
        return found.all()


async def list_choices(database: Database, user_id: int) -> Sequence[ActivityRow]:
    """What a learner accepted and abandoned, in order."""
    async with database.reading() as uow:
        found = await uow._session.scalars(
            select(ActivityRow)
            .where(ActivityRow.user_id == user_id, ActivityRow.source_type == "quest")
            .order_by(ActivityRow.sequence)
        )
        return found.all()


async def complete_quest(database: Database, user_id: int, key: str) -> None:
    """Finish what was accepted, without a reward."""
    async with database.writing() as transaction:
        statement = update(QuestProgress).where(
            QuestProgress.user_id == user_id, QuestProgress.quest_key == key
        )
        await transaction.uow._session.execute(
            statement.values(
                status="completed", progress=3, finished_at=DEFINED_AT, finished_sequence=1
            )
        )
        await transaction.commit()


def split_pool(user_id: int, on: date, keys: Sequence[str]) -> tuple[list[str], list[str]]:
    """The learner's daily quests of a date, and the others of the pool; by key."""
    mine = set(choose_daily(user_id, on, keys, RULES.daily_quests))
    return sorted(mine), sorted(set(keys) - mine)
