"""Courses: their trees, kept as they are sent for as long as the course stays as it is."""

from typing import Any

import asyncpg
import orjson
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from tests.benchmarks.yardstick.entrance import Caller, Connection, Parts, for_callers
from tests.benchmarks.yardstick.tasks import DIFFICULTIES

_COURSE = """
SELECT id, slug, title, summary, language, pacing, tags, status, revision, updated_at, published_at
FROM courses WHERE slug = $1 AND status <> 'draft' AND published_at IS NOT NULL
"""
_WEEKS = """
SELECT id, key, title, milestone, boss, status FROM weeks
WHERE course_id = $1 AND status = 'published' ORDER BY position, id
"""
_DAYS = """
SELECT week_id, id, key, day, title, difficulty, minutes, pass_percent, status,
  (SELECT count(*) FROM quiz_questions q
   WHERE q.course_task_id = t.id AND q.status = 'published') AS questions
FROM course_tasks t WHERE course_id = $1 AND status = 'published' ORDER BY day, id
"""


@for_callers
async def show_course(request: Request, connection: Connection, caller: Caller) -> Response:
    """``GET /courses/{slug}``."""
    course = await connection.fetchrow(_COURSE, request.path_params["slug"])
    if course is None:
        raise HTTPException(404)
    tag = f'"{course["id"]}-{course["revision"]}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache", "Vary": "Authorization"}
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    parts: Parts = request.app.state.parts
    key = (course["id"], course["revision"], course["updated_at"])
    body = parts.trees.get(key)
    if body is None:
        body = parts.trees[key] = await _grow(connection, course)
    return Response(body, 200, headers, "application/json")


async def _grow(connection: Connection, course: asyncpg.Record) -> bytes:
    weeks = [
        {**row, "position": position, "days": []}
        for position, row in enumerate(await connection.fetch(_WEEKS, course["id"]), 1)
    ]
    by_id = {week["id"]: week for week in weeks}
    for row in await connection.fetch(_DAYS, course["id"]):
        day: dict[str, Any] = {**row, "difficulty": DIFFICULTIES[row["difficulty"]]}
        week = by_id.get(day.pop("week_id"))
        if week is not None:
            week["days"].append(day)
    tree = {**course, "tags": orjson.Fragment(course["tags"]), "weeks": weeks}
    return orjson.dumps(tree, option=orjson.OPT_UTC_Z)
