"""What every change of a party does alike: locking it, and letting somebody go.

Invariant: a party has at least one member, and its leader is one of them.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from app.core.errors import UnauthenticatedError
from app.core.parties import MAX_PARTIES
from app.db.conflicts import DatabaseBusyError
from app.db.models import Party
from app.db.repositories.player_rows import PlayerRecord
from app.db.unit_of_work import UnitOfWork
from app.game.calendar import Calendar
from app.services.party_errors import (
    LeaderRequiredError,
    PartyNotFoundError,
    TooManyPartiesError,
)
from app.services.strikes import Exposed, settle_strikes


@dataclass(frozen=True, slots=True)
class Departure:
    """A party that members go out of, and their players, by user id; all of it is locked.

    ``calendars``: of everybody who is in it, by user id; ``strikes_back``: its running boss does.
    """

    party: Party
    leavers: Sequence[PlayerRecord]
    calendars: Mapping[int, Calendar]
    strikes_back: bool


async def lock_player(uow: UnitOfWork, user_id: int) -> None:
    """Let a learner enter one party at a time.

    Raises:
        UnauthenticatedError: the account was deleted meanwhile.
    """
    if await uow.players.lock(user_id) is None:
        raise UnauthenticatedError


async def require_free_place(uow: UnitOfWork, user_id: int) -> None:
    """Hold a learner to the greatest number of parties. Exact under the player's lock.

    Raises:
        TooManyPartiesError: the learner is in as many as that.
    """
    if await uow.parties.count_parties(user_id) >= MAX_PARTIES:
        raise TooManyPartiesError


async def lock_party(uow: UnitOfWork, user_id: int, party_id: int) -> Party:
    """A party of the user's, locked.

    Raises:
        PartyNotFoundError: no such party, or the user is not in it.
    """
    party = await uow.parties.lock(party_id)
    if party is None or not await uow.parties.is_member(user_id, party_id):
        raise PartyNotFoundError
    return party


async def lock_party_and_battle(
    uow: UnitOfWork, user_id: int, party_id: int, leaver_id: int | None = None
) -> Departure:
    """A party of the user's, locked so that a member, or without ``leaver_id`` all, can be taken out.

    None of them is amid a blow, or amid anything else that moves the goals which they lose.

    Raises:
        PartyNotFoundError: no such party, or the user is not in it.
        DatabaseBusyError: a battle began, or somebody joined who goes as well, at this moment.
    """
    await uow.parties.lock_running_battle(party_id)
    members: Collection[int] = await uow.parties.list_member_ids(party_id)
    if user_id not in members:
        raise PartyNotFoundError
    players = await uow.players.lock_players(_choose_leavers(members, leaver_id))
    party = await uow.parties.lock(party_id)
    # Once more: until the party was locked members came and went.
    calendars = {
        member_id: Calendar(ZoneInfo(timezone), day_starts_at)
        for member_id, timezone, day_starts_at in await uow.parties.list_member_days(party_id)
    }
    if party is None or user_id not in calendars:
        raise PartyNotFoundError
    leavers = [player for player in players if player.user_id in calendars]
    if len(leavers) < len(_choose_leavers(calendars, leaver_id)):
        # A player's lock can't be waited for any more: it comes before that of the party.
        raise DatabaseBusyError(retry_after=1)
    strikes_back = await uow.parties.lock_running_battle_at_once(party_id)
    return Departure(party, leavers, calendars, strikes_back)


async def settle_with_boss(uow: UnitOfWork, departure: Departure, now: datetime) -> None:
    """Let the party's boss strike those who go for the days that are over: leaving dodges no strike."""
    if not departure.strikes_back:
        return
    leavers = [Exposed(player, departure.calendars[player.user_id]) for player in departure.leavers]
    await settle_strikes(uow, leavers, now)


def require_leader(party: Party, user_id: int) -> None:
    """Hold a change to the leader.

    Raises:
        LeaderRequiredError: the user is not the leader.
    """
    if party.leader_id != user_id:
        raise LeaderRequiredError


async def let_go(uow: UnitOfWork, party: Party, user_id: int) -> None:
    """Take a member out of a locked party, with the invitations that the member made.

    The leader's party goes to its oldest member; without any it ends.
    """
    await uow.party_invitations.delete_of(party.id, user_id)
    await uow.parties.remove_member(party.id, user_id)
    heir_id = await uow.parties.find_oldest_member(party.id)
    if heir_id is None:
        await uow.parties.delete(party)
    elif party.leader_id == user_id:
        party.leader_id = heir_id
        await uow.parties.save(party)


async def leave_all_parties(uow: UnitOfWork, user_id: int) -> None:
    """Take a user out of all parties, before the account is erased.

    The user's running battles and player are locked already, so no party is entered any more.

    Raises:
        DatabaseBusyError: a battle began at this moment.
    """
    for party_id in await uow.parties.list_party_ids(user_id):
        party = await uow.parties.lock(party_id)
        # Between the list and the lock a leader may have removed the user, or ended the party.
        if party is not None and await uow.parties.is_member(user_id, party_id):
            await uow.parties.lock_running_battle_at_once(party_id)
            await let_go(uow, party, user_id)


def _choose_leavers(members: Collection[int], leaver_id: int | None) -> Collection[int]:
    if leaver_id is None:
        return members
    return [leaver_id] if leaver_id in members else []
