"""All revisions of quests, bosses and badges, for admins."""

from collections.abc import Sequence
from typing import Protocol, TypeVar

from app.core.listing import Page
from app.db.repositories.definition_rows import BadgeRevision, BossRevision, QuestRevision
from app.db.repositories.definitions import RevisionFilter
from app.db.unit_of_work import ReadUnitOfWork
from app.services.paging import NEWEST, cut_page, decode_id, encode_cursor

__all__ = [
    "BadgeRevision",
    "BossRevision",
    "DefinitionListService",
    "QuestRevision",
    "RevisionFilter",
]

_QUESTS = "quest-revisions"
_BOSSES = "boss-revisions"
_BADGES = "badge-revisions"


class _Numbered(Protocol):
    @property
    def id(self) -> int: ...


Row = TypeVar("Row", bound=_Numbered)


class DefinitionListService:
    """Shows every revision, newest first.

    Raises:
        BadCursorError: the cursor is not one of the list.
    """

    def __init__(self, uow: ReadUnitOfWork) -> None:
        self._uow = uow

    async def list_quests(
        self, wanted: RevisionFilter, limit: int, cursor: str | None
    ) -> Page[QuestRevision]:
        """A page of the quests."""
        before_id = decode_id(_QUESTS, cursor, NEWEST)
        rows = await self._uow.definitions.list_quest_revisions(wanted, before_id, limit + 1)
        return _cut(_QUESTS, rows, limit)

    async def list_bosses(
        self, wanted: RevisionFilter, limit: int, cursor: str | None
    ) -> Page[BossRevision]:
        """A page of the bosses."""
        before_id = decode_id(_BOSSES, cursor, NEWEST)
        rows = await self._uow.definitions.list_boss_revisions(wanted, before_id, limit + 1)
        return _cut(_BOSSES, rows, limit)

    async def list_badges(
        self, wanted: RevisionFilter, limit: int, cursor: str | None
    ) -> Page[BadgeRevision]:
        """A page of the badges."""
        before_id = decode_id(_BADGES, cursor, NEWEST)
        rows = await self._uow.definitions.list_badge_revisions(wanted, before_id, limit + 1)
        return _cut(_BADGES, rows, limit)


def _cut(list_name: str, rows: Sequence[Row], limit: int) -> Page[Row]:
    return cut_page(rows, limit, lambda row: row, lambda row: encode_cursor(list_name, [row.id]))
