"""How people get into a party: by a link with a secret token, an end, and a number of uses."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.core.clock import Clock
from app.core.parties import INVITATION_TOKEN_BYTES, MAX_INVITATIONS, MAX_MEMBERS
from app.db.models import PartyInvitation
from app.db.repositories.party_rows import InvitationRow
from app.db.unit_of_work import ReadUnitOfWork, UnitOfWork
from app.services.party_errors import (
    InvitationNotFoundError,
    NotYourInvitationError,
    PartyFullError,
    PartyNotFoundError,
    TooManyInvitationsError,
)
from app.services.party_membership import lock_party, lock_player, require_free_place
from app.services.party_view import PartyView, load_party
from app.services.principal import Principal


@dataclass(frozen=True, slots=True)
class InvitationsView:
    """The open invitations of a party: so few that they need no pages."""

    items: Sequence[InvitationRow]


@dataclass(frozen=True, slots=True, repr=False)
class NewInvitation:
    """An invitation together with its token, which nobody can be told again."""

    id: int
    created_by: int
    created_at: datetime
    expires_at: datetime
    uses_left: int
    token: str
    link: str


class PartyInvitationReadService:
    """Shows invitations to members."""

    def __init__(self, uow: ReadUnitOfWork, clock: Clock) -> None:
        self._uow = uow
        self._clock = clock

    async def list_open(self, principal: Principal, party_id: int) -> InvitationsView:
        """The invitations that can still be used.

        Raises:
            PartyNotFoundError: no such party, or the caller is not in it.
        """
        if not await self._uow.parties.is_member(principal.user_id, party_id):
            raise PartyNotFoundError
        rows = await self._uow.party_invitations.list_open(party_id, self._clock.now())
        return InvitationsView(rows)


class PartyInvitationService:
    """Makes, withdraws and accepts invitations."""

    def __init__(self, uow: UnitOfWork, clock: Clock, frontend_url: str) -> None:
        self._uow = uow
        self._clock = clock
        self._frontend_url = frontend_url

    async def create(
        self, principal: Principal, party_id: int, lifetime: timedelta, uses: int
    ) -> NewInvitation:
        """Invite by a link, as any member may. Its token is kept as a hash only.

        Raises:
            PartyNotFoundError: no such party, or the caller is not in it.
            TooManyInvitationsError: the party has as many open ones as it can.
        """
        await lock_party(self._uow, principal.user_id, party_id)
        now = self._clock.now()
        await self._make_room(party_id, now)
        token = secrets.token_urlsafe(INVITATION_TOKEN_BYTES)
        invitation = PartyInvitation(
            party_id=party_id,
            created_by=principal.user_id,
            created_at=now,
            token_hash=_hash(token),
            expires_at=now + lifetime,
            uses_left=uses,
        )
        await self._uow.party_invitations.save(invitation)
        return NewInvitation(
            id=invitation.id,
            created_by=principal.user_id,
            created_at=now,
            expires_at=invitation.expires_at,
            uses_left=uses,
            token=token,
            # In the fragment, which browsers keep to themselves: so opening the link brings the token
            # into no server's log and no Referer header. The page reads it and posts it.
            link=f"{self._frontend_url.rstrip('/')}/join#token={token}",
        )

    async def delete(self, principal: Principal, party_id: int, invitation_id: int) -> None:
        """Withdraw an invitation, as the leader and whoever made it may.

        Raises:
            PartyNotFoundError: no such party, or the caller is not in it.
            InvitationNotFoundError: the party has no such invitation.
            NotYourInvitationError: somebody else made it, and the caller does not lead the party.
        """
        party = await lock_party(self._uow, principal.user_id, party_id)
        invitation = await self._uow.party_invitations.get(party_id, invitation_id)
        if invitation is None:
            raise InvitationNotFoundError
        if principal.user_id not in (party.leader_id, invitation.created_by):
            raise NotYourInvitationError
        await self._uow.party_invitations.delete(invitation)

    async def accept(self, principal: Principal, token: str) -> PartyView:
        """Join the party of the token. For whoever is in it already nothing changes.

        Raises:
            InvitationNotFoundError: no such invitation, or it can't be used any more.
            UnauthenticatedError: the account was deleted meanwhile.
            PartyFullError: the party has as many members as it can.
            TooManyPartiesError: the caller is in as many parties as a learner can be.
        """
        user_id = principal.user_id
        found = await self._uow.party_invitations.get_by_token(_hash(token))
        if found is None:
            raise InvitationNotFoundError
        party_id = found.party_id
        await lock_player(self._uow, user_id)
        await self._uow.parties.lock(party_id)
        # Once more: until its party was locked it could be used up or withdrawn, the party with it.
        invitation = await self._uow.party_invitations.get_by_token(_hash(token))
        if invitation is None:
            raise InvitationNotFoundError
        now = self._clock.now()
        if not await self._uow.parties.is_member(user_id, party_id):
            await self._join(user_id, invitation, now)
        return await load_party(self._uow, user_id, party_id, now)

    async def _join(self, user_id: int, invitation: PartyInvitation, now: datetime) -> None:
        party_id = invitation.party_id
        if invitation.uses_left == 0 or invitation.expires_at <= now:
            raise InvitationNotFoundError
        if await self._uow.parties.count_members(party_id) >= MAX_MEMBERS:
            raise PartyFullError
        await require_free_place(self._uow, user_id)
        invitation.uses_left -= 1
        await self._uow.party_invitations.save(invitation)
        await self._uow.parties.add_member(party_id, user_id, now)

    async def _make_room(self, party_id: int, now: datetime) -> None:
        await self._uow.party_invitations.delete_expired(party_id, now)
        if await self._uow.party_invitations.count(party_id) < MAX_INVITATIONS:
            return
        # These are kept while there is room: whoever sends an acceptance again is still answered.
        await self._uow.party_invitations.delete_used_up(party_id)
        if await self._uow.party_invitations.count(party_id) >= MAX_INVITATIONS:
            raise TooManyInvitationsError


def _hash(token: str) -> bytes:
    # Without a salt: the token is random already, and is looked up by its hash.
    return hashlib.sha256(token.encode()).digest()
