"""What members see of a party, and of one another: nothing else of a learner leaves these views."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from app.db.repositories.party_rows import MemberRow
from app.db.unit_of_work import ReadUnitOfWork
from app.game.calendar import Calendar
from app.game.levels import level_at
from app.game.rules import RULES
from app.game.streak import show_streak
from app.services.party_errors import PartyNotFoundError
from app.services.player_mapping import read_player


@dataclass(frozen=True, slots=True)
class MemberView:
    """See ``app.schemas.parties.PartyMemberRead`` for what the fields mean to clients."""

    user_id: int
    display_name: str
    level: int
    streak: int
    damage: int
    joined_at: datetime


@dataclass(frozen=True, slots=True)
class PartyView:
    """See ``app.schemas.parties.PartyRead`` for what the fields mean to clients."""

    id: int
    name: str
    leader_id: int
    created_at: datetime
    members: Sequence[MemberView]


@dataclass(frozen=True, slots=True)
class PartiesView:
    """All parties of a learner: so few that they need no pages."""

    items: Sequence[PartyView]


async def load_party(uow: ReadUnitOfWork, user_id: int, party_id: int, now: datetime) -> PartyView:
    """A party of the user's as it is now.

    Raises:
        PartyNotFoundError: no such party, or the user is not in it.
    """
    rows = await uow.parties.list_members(user_id, party_id)
    if not rows:
        raise PartyNotFoundError
    return _show(rows, now)


async def load_parties(uow: ReadUnitOfWork, user_id: int, now: datetime) -> PartiesView:
    """All parties of the user as they are now, by one statement."""
    rows = await uow.parties.list_with_members(user_id)
    groups = groupby(rows, key=lambda row: row.party_id)
    return PartiesView([_show(list(members), now) for _, members in groups])


def _show(rows: Sequence[MemberRow], now: datetime) -> PartyView:
    first = rows[0]
    return PartyView(
        id=first.party_id,
        name=first.party_name,
        leader_id=first.leader_id,
        created_at=first.created_at,
        members=[_show_member(row, now) for row in rows],
    )


def _show_member(row: MemberRow, now: datetime) -> MemberView:
    player = read_player(row.player)
    # The member's own day: whoever looks may live in another zone.
    calendar = Calendar(ZoneInfo(row.timezone), row.day_starts_at)
    return MemberView(
        user_id=row.user_id,
        display_name=row.display_name,
        level=level_at(player.xp, RULES),
        streak=show_streak(player.streak, now, calendar),
        damage=row.damage,
        joined_at=row.joined_at,
    )
