"""Cutting a part out of a table."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.db.repositories.tables import Position, ScoreRow
from app.services.table_errors import BadTableError


@dataclass(frozen=True, slots=True)
class Part:
    """Which part of a table is wanted: from a cursor on, around the caller, or from the top.

    Raises BadTableError for both at once.
    """

    limit: int
    cursor: str | None = None
    around_me: bool = False

    def __post_init__(self) -> None:
        if self.around_me and self.cursor is not None:
            raise BadTableError("Send around=me or a cursor, not both.")


@dataclass(frozen=True, slots=True)
class Window:
    """Rows of a table that follow one another, and whether there are more below."""

    rows: Sequence[ScoreRow]
    more: bool


def cut(rows: Sequence[ScoreRow], limit: int) -> Window:
    """The first rows, out of at least one more than that if there are more."""
    return Window(rows[:limit], len(rows) > limit)


def cut_around(above: Sequence[ScoreRow], below: Sequence[ScoreRow], limit: int) -> Window:
    """As many rows above as below; more on one side where the other ends.

    ``above`` are up to ``limit - 1`` rows that end just above somebody, ``below`` up to ``limit + 1``
    that begin with them.
    """
    half = (limit - 1) // 2
    above_count = min(len(above), max(half, limit - len(below)))
    window = cut(below, limit - above_count)
    return Window([*above[len(above) - above_count :], *window.rows], window.more)


def cut_whole(rows: Sequence[ScoreRow], user_id: int, part: Part, after: Position | None) -> Window:
    """A part of a whole table: below a position, or around a user (nothing if not in it)."""
    if part.around_me:
        for index, row in enumerate(rows):
            if row.user_id == user_id:
                return cut_around(rows[:index], rows[index:], part.limit)
        return Window([], more=False)
    if after is not None:
        rows = [row for row in rows if row.position < after]
    return cut(rows, part.limit)
