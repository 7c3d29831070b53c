"""What activities gave."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import TypeAlias

from sqlalchemy import Row, and_, bindparam, exists, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from app.core.cache import TABLES
from app.db.models import ActivityRow, RewardEntry
from app.db.repositories.base import Repository
from app.db.repositories.changes import find_changed
from app.db.repositories.history_records import ADD_ENTRIES, EntryRecord, describe
from app.db.rows import batched
from app.db.together import Write, write_together
from app.game.activity import Source

UNSCORED = "unscored"
"""The fact (1) by which an activity says that its XP do not count for its week."""

MarkedRow: TypeAlias = Row[tuple[RewardEntry, datetime, date, int | None, int | None]]
"""The entry; occurred_at, local_on, course_id and ``UNSCORED`` of the activity that gave it"""

_PAGE = (
    select(RewardEntry)
    .where(RewardEntry.user_id == bindparam("of_user"), RewardEntry.id < bindparam("before_id"))
    .order_by(RewardEntry.id.desc())
    .limit(bindparam("count"))
)
_Reversal = aliased(RewardEntry)
_IS_OF_USER = RewardEntry.user_id == bindparam("of_user")
_STANDS = ~exists().where(
    _Reversal.user_id == RewardEntry.user_id, _Reversal.reverses_id == RewardEntry.id
)
# Each with where the activity that gave it stands in the history.
_WITH_MARK = (
    select(
        RewardEntry,
        ActivityRow.occurred_at,
        ActivityRow.local_on,
        ActivityRow.course_id,
        ActivityRow.facts[UNSCORED].as_integer(),
    )
    .join(
        ActivityRow,
        and_(
            ActivityRow.user_id == RewardEntry.user_id,
            ActivityRow.sequence == RewardEntry.activity_sequence,
        ),
    )
    .where(_IS_OF_USER)
    .order_by(RewardEntry.id)
)
_OF_ACTIVITY = _WITH_MARK.where(
    RewardEntry.activity_sequence == bindparam("sequence"),
    RewardEntry.reverses_id.is_(None),
    _STANDS,
)
_ONE = _WITH_MARK.where(RewardEntry.id == bindparam("entry_id"))
_OF_SOURCES = tuple_(RewardEntry.source_type, RewardEntry.source_id).in_(
    bindparam("sources", expanding=True)
)
_STANDING = _WITH_MARK.where(_OF_SOURCES, RewardEntry.reverses_id.is_(None), _STANDS)
_REVERSALS = (
    select(RewardEntry.user_id, RewardEntry.source_type, RewardEntry.source_id, func.count())
    .where(
        RewardEntry.user_id.in_(bindparam("of_users", expanding=True)),
        _OF_SOURCES,
        RewardEntry.reverses_id.is_not(None),
    )
    .group_by(RewardEntry.user_id, RewardEntry.source_type, RewardEntry.source_id)
)


def find_moved(session: AsyncSession) -> list[EntryRecord]:
    """Where the entries are collected that were added in this session: once committed, they are counted."""
    moved: list[EntryRecord] = session.info.setdefault("moved", [])
    return moved


def _name(sources: Collection[Source]) -> list[tuple[str, str]]:
    return [(source.type.value, source.id) for source in sources]


class LedgerReader(Repository):
    """Reads the ledger; always that of one user, but for ``count_reversals``."""

    async def list_page(self, user_id: int, before_id: int, count: int) -> Sequence[RewardEntry]:
        """At most ``count`` entries with a smaller id than ``before_id``, newest first."""
        parameters = {"of_user": user_id, "before_id": before_id, "count": count}
        return (await self._session.execute(_PAGE, parameters)).scalars().all()

    async def get(self, user_id: int, entry_id: int) -> MarkedRow:
        """An entry that is there."""
        parameters = {"of_user": user_id, "entry_id": entry_id}
        return (await self._session.execute(_ONE, parameters)).one()

    async def list_of_activity(self, user_id: int, sequence: int) -> Sequence[MarkedRow]:
        """The entries that an activity gave and that stand, in their order."""
        parameters = {"of_user": user_id, "sequence": sequence}
        return (await self._session.execute(_OF_ACTIVITY, parameters)).all()

    async def list_standing(self, user_id: int, sources: Sequence[Source]) -> Sequence[MarkedRow]:
        """The payments of these sources that stand, in their order."""
        if not sources:
            return []
        parameters = {"of_user": user_id, "sources": _name(sources)}
        return (await self._session.execute(_STANDING, parameters)).all()

    async def count_reversals(
        self, user_ids: Collection[int], sources: Collection[Source]
    ) -> Sequence[Row[tuple[int, str, str, int]]]:
        """User id, source type, source id and how often what it paid was reversed; none without any."""
        parameters = {"of_users": list(user_ids), "sources": _name(sources)}
        return (await self._session.execute(_REVERSALS, parameters)).all()


class LedgerRepository(LedgerReader):
    """Adds to the ledger. There is no way to change or take an entry away."""

    def __init__(self, session: AsyncSession) -> None:
        super().__init__(session)
        self._moved = find_moved(session)

    async def add(self, entries: Sequence[EntryRecord]) -> None:
        """Keep entries; afterwards each has its id. Ids grow in the order given."""
        for some in batched(entries):
            self.number(some, await write_together(self._session, [self.record(some)]))

    def record(self, entries: Sequence[EntryRecord]) -> Write:
        """What ``add`` does to entries (``MOST_ROWS`` at most), to be done as the last of other writes.

        It gives their ids, which ``number`` gives them.
        """
        self._moved.extend(entries)
        if any(entry.xp for entry in entries):
            find_changed(self._session).add(TABLES)
        return ADD_ENTRIES.write([describe(entry) for entry in entries])

    def number(self, entries: Sequence[EntryRecord], ids: Sequence[int]) -> None:
        """Give entries their ids: both databases count up along the rows of a statement."""
        for entry, entry_id in zip(entries, sorted(ids), strict=True):
            entry.id = entry_id
