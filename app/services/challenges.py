"""Challenges: races for all or for a party, from one instant to another."""

from datetime import UTC, datetime

from app.core.clock import Clock
from app.core.listing import Page
from app.db.repositories.challenge_rows import ChallengeRow
from app.db.repositories.challenges import ChallengeFilter
from app.db.unit_of_work import ReadUnitOfWork
from app.services.challenge_errors import ChallengeNotFoundError
from app.services.challenge_view import ChallengeView, show_challenge, show_challenges
from app.services.errors import BadCursorError
from app.services.paging import NEWEST, cut_page, decode_cursor, encode_cursor
from app.services.principal import Principal

__all__ = ["ChallengeFilter", "ChallengeReadService", "load_challenge"]

_LIST = "challenges"
_LATEST = datetime.max.replace(tzinfo=UTC)
"""Beyond every end."""


class ChallengeReadService:
    """Shows challenges."""

    def __init__(self, uow: ReadUnitOfWork, clock: Clock) -> None:
        self._uow = uow
        self._clock = clock

    async def get(self, principal: Principal, challenge_id: int) -> ChallengeView:
        """A challenge for all, or for a party of the caller's; to admins any.

        Raises:
            ChallengeNotFoundError: no such challenge, or one of a party that the caller is not in.
            UnauthenticatedError: the account was deleted meanwhile.
        """
        return await load_challenge(self._uow, principal, challenge_id, self._clock.now())

    async def list_page(
        self, principal: Principal, wanted: ChallengeFilter, limit: int, cursor: str | None
    ) -> Page[ChallengeView]:
        """A page of the challenges for all and for the caller's parties, the latest end first.

        Raises:
            BadCursorError: the cursor is not one of this list.
            UnauthenticatedError: the account was deleted meanwhile.
        """
        now = self._clock.now()
        rows = await self._uow.challenges.list_page(
            principal.user_id, wanted, now, _decode(cursor), limit + 1
        )
        page = cut_page(rows, limit, lambda row: row, _encode)
        views = await show_challenges(self._uow, principal, page.items, now)
        return Page(views, page.next_cursor)


async def load_challenge(
    uow: ReadUnitOfWork, principal: Principal, challenge_id: int, now: datetime
) -> ChallengeView:
    """A challenge as the caller sees it now.

    Raises:
        ChallengeNotFoundError: no such challenge, or one that the caller may not see.
        UnauthenticatedError: the account was deleted meanwhile.
    """
    row = await uow.challenges.get(principal.user_id, challenge_id)
    if row is None or not (row.is_visible or principal.may_administer):
        raise ChallengeNotFoundError
    return await show_challenge(uow, principal, row, now)


def _encode(row: ChallengeRow) -> str:
    return encode_cursor(_LIST, [row.ends_at.isoformat(), row.id])


def _decode(cursor: str | None) -> tuple[datetime, int]:
    """The end and the id that the list goes on from."""
    if cursor is None:
        return _LATEST, NEWEST
    match decode_cursor(_LIST, cursor):
        case [str(end), int(challenge_id)] if 0 <= challenge_id <= NEWEST:
            return _parse_instant(end), challenge_id
    raise BadCursorError


def _parse_instant(text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise BadCursorError from None
    if instant.tzinfo is not UTC:
        raise BadCursorError
    return instant
