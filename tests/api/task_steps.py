"""Steps and checks that the tests of tasks share."""

from collections.abc import AsyncIterator, Collection
from datetime import datetime, timedelta
from typing import Any

import httpx
from sqlalchemy import select

from app.db.base import Base
from tests.support.service import Learner, Service

EDITABLE = (
    "title", "description", "difficulty", "due_on", "due_time", "tags", "checklist", "recurrence",
)  # fmt: skip
"""What a PUT takes of what a GET gives."""

GROWING = {"activities", "reward_entries"}
"""The tables that an undo adds to; all others it puts back."""

MAX_REFUSAL_BYTES = 4096


def check_refusal(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """Every refusal is a small problem document with a code."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert len(answer.content) < MAX_REFUSAL_BYTES
    body: dict[str, Any] = answer.json()
    assert (body["status"], body["code"]) == (status, code)
    assert body["request_id"] == answer.headers["x-request-id"]
    return body


async def dump_tables(service: Service, *, without: Collection[str] = ()) -> dict[str, Any]:
    """All rows of all tables but the audit log: it tells of refusals and logins, and changes nothing."""
    dump: dict[str, Any] = {}
    async with service.parts.database.engines.reading.connect() as connection:
        for table in Base.metadata.sorted_tables:
            if table.name not in {*without, "audit_log"}:
                rows = await connection.execute(select(table).order_by(*table.primary_key))
                dump[table.name] = [tuple(row) for row in rows]
    # A counter at 0 means the same as no counter (decision 0005).
    dump["player_counters"] = [row for row in dump["player_counters"] if row[-1]]
    return dump


async def wake(service: Service, learner: Learner, instant: datetime | str) -> None:
    """Move the clock; the learner logs in again, as access tokens live for minutes."""
    moved = datetime.fromisoformat(instant) if isinstance(instant, str) else instant
    service.clock.set(moved)
    learner.client.headers["Authorization"] = f"Bearer {await service.open_session(learner.id)}"


async def sleep(service: Service, learner: Learner, **by: float) -> None:
    """Let time pass; the learner logs in again."""
    await wake(service, learner, service.clock.now() + timedelta(**by))


async def list_all(learner: Learner, path: str = "/tasks", **query: Any) -> list[dict[str, Any]]:
    """A list's items through all its pages."""
    return [item async for page in iterate_pages(learner, path, **query) for item in page]


async def iterate_pages(
    learner: Learner, path: str = "/tasks", cursor: str | None = None, **query: Any
) -> AsyncIterator[list[dict[str, Any]]]:
    """A list's pages, each asked for only when it is looked at."""
    while True:
        paging = {} if cursor is None else {"cursor": cursor}
        page = await learner.get(path, **query, **paging)
        yield page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            return


async def count_standing_rewards(learner: Learner) -> int:
    """How many entries of the ledger pay and were not taken back."""
    entries = await list_all(learner, "/game/ledger", limit=100)
    reversed_ids = {entry["reverses_id"] for entry in entries}
    return sum(
        1 for entry in entries if entry["reverses_id"] is None and entry["id"] not in reversed_ids
    )
