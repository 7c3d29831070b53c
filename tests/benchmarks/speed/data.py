"""The data of both services: learners with tasks and histories, made inside the database.

All learners are alike, so that whichever is asked for, the work is the same. Nothing goes on in their game:
the quests of the day are done, the badges within reach won, no boss is fought, and no level is near.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import time, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy import CTE, ColumnElement, String, cast, insert, literal, select, text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from app.auth.access_tokens import AccessClaims, AccessTokens
from app.core.text import fold_for_search
from app.db.base import Base
from app.db.models import ActivityRow, RewardEntry, Task, User, UserSession
from app.game.rules import RULES
from tests.benchmarks.speed.players import add_players
from tests.benchmarks.speed.shape import HISTORY_DIFFICULTY, OPEN_DIFFICULTY, PASSWORD, ZONE, Shape

TOKEN_SECONDS = 7 * 86_400
UNUSABLE_PASSWORD = "!"


@dataclass(frozen=True, slots=True)
class Filled:
    """What a run has to know of the data."""

    shape: Shape
    tokens: Sequence[str]
    """One of each learner, by id from 1; the last is the hot one's."""


@asynccontextmanager
async def connect(url: str) -> AsyncIterator[AsyncConnection]:
    """A transaction that may take as long as it likes."""
    engine = create_async_engine(url)
    try:
        async with engine.begin() as connection:
            yield connection
    finally:
        await engine.dispose()


async def fill(url: str, shape: Shape, key: str) -> Filled:
    """Fill a migrated and seeded database; ``key`` signs the tokens."""
    async with connect(url) as connection:
        await _add_users(connection, shape)
        tokens = await _open_sessions(connection, shape, key)
        for k in range(1, shape.tasks + 1):
            await add_kth_tasks(connection, shape, k, count(1, shape.hot_user))
        await _add_hot_tasks(connection, shape)
        for day in range(1, shape.days + 1):
            await _add_history(connection, shape, day)
        await add_players(connection, shape)
        if connection.dialect.name == "postgresql":
            await move_sequences(connection)
    return Filled(shape, tokens)


def count(first: int, last: int) -> CTE:
    """The numbers from first to last, as the column ``n``."""
    numbers = select(literal(first).label("n")).cte("numbers", recursive=True)
    return numbers.union_all(select(numbers.c.n + 1).where(numbers.c.n < last))


async def insert_each(
    connection: AsyncConnection, model: type[Base], numbers: CTE, values: dict[str, Any]
) -> None:
    """Insert a row for each number. Values are those of the model's columns, or made from the number."""
    columns = model.__table__.c
    made = [
        value if isinstance(value, ColumnElement) else literal(value, columns[name].type)
        for name, value in values.items()
    ]
    rows = select(*made).select_from(numbers)
    await connection.execute(insert(model).from_select(list(values), rows))


async def add_kth_tasks(
    connection: AsyncConnection, shape: Shape, k: int, users: CTE, start: int | None = None
) -> None:
    """The k-th task of each of these users; its id is ``start`` and the user's number."""
    values = describe_task(shape, k)
    start = shape.number_of_task(k, 0) if start is None else start
    number = literal(start, Task.__table__.c.id.type) + users.c.n
    await insert_each(connection, Task, users, {"id": number, "user_id": users.c.n, **values})


def describe_task(shape: Shape, k: int) -> dict[str, Any]:
    """What is the same in the k-th tasks of all learners."""
    day = (k + 1) // 2
    title = f"Water the plants on the balcony, part {k}"
    description = "The tomatoes need more than the herbs; the rain barrel is behind the shed." * (
        k % 3
    )
    made_at = shape.at_of_day(day) - timedelta(hours=3)
    return {
        "title": title,
        "description": description,
        "search_text": fold_for_search(title, description),
        "difficulty": HISTORY_DIFFICULTY if k % 2 else OPEN_DIFFICULTY,
        "due_on": shape.today + timedelta(days=k % 40) if k % 3 else None,
        "due_time": time(9, 30) if k % 3 == 1 else None,
        "tags": ["home", "garden"][: k % 3],
        "checklist": [{"text": f"Step {n}", "done": n == 1} for n in (1, 2)] if k % 8 == 0 else [],
        "completed_at": shape.at_of_day(day) if k % 2 else None,
        "created_at": made_at,
        "updated_at": made_at,
    }


