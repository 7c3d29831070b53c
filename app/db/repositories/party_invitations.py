"""Links into parties. Whoever changes one holds the lock of its party."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, delete, func, select

from app.db.models import PartyInvitation
from app.db.repositories.base import Repository
from app.db.repositories.party_rows import InvitationRow
from app.db.types import Instant

_OF_PARTY = PartyInvitation.party_id == bindparam("of_party")
_BY_HASH = (
    select(PartyInvitation)
    .where(PartyInvitation.token_hash == bindparam("token_hash"))
    .execution_options(populate_existing=True)
)
_ONE = select(PartyInvitation).where(_OF_PARTY, PartyInvitation.id == bindparam("invitation_id"))
_OPEN = (
    select(
        PartyInvitation.id,
        PartyInvitation.created_by,
        PartyInvitation.created_at,
        PartyInvitation.expires_at,
        PartyInvitation.uses_left,
    )
    .where(
        _OF_PARTY,
        PartyInvitation.expires_at > bindparam("now", type_=Instant),
        PartyInvitation.uses_left > 0,
    )
    .order_by(PartyInvitation.id)
)
_COUNT = select(func.count()).select_from(PartyInvitation).where(_OF_PARTY)
_EXPIRED = delete(PartyInvitation).where(
    _OF_PARTY, PartyInvitation.expires_at <= bindparam("now", type_=Instant)
)
_USED_UP = delete(PartyInvitation).where(_OF_PARTY, PartyInvitation.uses_left == 0)
_ALL = delete(PartyInvitation).where(_OF_PARTY)
_OF_CREATOR = _ALL.where(PartyInvitation.created_by == bindparam("of_user"))


class PartyInvitationReader(Repository):
    """Looks invitations up."""

    async def list_open(self, party_id: int, now: datetime) -> Sequence[InvitationRow]:
        """The party's invitations that can still be used, oldest first."""
        found = await self._session.execute(_OPEN, {"of_party": party_id, "now": now})
        return [InvitationRow(*row) for row in found]


class PartyInvitationRepository(PartyInvitationReader):
    """Makes, uses and withdraws invitations."""

    async def get_by_token(self, token_hash: bytes) -> PartyInvitation | None:
        """The invitation as it is now, whether it can still be used or not."""
        found = await self._session.execute(_BY_HASH, {"token_hash": token_hash})
        return found.scalar_one_or_none()

    async def get(self, party_id: int, invitation_id: int) -> PartyInvitation | None:
        """An invitation of the party."""
        parameters = {"of_party": party_id, "invitation_id": invitation_id}
        return (await self._session.execute(_ONE, parameters)).scalar_one_or_none()

    async def count(self, party_id: int) -> int:
        """How many the party has, those that can't be used any more among them."""
        return (await self._session.execute(_COUNT, {"of_party": party_id})).scalar_one()

    async def save(self, invitation: PartyInvitation) -> None:
        """Write a new or changed invitation."""
        self._session.add(invitation)
        await self._session.flush()

    async def delete(self, invitation: PartyInvitation) -> None:
        """Withdraw an invitation."""
        await self._session.delete(invitation)
        await self._session.flush()

    async def delete_expired(self, party_id: int, now: datetime) -> None:
        """Clear the invitations whose time is over."""
        await self._session.execute(_EXPIRED, {"of_party": party_id, "now": now})

    async def delete_used_up(self, party_id: int) -> None:
        """Clear those that were used as often as they can be."""
        await self._session.execute(_USED_UP, {"of_party": party_id})

    async def delete_all(self, party_id: int) -> None:
        """Withdraw all invitations of a party."""
        await self._session.execute(_ALL, {"of_party": party_id})

    async def delete_of(self, party_id: int, user_id: int) -> None:
        """Withdraw the invitations into a party that a user made."""
        await self._session.execute(_OF_CREATOR, {"of_party": party_id, "of_user": user_id})
