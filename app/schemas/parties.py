"""Bodies about parties."""

from datetime import datetime
from typing import Annotated

from pydantic import Field, StringConstraints

from app.core.parties import (
    INVITATION_TOKEN_LENGTH,
    MAX_INVITATION_HOURS,
    MAX_MEMBERS,
    MAX_NAME_LENGTH,
)
from app.schemas.common import MAX_ID, AnswerModel, Line, RequestModel, omittable

PartyName = Annotated[
    Line, StringConstraints(max_length=MAX_NAME_LENGTH), Field(examples=["The Night Owls"])
]
InvitationToken = Annotated[
    str,
    StringConstraints(pattern=rf"^[A-Za-z0-9_-]{{{INVITATION_TOKEN_LENGTH}}}$"),
]
"""As it was given when the invitation was made."""


class PartyCreate(RequestModel):
    """A new party. Whoever founds it leads it."""

    name: PartyName


class PartyUpdate(RequestModel):
    """Changes to a party; what is left out stays."""

    name: PartyName = omittable()
    leader_id: Annotated[int, Field(strict=True, ge=1, le=MAX_ID)] = omittable(
        description="The user id of the member who is to lead the party from now on.",
        examples=[42],
    )


class PartyMemberRead(AnswerModel):
    """A member as the others see them. Who stays out of tables is shown here all the same."""

    user_id: int
    display_name: str = Field(description="Empty if the member has chosen none.")
    level: int
    streak: int = Field(description="As it is now, by the member's own calendar.")
    damage: int = Field(description="Dealt in the party's running battle; 0 without one.")
    joined_at: datetime


class PartyRead(AnswerModel):
    """A party that you are in."""

    id: int
    name: str
    leader_id: int = Field(description="The user id of the leader, who is one of the members.")
    created_at: datetime
    members: list[PartyMemberRead] = Field(description="At most 30; who joined first comes first.")


class PartiesRead(AnswerModel):
    """The parties that you are in: at most 3, the one that you joined first comes first."""

    items: list[PartyRead]


class PartyInvitationCreate(RequestModel):
    """A link into the party. Without a body it lasts for a week and lets one learner in."""

    expires_in_hours: Annotated[int, Field(strict=True, ge=1, le=MAX_INVITATION_HOURS)] = 7 * 24
    uses: Annotated[int, Field(strict=True, ge=1, le=MAX_MEMBERS)] = Field(
        default=1, description="How many learners may join by it."
    )


class PartyInvitationRead(AnswerModel):
    """An invitation that can still be used. What its link is, only whoever made it knows."""

    id: int
    created_by: int = Field(description="The user id of the member who made it.")
    created_at: datetime
    expires_at: datetime
    uses_left: int


class PartyInvitationsRead(AnswerModel):
    """The open invitations of a party, at most 30, oldest first."""

    items: list[PartyInvitationRead]


class NewPartyInvitationRead(PartyInvitationRead):
    """A new invitation, with its secret, which is told only this once."""

    token: str = Field(description="Send it to `POST /game/party-invitations/{token}/accept`.")
    link: str = Field(
        description="A page of the web client, with the token behind a `#`, where servers don't see it."
    )
