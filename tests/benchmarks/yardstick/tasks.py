"""Personal tasks: listing and making them."""

import base64
from datetime import UTC, date, datetime, time
from typing import Any

import asyncpg
import orjson
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from tests.benchmarks.yardstick.entrance import Caller, Connection, for_callers, send

DIFFICULTIES = ("trivial", "easy", "medium", "hard")
TASK_COLUMNS = (
    "id, title, description, difficulty, due_on, due_time, tags, checklist, recurrence,"
    " completed_at, created_at, updated_at"
)
_PAGE = f"SELECT {TASK_COLUMNS} FROM tasks WHERE user_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3"
_ADD = f"""
INSERT INTO tasks (user_id, title, description, search_text, difficulty, due_on, due_time, tags, checklist,
  created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)
RETURNING {TASK_COLUMNS}
"""
_NEWEST = 2**63 - 1
_LIST = "-created_at"
_FIELDS = {"title", "description", "difficulty", "due_on", "due_time", "tags", "checklist"}


def show_task(row: asyncpg.Record, caller: Caller) -> dict[str, Any]:
    """A task as clients see it."""
    due_on, due_time = row["due_on"], row["due_time"]
    if due_on == date.max:
        due_on = None
    due_at = None
    if due_on is not None and due_time is not None:
        due_at = datetime.combine(due_on, due_time, caller.zone).astimezone(UTC)
    return {
        "id": row["id"],
        "title": row["title"],
        "description": row["description"],
        "difficulty": DIFFICULTIES[row["difficulty"]],
        "due_on": due_on,
        "due_time": due_time,
        "due_at": due_at,
        "tags": orjson.Fragment(row["tags"]),
        "checklist": orjson.Fragment(row["checklist"]),
        "recurrence": row["recurrence"],
        "current_occurrence_on": None,
        "completed": row["completed_at"] is not None,
        "completed_at": row["completed_at"],
        "created_at": row["created_at"],
        "updated_at": row["updated_at"],
    }


@for_callers
async def list_tasks(request: Request, connection: Connection, caller: Caller) -> Response:
    """``GET /tasks``: newest first."""
    limit = int(request.query_params.get("limit", "20"))
    if not 1 <= limit <= 100:
        raise HTTPException(422)
    cursor = request.query_params.get("cursor")
    before = _NEWEST if cursor is None else _read_cursor(cursor)
    rows = await connection.fetch(_PAGE, caller.user_id, before, limit + 1)
    shown = rows[:limit]
    next_cursor = _write_cursor(shown[-1]["id"]) if len(rows) > limit else None
    return send({"items": [show_task(row, caller) for row in shown], "next_cursor": next_cursor})


@for_callers
async def create_task(request: Request, connection: Connection, caller: Caller) -> Response:
    """``POST /tasks``."""
    try:
        given = _read_task(orjson.loads(await request.body()))
    except (ValueError, TypeError, AttributeError):
        raise HTTPException(422) from None
    row = await connection.fetchrow(_ADD, caller.user_id, *given, caller.now)
    return send(show_task(row, caller), 201, {"Location": f"/api/v1/tasks/{row['id']}"})


def _read_task(body: dict[str, Any]) -> tuple[Any, ...]:
    """The columns from title to checklist.

    Raises:
        ValueError, TypeError, AttributeError: the body can't be used.
    """
    if not body.keys() <= _FIELDS:
        raise ValueError
    title, description = body["title"].strip(), body.get("description", "")
    tags, checklist = body.get("tags", []), body.get("checklist", [])
    if not 1 <= len(title) <= 200 or len(description) > 1000 or len(tags) > 20:
        raise ValueError
    if not all(isinstance(tag, str) and 1 <= len(tag) <= 30 for tag in tags):
        raise ValueError
    due_on, due_time = body.get("due_on"), body.get("due_time")
    if due_time is not None and due_on is None:
        raise ValueError
    return (
        title,
        description,
        f"{title}\n{description}".casefold(),
        DIFFICULTIES.index(body.get("difficulty", "easy")),
        date.max if due_on is None else date.fromisoformat(due_on),
        None if due_time is None else time.fromisoformat(due_time),
        orjson.dumps(tags).decode(),
        orjson.dumps([{"text": item["text"], "done": item["done"]} for item in checklist]).decode(),
    )


def _write_cursor(task_id: int) -> str:
    return base64.urlsafe_b64encode(orjson.dumps([_LIST, task_id])).decode().rstrip("=")


def _read_cursor(cursor: str) -> int:
    try:
        name, task_id = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except ValueError:
        raise HTTPException(400) from None
    if name != _LIST or type(task_id) is not int:
        raise HTTPException(400)
    return task_id
