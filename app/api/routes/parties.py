"""Parties and the invitations into them."""

from datetime import timedelta

from fastapi import Response, status

from app.api.deps import CurrentUser
from app.api.docs import problems
from app.api.idempotency import RETRY_REFUSALS, Idempotent
from app.api.party_deps import (
    InvitationId,
    InvitationReadServiceDep,
    InvitationServiceDep,
    MemberId,
    PartyId,
    PartyReadServiceDep,
    PartyServiceDep,
    Token,
)
from app.api.resource import ResourceRouter
from app.schemas.parties import (
    NewPartyInvitationRead,
    PartiesRead,
    PartyCreate,
    PartyInvitationCreate,
    PartyInvitationsRead,
    PartyRead,
    PartyUpdate,
)
from app.services.party_errors import (
    InvitationNotFoundError,
    LeaderRequiredError,
    MemberNotFoundError,
    NotAMemberError,
    NotYourInvitationError,
    PartyFullError,
    PartyNotFoundError,
    TooManyInvitationsError,
    TooManyPartiesError,
)
from app.services.party_invitations import InvitationsView, NewInvitation
from app.services.party_view import PartiesView, PartyView

router = ResourceRouter("/game", tag="game")


@router.get(
    "/parties",
    summary="List your parties",
    status_code=status.HTTP_200_OK,
    response_model=PartiesRead,
)
async def list_parties(caller: CurrentUser, parties: PartyReadServiceDep) -> PartiesView:
    """The parties that you are in, at most 3, each with its members.

    Members see one another's name, level, streak and damage, whatever a member chose for the tables.
    """
    return await parties.list_all(caller)


@router.post(
    "/parties",
    summary="Found a party",
    status_code=status.HTTP_201_CREATED,
    response_model=PartyRead,
    responses=problems(TooManyPartiesError, *RETRY_REFUSALS),
    dependencies=[Idempotent],
)
async def create_party(
    given: PartyCreate, caller: CurrentUser, parties: PartyServiceDep, response: Response
) -> PartyView:
    """Found a party. You lead it and are its first member."""
    party = await parties.create(caller, given.name)
    response.headers["Location"] = f"/api/v1/game/parties/{party.id}"
    return party


@router.get(
    "/parties/{party_id}",
    summary="Show a party",
    status_code=status.HTTP_200_OK,
    response_model=PartyRead,
    responses=problems(PartyNotFoundError),
)
async def get_party(
    party_id: PartyId, caller: CurrentUser, parties: PartyReadServiceDep
) -> PartyView:
    """A party that you are in. Any other is not found, like one that never was."""
    return await parties.get(caller, party_id)


@router.patch(
    "/parties/{party_id}",
    summary="Change a party",
    status_code=status.HTTP_200_OK,
    response_model=PartyRead,
    responses=problems(PartyNotFoundError, LeaderRequiredError, NotAMemberError),
)
async def update_party(
    party_id: PartyId, given: PartyUpdate, caller: CurrentUser, parties: PartyServiceDep
) -> PartyView:
    """Rename a party that you lead, or hand it over to another member."""
    return await parties.update(caller, party_id, given.model_dump(exclude_unset=True))


@router.delete(
    "/parties/{party_id}",
    summary="End a party",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=problems(PartyNotFoundError, LeaderRequiredError),
)
async def delete_party(party_id: PartyId, caller: CurrentUser, parties: PartyServiceDep) -> None:
    """End a party that you lead, with its battles, challenges and invitations. What they paid stays."""
    await parties.delete(caller, party_id)


@router.delete(
    "/parties/{party_id}/members/{user_id}",
    summary="Leave a party",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=problems(PartyNotFoundError, MemberNotFoundError, LeaderRequiredError),
)
async def remove_party_member(
    party_id: PartyId, user_id: MemberId, caller: CurrentUser, parties: PartyServiceDep
) -> None:
    """Leave a party, or, as its leader, remove another member.

    When the leader leaves, the party goes to whoever has been in it for the longest; when the last one
    leaves, it ends. The invitations of whoever leaves are withdrawn, and all of them when somebody is
    removed.
    """
    await parties.remove_member(caller, party_id, user_id)


@router.get(
    "/parties/{party_id}/invitations",
    summary="List a party's invitations",
    status_code=status.HTTP_200_OK,
    response_model=PartyInvitationsRead,
    responses=problems(PartyNotFoundError),
)
async def list_party_invitations(
    party_id: PartyId, caller: CurrentUser, invitations: InvitationReadServiceDep
) -> InvitationsView:
    """The invitations into a party of yours that can still be used, without their links."""
    return await invitations.list_open(caller, party_id)


@router.post(
    "/parties/{party_id}/invitations",
    summary="Invite into a party",
    status_code=status.HTTP_201_CREATED,
    response_model=NewPartyInvitationRead,
    responses=problems(PartyNotFoundError, TooManyInvitationsError, *RETRY_REFUSALS),
    dependencies=[Idempotent],
)
async def create_party_invitation(
    party_id: PartyId,
    caller: CurrentUser,
    invitations: InvitationServiceDep,
    given: PartyInvitationCreate | None = None,
) -> NewInvitation:
    """Make a link by which others can join a party of yours. Any member may.

    Only a hash of its token is kept, so the link is told only this once; with an `Idempotency-Key` also
    to you when you send the same request again within 24 hours.
    """
    wanted = given or PartyInvitationCreate()
    lifetime = timedelta(hours=wanted.expires_in_hours)
    return await invitations.create(caller, party_id, lifetime, wanted.uses)


@router.delete(
    "/parties/{party_id}/invitations/{invitation_id}",
    summary="Withdraw an invitation",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=problems(PartyNotFoundError, InvitationNotFoundError, NotYourInvitationError),
)
async def delete_party_invitation(
    party_id: PartyId,
    invitation_id: InvitationId,
    caller: CurrentUser,
    invitations: InvitationServiceDep,
) -> None:
    """Make a link useless: one that you made, or any into a party that you lead."""
    await invitations.delete(caller, party_id, invitation_id)


@router.post(
    "/party-invitations/{token}/accept",
    summary="Join a party",
    status_code=status.HTTP_200_OK,
    response_model=PartyRead,
    responses=problems(
        InvitationNotFoundError, PartyFullError, TooManyPartiesError, *RETRY_REFUSALS
    ),
    dependencies=[Idempotent],
)
async def accept_party_invitation(
    token: Token, caller: CurrentUser, invitations: InvitationServiceDep
) -> PartyView:
    """Join the party of an invitation. Accepting again changes nothing and answers the same.

    A party has at most 30 members, and you can be in at most 3.
    """
    return await invitations.accept(caller, token)
