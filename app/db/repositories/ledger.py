"""What activities gave."""

from collections.abc import Sequence

from sqlalchemy import bindparam, select

from app.db.models import RewardEntry
from app.db.repositories.base import Repository

_PAGE = (
    select(RewardEntry)
    .where(RewardEntry.user_id == bindparam("of_user"), RewardEntry.id < bindparam("before_id"))
    .order_by(RewardEntry.id.desc())
    .limit(bindparam("count"))
)
_OF_ACTIVITY = (
    select(RewardEntry)
    .where(
        RewardEntry.user_id == bindparam("of_user"),
        RewardEntry.activity_sequence == bindparam("sequence"),
    )
    .order_by(RewardEntry.id)
)
_ONE = select(RewardEntry).where(
    RewardEntry.user_id == bindparam("of_user"), RewardEntry.id == bindparam("entry_id")
)


class LedgerReader(Repository):
    """Reads the ledger; always that of one user."""

    async def list_page(self, user_id: int, before_id: int, count: int) -> Sequence[RewardEntry]:
        """At most ``count`` entries with a smaller id than ``before_id``, newest first."""
        parameters = {"of_user": user_id, "before_id": before_id, "count": count}
        return (await self._session.execute(_PAGE, parameters)).scalars().all()

    async def get(self, user_id: int, entry_id: int) -> RewardEntry:
        """An entry that is there."""
        parameters = {"of_user": user_id, "entry_id": entry_id}
        return (await self._session.execute(_ONE, parameters)).scalar_one()

    async def list_of_activity(self, user_id: int, sequence: int) -> Sequence[RewardEntry]:
        """The entries that an activity gave."""
        parameters = {"of_user": user_id, "sequence": sequence}
        return (await self._session.execute(_OF_ACTIVITY, parameters)).scalars().all()


class LedgerRepository(LedgerReader):
    """Adds to the ledger. There is no way to change or take an entry away."""

    async def add(self, entries: Sequence[RewardEntry]) -> None:
        """Keep entries; afterwards each has its id."""
        self._session.add_all(entries)
        await self._session.flush()
