"""Completing a task: four plain statements in one transaction."""

from datetime import date, timedelta
from math import isqrt
from typing import Any

import asyncpg
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from tests.benchmarks.yardstick.entrance import Caller, Connection, for_callers, send
from tests.benchmarks.yardstick.tasks import DIFFICULTIES, TASK_COLUMNS, show_task

LEVEL_STEP = 50
_XP = {"trivial": 5, "easy": 10, "medium": 20, "hard": 40}
_GOLD = {"trivial": 1, "easy": 2, "medium": 4, "hard": 8}
_MOST_BONUS = 50

_LOCK = """
SELECT xp, gold, streak, longest_streak, last_on, streak_freezes FROM players WHERE user_id = $1 FOR UPDATE
"""
_COMPLETE = f"""
UPDATE tasks SET completed_at = $3 WHERE user_id = $1 AND id = $2 AND completed_at IS NULL
RETURNING {TASK_COLUMNS}
"""
# The service's ledger refers to an activity, of which this service keeps none: all entries name the first.
_PAY = """
INSERT INTO reward_entries (user_id, activity_sequence, reason, source_type, source_id, round, xp, gold,
  created_at)
VALUES ($1, 1, 'task_completed', 'task', $2, 0, $3, $4, $5)
RETURNING id
"""
_MOVE = """
UPDATE players SET xp = xp + $2, gold = gold + $3, streak = $4, longest_streak = $5, streak_freezes = $6,
  last_on = $7, last_at = $8
WHERE user_id = $1
"""


def level_at(xp: int) -> int:
    """The level at some total XP: it is reached at 50 n (n - 1)."""
    return (1 + isqrt(4 * (xp // LEVEL_STEP) + 1)) // 2


@for_callers
async def complete_task(request: Request, connection: Connection, caller: Caller) -> Response:
    """``POST /tasks/{task_id}/complete``."""
    task_id: int = request.path_params["task_id"]
    async with connection.transaction():
        player = await connection.fetchrow(_LOCK, caller.user_id)
        task = await connection.fetchrow(_COMPLETE, caller.user_id, task_id, caller.now)
        if player is None or task is None:
            raise HTTPException(404)
        difficulty = DIFFICULTIES[task["difficulty"]]
        streak, freezes = _count_day(player, caller.today)
        xp = _XP[difficulty] * (100 + min(streak, _MOST_BONUS)) // 100
        gold = _GOLD[difficulty]
        entry_id = await connection.fetchval(
            _PAY, caller.user_id, str(task_id), xp, gold, caller.now
        )
        longest = max(streak, player["longest_streak"])
        moved = (caller.user_id, xp, gold, streak, longest, freezes, caller.today, caller.now)
        await connection.execute(_MOVE, *moved)
    entry = _show_entry(caller, entry_id, task_id, xp, gold)
    outcome = {
        "xp": xp,
        "gold": gold,
        "level": {"before": level_at(player["xp"]), "after": level_at(player["xp"] + xp)},
        "streak": streak,
        "hearts": 0,
        "damage": [],
        "quests": [],
        "badges": [],
        "entries": [entry],
    }
    return send({"task": show_task(task, caller), "outcome": outcome})


def _count_day(player: asyncpg.Record, today: date) -> tuple[int, int]:
    """The streak with today counted, and the freezes that are left then."""
    streak, last_on, freezes = player["streak"], player["last_on"], player["streak_freezes"]
    if last_on is not None and today <= last_on:
        return streak, freezes
    if last_on is None:
        return 1, freezes
    missed = (today - last_on - timedelta(days=1)).days
    return (streak + 1, freezes - missed) if missed <= freezes else (1, freezes)


def _show_entry(caller: Caller, entry_id: int, task_id: int, xp: int, gold: int) -> dict[str, Any]:
    return {
        "id": entry_id,
        "created_at": caller.now,
        "reason": "task_completed",
        "source_type": "task",
        "source_id": str(task_id),
        "xp": xp,
        "gold": gold,
        "activity_id": 1,
        "reverses_id": None,
    }
