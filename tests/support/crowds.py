"""Any number of learners with scores, made inside the database."""

from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

CHALLENGE_ID = 1

_SCORE = "(n * 7919) % 10007 * (1 + n % 7) + 1"
"""Many ties, and more learners at low scores than at high ones."""

_AT = "'2026-03-02 12:00:00.000000'"
_CHALLENGE = f"""
INSERT INTO challenges (id, revision, title, description, metric, target, starts_at, ends_at, xp, gold,
  freezes, created_at)
SELECT {CHALLENGE_ID}, 1, 'Race', '', 'xp_earned', 100, {_AT}, '2030-01-01 00:00:00.000000', 0, 0, 0, {_AT}
WHERE NOT EXISTS (SELECT 1 FROM challenges)
"""
_ROWS = {
    "users (id, email, hashed_password, is_active, is_superuser, is_verified, role, display_name,"
    " timezone, day_starts_at, created_at, updated_at)": (
        "n, 'crowd' || n || '@example.org', 'none', true, false, false, 'learner', 'Learner ' || n,"
        f" 'UTC', 0, {_AT}, {_AT}"
    ),
    "players (user_id, xp, gold, streak, longest_streak, streak_freezes, hearts, visibility,"
    " last_notification)": (
        f"n, {_SCORE}, 0, 0, 0, 0, 5, CASE WHEN n % 50 = 0 THEN 'hidden' ELSE 'shown' END, 0"
    ),
    "weekly_scores (user_id, week_on, xp, shown)": f"n, '2026-03-02', {_SCORE}, n % 50 <> 0",
    "challenge_members (user_id, challenge_id, joined_at, joined_sequence, progress)": (
        f"n, {CHALLENGE_ID}, {_AT}, 0, {_SCORE}"
    ),
}  # fmt: skip


async def add_crowd(connection: AsyncConnection, first: int, last: int) -> None:
    """Learners with the ids from ``first`` to ``last``: every fiftieth is hidden.

    All have the same score of all time, of the week of 2 March 2026, and in one challenge.
    """
    numbers = (
        f"WITH RECURSIVE numbers(n) AS (SELECT CAST({first} AS BIGINT) UNION ALL"
        f" SELECT n + 1 FROM numbers WHERE n < {last})"
    )
    await connection.execute(text(_CHALLENGE))
    for table, values in _ROWS.items():
        await connection.execute(
            text(f"INSERT INTO {table} {numbers} SELECT {values} FROM numbers")
        )
    await connection.execute(text("ANALYZE"))


def list_scores(last: int) -> Sequence[tuple[int, int]]:
    """Score and id of the learners up to ``last`` who are not hidden, in the order of tables."""
    return sorted(
        ((n * 7919 % 10007 * (1 + n % 7) + 1, n) for n in range(1, last + 1) if n % 50),
        reverse=True,
    )
