"""The annotated aliases of parties."""

from typing import Annotated

from fastapi import Depends, Path

from app.api.deps import ClockDep, PartsDep, ReadUowDep, UowDep
from app.schemas.common import EntityId
from app.schemas.parties import InvitationToken
from app.services.parties import PartyReadService, PartyService
from app.services.party_invitations import PartyInvitationReadService, PartyInvitationService

PartyId = Annotated[EntityId, Path(description="The party's id.")]
MemberId = Annotated[EntityId, Path(description="The member's user id; your own to leave.")]
InvitationId = Annotated[EntityId, Path(description="The invitation's id.")]
Token = Annotated[InvitationToken, Path(description="The secret of the invitation's link.")]


async def get_party_reader(uow: ReadUowDep, clock: ClockDep) -> PartyReadService:
    """Shows parties."""
    return PartyReadService(uow, clock)


async def get_parties(uow: UowDep, clock: ClockDep) -> PartyService:
    """Founds, changes and ends parties."""
    return PartyService(uow, clock)


async def get_invitation_reader(uow: ReadUowDep, clock: ClockDep) -> PartyInvitationReadService:
    """Shows invitations."""
    return PartyInvitationReadService(uow, clock)


async def get_invitations(uow: UowDep, clock: ClockDep, parts: PartsDep) -> PartyInvitationService:
    """Makes, withdraws and accepts invitations."""
    return PartyInvitationService(uow, clock, parts.settings.frontend_url)


PartyReadServiceDep = Annotated[PartyReadService, Depends(get_party_reader)]
PartyServiceDep = Annotated[PartyService, Depends(get_parties)]
InvitationReadServiceDep = Annotated[PartyInvitationReadService, Depends(get_invitation_reader)]
InvitationServiceDep = Annotated[PartyInvitationService, Depends(get_invitations)]
