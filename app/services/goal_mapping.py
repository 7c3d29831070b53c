"""Between the rows of goals and badges, and the values that the rules work on."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from app.db.repositories.awards import BadgeRow
from app.db.repositories.goal_columns import ACTIVE, COMPLETED, GoalRow
from app.game.activity import Source, SourceType
from app.game.daily import choose_daily
from app.game.goal import Badge, Goal, Reward, Window
from app.game.ledger import Reason
from app.game.metrics import Metric
from app.game.rules import RULES
from app.services.turn import Move, Turn

_POOL = "pool"
_CHALLENGE = "challenge"
_ONCE = "once"


def choose_open(turn: Turn, rows: Sequence[GoalRow]) -> Sequence[GoalRow]:
    """Of the daily pool only what the player has today and has neither completed nor abandoned."""
    pool = [row.key for row in rows if row.kind == _POOL]
    mine = set(choose_daily(turn.user_id, turn.today, pool, RULES.daily_quests))
    return [row for row in rows if row.kind != _POOL or (row.key in mine and row.status == ACTIVE)]


def read_goal(row: GoalRow) -> Goal:
    """A quest in one of its periods, or a challenge; for an undo, with what stands without it."""
    is_challenge = row.kind == _CHALLENGE
    standing = getattr(row, "standing_progress", None)
    return Goal(
        source=_source_of(row),
        reason=Reason.CHALLENGE_COMPLETED if is_challenge else Reason.QUEST_COMPLETED,
        key=row.key,
        title=row.title,
        metric=Metric(row.metric),
        target=row.target,
        window=Window(
            row.after, row.period_on, row.last_on, row.starts_at, row.ends_at, row.course_id
        ),
        reward=Reward(row.xp, row.gold, row.freezes, row.badge_key),
        progress=row.progress if standing is None else standing,
        before=row.progress,
    )


def _source_of(row: GoalRow) -> Source:
    if row.kind == _CHALLENGE:
        return Source(SourceType.CHALLENGE, row.key)
    if row.cadence == _ONCE:
        return Source(SourceType.QUEST, row.key)
    return Source(SourceType.QUEST, f"{row.key}/{row.period_on.isoformat()}")


def read_badge(row: BadgeRow) -> Badge:
    """A badge."""
    return Badge(
        source=Source(SourceType.BADGE, row.key),
        key=row.key,
        title=row.title,
        reward=Reward(row.xp, row.gold, row.freezes),
        metric=None if row.metric is None else Metric(row.metric),
        target=row.target or 0,
        course=row.course_id,
    )


def is_challenge(row: GoalRow) -> bool:
    """Whether the row is of a challenge; otherwise it is of a quest."""
    kind: str = row.kind
    return kind == _CHALLENGE


def is_untouched(row: GoalRow, goal: Goal) -> bool:
    """Whether it is a daily quest as it is without a row: not accepted by hand, and at 0."""
    return row.cadence == "daily" and row.after == 0 and not goal.finished and goal.progress == 0


def write_quest(turn: Turn, move: Move, row: GoalRow, goal: Goal) -> dict[str, Any]:
    """The row of a quest's progress. A quest that is finished has the number of this move: for one
    that an undo leaves finished, something later fills in for what is undone.
    """
    finished_at, number = _finish_of(turn, move, goal)
    return {
        "user_id": turn.user_id,
        "quest_key": row.key,
        "period_on": row.period_on,
        "last_on": row.last_on,
        "quest_id": row.definition_id,
        "status": COMPLETED if goal.finished else ACTIVE,
        "progress": goal.progress,
        "accepted_at": None,
        "accepted_sequence": row.after,
        "finished_at": finished_at,
        "finished_sequence": number,
    }


def write_challenge(turn: Turn, move: Move, row: GoalRow, goal: Goal) -> dict[str, Any]:
    """What changes in the row of a challenge's member."""
    finished_at, number = _finish_of(turn, move, goal)
    return {
        "user_id": turn.user_id,
        "challenge": row.definition_id,
        "moved_to": goal.progress,
        "at": finished_at,
        "number": number,
    }


def _finish_of(turn: Turn, move: Move, goal: Goal) -> tuple[datetime | None, int | None]:
    return (turn.now, move.sequence) if goal.finished else (None, None)
