"""Clearing away: what has served its time, and nothing else."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event, insert

from app.auth.sessions import Device
from app.core.limits import IDEMPOTENCY_KEY_SECONDS
from app.db.base import Base
from app.worker.housekeeping import (
    BATCH,
    NOTIFICATIONS_KEPT_FOR,
    SESSIONS_KEPT_FOR,
    clear_away,
)
from tests.support.clock import START
from tests.support.logs import listen
from tests.support.service import Learner, Service
from tests.support.state import read_state
from tests.support.streams import tell


async def count_rows(service: Service, table: str) -> int:
    """How many rows a table has."""
    rows = (await read_state(service.parts.database))[table]
    return 0 if rows is None else rows.count("\n") + 1


async def send_with_key(learner: Learner, key: str) -> None:
    await learner.post("/tasks", {"title": key}, **{"Idempotency-Key": key})


def lifetime(service: Service) -> timedelta:
    """How long a session lasts that nobody uses."""
    return timedelta(seconds=service.parts.settings.refresh_token_idle_seconds)


async def test_answers_are_erased_when_no_retry_may_ask_for_them(service: Service) -> None:
    learner = await service.learner()
    await send_with_key(learner, "old")
    service.clock.advance(seconds=IDEMPOTENCY_KEY_SECONDS)
    token = await service.open_session(learner.id)
    await send_with_key(Learner(learner.id, "", service.client(token)), "new")
    service.clock.advance(seconds=1)

    await clear_away(service.parts)

    assert await count_rows(service, "idempotency_keys") == 1


@pytest.mark.parametrize(("late", "left"), [(0, 1), (1, 0)])
async def test_sessions_are_erased_a_week_after_they_expired(
    service: Service, late: int, left: int
) -> None:
    user_id = await service.add_user()
    await service.parts.sessions.open(user_id, Device("tests", "127.0.0.1"))
    service.clock.set(service.clock.now() + lifetime(service) + SESSIONS_KEPT_FOR)
    service.clock.advance(seconds=late)

    await clear_away(service.parts)

    assert await count_rows(service, "user_sessions") == left


@pytest.mark.parametrize(("late", "left"), [(0, 1), (1, 0)])
async def test_notifications_are_erased_after_their_time(
    service: Service, late: int, left: int
) -> None:
    await tell(service.parts.database, await service.add_user())
    service.clock.set(service.clock.now() + NOTIFICATIONS_KEPT_FOR)
    service.clock.advance(seconds=late)

    await clear_away(service.parts)

    assert await count_rows(service, "notifications") == left


def old_row(table: str, user_id: int, number: int) -> dict[str, Any]:
    """What any of these tables may have kept for too long."""
    return {
        "idempotency_keys": {"key": str(number), "fingerprint": b"", "created_at": START},
        "notifications": {"id": number, "kind": "level_up", "data": {}, "created_at": START},
        "user_sessions": {
            "id": UUID(int=number), "family_hash": b"", "token_hash": b"", "rotated_at": START,
            "user_agent": "", "address": "", "last_used_at": START, "expires_at": START,
            "created_at": START,
        },
    }[table] | {"user_id": user_id}  # fmt: skip


@contextmanager
def count_commits(service: Service) -> Iterator[list[object]]:
    """One thing for each commit."""
    commits: list[object] = []
    engine = service.parts.database.engines.writing.sync_engine

    def hear(connection: object) -> None:
        commits.append(connection)

    event.listen(engine, "commit", hear)
    try:
        yield commits
    finally:
        event.remove(engine, "commit", hear)


@pytest.mark.parametrize("table", ["idempotency_keys", "notifications", "user_sessions"])
async def test_many_are_erased_some_in_each_transaction(service: Service, table: str) -> None:
    """Whoever waits for a lock, on SQLite any writer, waits for some of them and not for all."""
    user_id = await service.add_user()
    rows = [old_row(table, user_id, number) for number in range(1, 2 * BATCH + 2)]
    service.clock.advance(days=100)
    with count_commits(service) as idle:
        await clear_away(service.parts)
    async with service.parts.database.engines.writing.begin() as connection:
        await connection.execute(insert(Base.metadata.tables[table]), rows)

    with service.statements.count() as statements, count_commits(service) as commits:
        await clear_away(service.parts)

    assert await count_rows(service, table) == 0
    erasing = [sql for sql in statements if sql.startswith(f"DELETE FROM {table}")]
    assert (len(erasing), len(commits) - len(idle)) == (3, 2)


async def test_a_live_session_stays(service: Service) -> None:
    learner = await service.learner()

    await clear_away(service.parts)

    assert (await learner.get("/users/me"))["id"] == learner.id


async def test_nothing_else_is_touched(service: Service) -> None:
    learner = await service.learner()
    task = await learner.create_task(recurrence="FREQ=DAILY", due_on="2026-03-01")
    await learner.post(f"/tasks/{task['id']}/complete", {"occurrence_on": "2026-03-01"})
    await send_with_key(learner, "key")
    before = await read_state(service.parts.database)
    service.clock.advance(days=1000)

    await clear_away(service.parts)

    after = await read_state(service.parts.database)
    changed = {table for table in before if before[table] != after[table]}
    assert changed == {"idempotency_keys", "user_sessions"}


async def test_what_was_erased_is_logged(service: Service) -> None:
    await send_with_key(await service.learner(), "key")
    service.clock.advance(days=1000)

    with listen() as log:
        await clear_away(service.parts)
        await clear_away(service.parts)

    cleared = [line for line in log.lines if line["event"] == "cleared_away"]
    assert [(line["answers"], line["sessions"]) for line in cleared] == [(1, 1)]
