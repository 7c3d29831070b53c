"""The rows that tell who is in a party, and which invitations it has."""

from dataclasses import dataclass
from datetime import datetime

from app.db.models import Player


@dataclass(frozen=True, slots=True)
class MemberRow:
    """A member, with the party and with what level, streak and day are computed from.

    ``damage`` is what the member dealt in the party's running battle, 0 without one.
    """

    party_id: int
    party_name: str
    leader_id: int
    created_at: datetime
    user_id: int
    joined_at: datetime
    display_name: str
    timezone: str
    day_starts_at: int
    player: Player
    damage: int


@dataclass(frozen=True, slots=True)
class InvitationRow:
    """An invitation, to be shown to members. Its token is known to whoever made it, and to no row."""

    id: int
    created_by: int
    created_at: datetime
    expires_at: datetime
    uses_left: int
