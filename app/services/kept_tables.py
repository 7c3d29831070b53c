"""First pages of the table of all learners, kept until somebody's score changes."""

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import TypeAdapter, ValidationError

from app.core.cache import TABLES, GroupCache, Slot
from app.db.repositories.tables import ScoreRow
from app.game.ranking import Rank

KEPT_SECONDS = 5
"""Should a change not have been heard of (its process was killed between the commit and telling), what is
shown is at most so old."""


@dataclass(frozen=True, slots=True)
class RankedRows:
    """Rows of a table that follow one another, their ranks, and whether there are more below."""

    rows: Sequence[ScoreRow]
    ranks: Sequence[Rank]
    more: bool


_FORM = TypeAdapter(RankedRows)


class KeptTables:
    """Keeps first pages, which most look at. They are the same for everybody."""

    def __init__(self, cache: GroupCache) -> None:
        self._cache = cache

    async def find(self, table: str, limit: int) -> tuple[Slot, RankedRows | None]:
        """The first page of a table, if it is kept and right; and where to keep it if not.

        To be asked before the first statement of a unit of work (see ``GroupCache``).
        """
        slot = await self._cache.find(TABLES, f"{table}:{limit}")
        if slot.value is None:
            return slot, None
        try:
            return slot, _FORM.validate_json(slot.value)
        except ValidationError:  # another build of this version has kept it
            return slot, None

    async def keep(self, slot: Slot, page: RankedRows) -> None:
        """Keep a page that was read after its slot was found."""
        if slot.stamp is not None:
            await self._cache.fill(slot, _FORM.dump_json(page), KEPT_SECONDS)
