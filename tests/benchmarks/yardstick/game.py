"""The player."""

from datetime import date, timedelta

import orjson
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from tests.benchmarks.yardstick.completions import LEVEL_STEP, level_at
from tests.benchmarks.yardstick.entrance import Caller, Connection, for_callers, send

MAX_HEARTS = 5
_REGROWTH = timedelta(hours=4)

_PROFILE = """
SELECT xp, gold, streak, longest_streak, last_on, streak_freezes, hearts, hearts_since, pauses,
  (SELECT count(*) FROM activities
   WHERE user_id = $1 AND local_on = $2 AND kind = 'reviewed' AND paid) AS daily_reviews
FROM players WHERE user_id = $1
"""


@for_callers
async def show_profile(request: Request, connection: Connection, caller: Caller) -> Response:
    """``GET /game/profile``."""
    row = await connection.fetchrow(_PROFILE, caller.user_id, caller.today)
    if row is None:
        raise HTTPException(401)
    xp, level = row["xp"], level_at(row["xp"])
    hearts, next_heart_at = row["hearts"], None
    if hearts < MAX_HEARTS:
        grown = max(0, (caller.now - row["hearts_since"]) // _REGROWTH)
        hearts = min(MAX_HEARTS, hearts + grown)
        if hearts < MAX_HEARTS:
            next_heart_at = row["hearts_since"] + (grown + 1) * _REGROWTH
    missed = 0 if row["last_on"] is None else (caller.today - row["last_on"]).days - 1
    profile = {
        "xp": xp,
        "level": level,
        "xp_into_level": xp - LEVEL_STEP * level * (level - 1),
        "xp_to_next_level": LEVEL_STEP * (level + 1) * level - xp,
        "gold": row["gold"],
        "hearts": hearts,
        "max_hearts": MAX_HEARTS,
        "next_heart_at": next_heart_at,
        "streak": row["streak"] if missed <= row["streak_freezes"] else 0,
        "longest_streak": row["longest_streak"],
        "streak_freezes": row["streak_freezes"],
        "daily_reviews": row["daily_reviews"],
        "paused_until": _find_pause(row["pauses"], caller.today),
        "today": caller.today,
    }
    return send(profile)


def _find_pause(pauses: str | None, today: date) -> str | None:
    for from_on, until_on in orjson.loads(pauses or "[]"):
        if from_on <= today.isoformat() <= until_on:
            until: str = until_on
            return until
    return None
