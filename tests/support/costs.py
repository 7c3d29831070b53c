"""What something costs in SQL statements, on each database."""

from dataclasses import dataclass

from tests.support.databases import SQLITE


@dataclass(frozen=True, slots=True)
class Cost:
    """How many statements; where both databases take as many, the number alone is written.

    PostgreSQL takes writes that do not look at one another as one statement (``app/db/together.py``),
    but has locks that SQLite, with its one writer, does without.
    """

    sqlite: int
    postgresql: int


def cost_on(database_kind: str, cost: Cost | int) -> int:
    """How many statements it is on this database."""
    if isinstance(cost, int):
        return cost
    return cost.sqlite if database_kind == SQLITE else cost.postgresql