async def _add_users(connection: AsyncConnection, shape: Shape) -> None:
    await add_users(connection, shape, count(1, shape.hot_user), Argon2Hasher().hash(PASSWORD))


async def add_users(
    connection: AsyncConnection, shape: Shape, users: CTE, hashed_password: str
) -> None:
    """Accounts of these numbers."""
    name = cast(users.c.n, String)
    values = {
        "id": users.c.n,
        "email": literal("learner") + name + literal("@example.org"),
        "hashed_password": hashed_password,
        "is_active": True,
        "is_superuser": False,
        "is_verified": True,
        "role": "learner",
        "display_name": literal("Learner ") + name,
        "timezone": ZONE,
        "day_starts_at": 0,
        "created_at": shape.at_of_day(0),
        "updated_at": shape.at_of_day(0),
    }
    await insert_each(connection, User, users, values)


async def _open_sessions(connection: AsyncConnection, shape: Shape, key: str) -> Sequence[str]:
    ids = {user_id: uuid4() for user_id in range(1, shape.hot_user + 1)}
    rows = [_describe_session(shape, *owner) for owner in ids.items()]
    await connection.execute(insert(UserSession), rows)
    tokens = AccessTokens(key, TOKEN_SECONDS)
    return [tokens.issue(AccessClaims(*owner), shape.now) for owner in ids.items()]


def _describe_session(shape: Shape, user_id: int, session_id: UUID) -> dict[str, Any]:
    return {
        "id": session_id,
        "user_id": user_id,
        "family_hash": session_id.bytes * 2,
        "token_hash": session_id.bytes * 2,
        "parent_hash": None,
        "rotated_at": shape.now,
        "user_agent": "benchmark",
        "address": "127.0.0.1",
        "created_at": shape.now,
        "last_used_at": shape.now,
        "expires_at": shape.now + timedelta(seconds=TOKEN_SECONDS),
        "revoked_at": None,
    }


async def _add_hot_tasks(connection: AsyncConnection, shape: Shape) -> None:
    first = shape.first_hot_task
    tasks = count(first, first + shape.hot_tasks - 1)
    values = describe_task(shape, shape.tasks)
    await insert_each(
        connection, Task, tasks, {"id": tasks.c.n, "user_id": shape.hot_user, **values}
    )


async def _add_history(connection: AsyncConnection, shape: Shape, day: int) -> None:
    """The completion of each learner's task of a day, and what it paid."""
    users = count(1, shape.hot_user)
    number = cast(literal(shape.number_of_task(2 * day - 1, 0)) + users.c.n, String)
    source = {"source_type": "task", "source_id": number}
    at = shape.at_of_day(day)
    price = RULES.prices[HISTORY_DIFFICULTY]
    activity = {
        "user_id": users.c.n,
        "sequence": day,
        "kind": "task_completed",
        **source,
        "paid": True,
        "freezes_gained": 0,
        "occurred_at": at,
        "local_on": at.astimezone(ZoneInfo(ZONE)).date(),
        "zone": ZONE,
        "day_starts_at": 0,
        "rules_version": RULES.version,
        "damage": price.damage,
        "facts": {"difficulty": HISTORY_DIFFICULTY.value},
    }
    entry = {
        "id": literal((day - 1) * shape.hot_user) + users.c.n,
        "user_id": users.c.n,
        "activity_sequence": day,
        "reason": "task_completed",
        **source,
        "round": 0,
        "xp": shape.xp_of_day(day),
        "gold": price.gold,
        "created_at": at,
    }
    await insert_each(connection, ActivityRow, users, activity)
    await insert_each(connection, RewardEntry, users, entry)


async def move_sequences(connection: AsyncConnection) -> None:
    """Let PostgreSQL go on behind the ids that were given by hand."""
    for table in Base.metadata.sorted_tables:
        if "id" not in table.c:
            continue
        name = table.name
        sequence = await connection.scalar(text(f"SELECT pg_get_serial_sequence('{name}', 'id')"))
        if sequence is not None:
            await connection.execute(
                text(f"SELECT setval('{sequence}', (SELECT coalesce(max(id), 0) + 1 FROM {name}))")
            )
