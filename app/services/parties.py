"""Parties: learners who fight together."""

from collections.abc import Mapping
from typing import Any

from app.core.clock import Clock
from app.db.unit_of_work import ReadUnitOfWork, UnitOfWork
from app.services.party_errors import MemberNotFoundError, NotAMemberError
from app.services.party_membership import (
    let_go,
    lock_party,
    lock_party_and_battle,
    lock_player,
    require_free_place,
    require_leader,
    settle_with_boss,
)
from app.services.party_view import PartiesView, PartyView, load_parties, load_party
from app.services.principal import Principal


class PartyReadService:
    """Shows parties to their members."""

    def __init__(self, uow: ReadUnitOfWork, clock: Clock) -> None:
        self._uow = uow
        self._clock = clock

    async def list_all(self, principal: Principal) -> PartiesView:
        """All parties that the caller is in, with their members."""
        return await load_parties(self._uow, principal.user_id, self._clock.now())

    async def get(self, principal: Principal, party_id: int) -> PartyView:
        """A party that the caller is in.

        Raises:
            PartyNotFoundError: no such party, or the caller is not in it.
        """
        return await load_party(self._uow, principal.user_id, party_id, self._clock.now())


class PartyService:
    """Founds, changes and ends parties. See ``PartyInvitationService`` for how people get in."""

    def __init__(self, uow: UnitOfWork, clock: Clock) -> None:
        self._uow = uow
        self._clock = clock

    async def create(self, principal: Principal, name: str) -> PartyView:
        """Found a party; the caller leads it and is its first member.

        Raises:
            UnauthenticatedError: the account was deleted meanwhile.
            TooManyPartiesError: the caller is in as many parties as a learner can be.
        """
        user_id = principal.user_id
        await lock_player(self._uow, user_id)
        await require_free_place(self._uow, user_id)
        now = self._clock.now()
        party = await self._uow.parties.create(name, user_id, now)
        return await load_party(self._uow, user_id, party.id, now)

    async def update(
        self, principal: Principal, party_id: int, changes: Mapping[str, Any]
    ) -> PartyView:
        """Rename a party, or hand it over: ``name`` and ``leader_id``, as far as they are given.

        Raises:
            PartyNotFoundError: no such party, or the caller is not in it.
            LeaderRequiredError: the caller does not lead it.
            NotAMemberError: the new leader is not in it.
        """
        party = await lock_party(self._uow, principal.user_id, party_id)
        require_leader(party, principal.user_id)
        party.name = changes.get("name", party.name)
        heir_id = changes.get("leader_id", principal.user_id)
        if not await self._uow.parties.is_member(heir_id, party_id):
            raise NotAMemberError
        party.leader_id = heir_id
        await self._uow.parties.save(party)
        return await load_party(self._uow, principal.user_id, party_id, self._clock.now())

    async def delete(self, principal: Principal, party_id: int) -> None:
        """End a party, with its invitations, challenges and battles. What they paid stays.

        Raises:
            PartyNotFoundError: no such party, or the caller is not in it.
            LeaderRequiredError: the caller does not lead it.
            DatabaseBusyError: a battle began, or somebody joined, at this moment.
        """
        departure = await lock_party_and_battle(self._uow, principal.user_id, party_id)
        require_leader(departure.party, principal.user_id)
        await settle_with_boss(self._uow, departure, self._clock.now())
        await self._uow.parties.delete(departure.party)

    async def remove_member(self, principal: Principal, party_id: int, member_id: int) -> None:
        """Leave a party, or, as its leader, remove somebody else.

        A leader who leaves hands the party over to its oldest member; the last one's leaving ends it.
        Whoever is removed can't come back by a link at hand: all open invitations are withdrawn.

        Raises:
            PartyNotFoundError: no such party, or the caller is not in it.
            LeaderRequiredError: it is somebody else, and the caller does not lead the party.
            MemberNotFoundError: nobody of this id is in it.
            DatabaseBusyError: a battle began, or the member joined, at this moment.
        """
        departure = await lock_party_and_battle(
            self._uow, principal.user_id, party_id, leaver_id=member_id
        )
        if member_id != principal.user_id:
            require_leader(departure.party, principal.user_id)
            if member_id not in departure.calendars:
                raise MemberNotFoundError
            await self._uow.party_invitations.delete_all(party_id)
        now = self._clock.now()
        await settle_with_boss(self._uow, departure, now)
        await let_go(self._uow, departure.party, member_id)
        await self._uow.challenges.leave_party_challenges(member_id, party_id, now)
