"""Parties and who is in them.

Order of locks: a party's running battle, then players (of everybody whose membership ends), then the
party's own row, which every change of leader and members holds. The other locks that a change needs are
taken after that, and only if they are free: waiting for them out of order could be a deadlock.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Row, and_, bindparam, delete, func, insert, select
from sqlalchemy.orm import aliased

from app.db.models import (
    BattleFighter,
    Challenge,
    ChallengeMember,
    Party,
    PartyBattle,
    PartyMember,
    Player,
    User,
)
from app.db.repositories.base import Repository
from app.db.repositories.party_rows import MemberRow

_MINE = aliased(PartyMember)
# From the caller's memberships by primary key to the members of each party by their own index.
_MEMBERS = (
    select(
        Party.id,
        Party.name,
        Party.leader_id,
        Party.created_at,
        PartyMember.user_id,
        PartyMember.joined_at,
        User.display_name,
        User.timezone,
        User.day_starts_at,
        Player,
        func.coalesce(BattleFighter.damage, 0),
    )
    .select_from(_MINE)
    .join(Party, Party.id == _MINE.party_id)
    .join(PartyMember, PartyMember.party_id == Party.id)
    .join(User, User.id == PartyMember.user_id)
    .join(Player, Player.user_id == PartyMember.user_id)
    .outerjoin(PartyBattle, and_(PartyBattle.party_id == Party.id, PartyBattle.won_at.is_(None)))
    .outerjoin(
        BattleFighter,
        and_(
            BattleFighter.user_id == PartyMember.user_id, BattleFighter.battle_id == PartyBattle.id
        ),
    )
    .where(_MINE.user_id == bindparam("of_user"))
    .order_by(_MINE.joined_at, Party.id, PartyMember.joined_at, PartyMember.user_id)
)
_MEMBERS_OF_ONE = _MEMBERS.where(_MINE.party_id == bindparam("of_party"))
_PARTY_IDS = (
    select(PartyMember.party_id)
    .where(PartyMember.user_id == bindparam("of_user"))
    .order_by(PartyMember.party_id)
)
_MEMBER_IDS = (
    select(PartyMember.user_id)
    .where(PartyMember.party_id == bindparam("of_party"))
    .order_by(PartyMember.user_id)
)
_MEMBER_DAYS = (
    select(PartyMember.user_id, User.timezone, User.day_starts_at)
    .join(User, User.id == PartyMember.user_id)
    .where(PartyMember.party_id == bindparam("of_party"))
    .order_by(PartyMember.user_id)
)
_MEMBERSHIP = select(PartyMember.user_id).where(
    PartyMember.user_id == bindparam("of_user"), PartyMember.party_id == bindparam("of_party")
)
_SIZE = (
    select(func.count())
    .select_from(PartyMember)
    .where(PartyMember.party_id == bindparam("of_party"))
)
_OLDEST_MEMBER = (
    select(PartyMember.user_id)
    .where(PartyMember.party_id == bindparam("of_party"))
    .order_by(PartyMember.joined_at, PartyMember.user_id)
    .limit(1)
)
_REMOVAL = delete(PartyMember).where(
    PartyMember.user_id == bindparam("of_user"), PartyMember.party_id == bindparam("of_party")
)
_LOCKED = (
    select(Party)
    .where(Party.id == bindparam("of_party"))
    .with_for_update()
    .execution_options(populate_existing=True)
)
_RUNNING = select(PartyBattle.strikes_back).where(
    PartyBattle.party_id == bindparam("of_party"), PartyBattle.won_at.is_(None)
)
_BATTLE_LOCKED = _RUNNING.with_for_update()
_BATTLE_LOCKED_AT_ONCE = _RUNNING.with_for_update(nowait=True)
_BATTLES_OF_USER_LOCKED = (
    select(PartyBattle.id)
    .where(PartyBattle.won_at.is_(None), PartyBattle.party_id.in_(_PARTY_IDS.order_by(None)))
    .order_by(PartyBattle.id)
    .with_for_update(of=PartyBattle)
)
_ALL_BATTLES_LOCKED_AT_ONCE = (
    select(PartyBattle.id)
    .where(PartyBattle.party_id == bindparam("of_party"))
    .order_by(PartyBattle.id)
    .with_for_update(nowait=True)
)
_ALL_FIGHTERS_LOCKED_AT_ONCE = (
    select(BattleFighter.user_id)
    .join(PartyBattle, PartyBattle.id == BattleFighter.battle_id)
    .where(PartyBattle.party_id == bindparam("of_party"))
    .with_for_update(nowait=True, of=BattleFighter)
)
_ALL_CHALLENGES_LOCKED_AT_ONCE = (
    select(Challenge.id)
    .where(Challenge.party_id == bindparam("of_party"))
    .with_for_update(nowait=True)
)
_ALL_CHALLENGERS_LOCKED_AT_ONCE = (
    select(ChallengeMember.user_id)
    .join(Challenge, Challenge.id == ChallengeMember.challenge_id)
    .where(Challenge.party_id == bindparam("of_party"))
    .with_for_update(nowait=True, of=ChallengeMember)
)
_LOCKED_BEFORE_THE_END = (
    _ALL_BATTLES_LOCKED_AT_ONCE,
    _ALL_FIGHTERS_LOCKED_AT_ONCE,
    _ALL_CHALLENGES_LOCKED_AT_ONCE,
    _ALL_CHALLENGERS_LOCKED_AT_ONCE,
)


class PartyReader(Repository):
    """Looks parties up; always among those of one user."""

    async def list_with_members(self, user_id: int) -> Sequence[MemberRow]:
        """All members of all parties of a user: first joined party first, oldest members first."""
        found = await self._session.execute(_MEMBERS, {"of_user": user_id})
        return [MemberRow(*row) for row in found]

    async def list_members(self, user_id: int, party_id: int) -> Sequence[MemberRow]:
        """The members of a party of the user's, oldest first; none if the user is not one of them."""
        parameters = {"of_user": user_id, "of_party": party_id}
        found = await self._session.execute(_MEMBERS_OF_ONE, parameters)
        return [MemberRow(*row) for row in found]

    async def list_party_ids(self, user_id: int) -> Sequence[int]:
        """The parties that the user is in, by id."""
        return (await self._session.scalars(_PARTY_IDS, {"of_user": user_id})).all()

    async def list_member_ids(self, party_id: int) -> Sequence[int]:
        """The members of a party, by user id."""
        return (await self._session.scalars(_MEMBER_IDS, {"of_party": party_id})).all()

    async def list_member_days(self, party_id: int) -> Sequence[Row[tuple[int, str, int]]]:
        """Each member's user id, zone and the hour at which the day starts, by user id."""
        return (await self._session.execute(_MEMBER_DAYS, {"of_party": party_id})).all()

    async def is_member(self, user_id: int, party_id: int) -> bool:
        """Whether the user is in the party."""
        parameters = {"of_user": user_id, "of_party": party_id}
        found = await self._session.execute(_MEMBERSHIP, parameters)
        return found.scalar_one_or_none() is not None


class PartyRepository(PartyReader):
    """Changes parties, under the lock of their row."""

    async def lock(self, party_id: int) -> Party | None:
        """The party, locked until the transaction ends. Take the locks of battles and players first."""
        found = await self._session.execute(_LOCKED, {"of_party": party_id})
        return found.scalar_one_or_none()

    async def lock_running_battle(self, party_id: int) -> None:
        """Keep every blow of its members out of the party's running battle, if there is one."""
        await self._session.execute(_BATTLE_LOCKED, {"of_party": party_id})

    async def lock_running_battles_of(self, user_id: int) -> None:
        """The same for all parties of a user, by the ids of the battles."""
        await self._session.execute(_BATTLES_OF_USER_LOCKED, {"of_user": user_id})

    async def lock_running_battle_at_once(self, party_id: int) -> bool:
        """Lock the running battle, once more, when the party's row is locked and none can begin any more.

        One that began after the battles were locked is out of order by now, so it is not waited for.
        True if there is one, and its boss strikes back.

        Raises:
            DatabaseBusyError: it is being fought at this moment (told when the transaction ends).
        """
        found = await self._session.scalar(_BATTLE_LOCKED_AT_ONCE, {"of_party": party_id})
        return found is True

    async def create(self, name: str, leader_id: int, now: datetime) -> Party:
        """Add a party with its leader as the only member."""
        party = Party(name=name, leader_id=leader_id, created_at=now)
        await self.save(party)
        await self.add_member(party.id, leader_id, now)
        return party

    async def save(self, party: Party) -> None:
        """Write a new or changed party."""
        self._session.add(party)
        await self._session.flush()

    async def delete(self, party: Party) -> None:
        """Erase a party with its invitations, challenges and battles.

        Its battles and challenges, with all who are in them, are locked first, without waiting: others
        reach them in an order of their own, by a blow begun long ago, by erasing a fighter's account, by
        an undo of what somebody did before leaving, or by closing a challenge.

        Raises:
            DatabaseBusyError: one of them is in use (told when the transaction ends).
        """
        for locked in _LOCKED_BEFORE_THE_END:
            await self._session.execute(locked, {"of_party": party.id})
        await self._session.delete(party)
        await self._session.flush()

    async def add_member(self, party_id: int, user_id: int, now: datetime) -> None:
        """Put a user into a party."""
        values = {"party_id": party_id, "user_id": user_id, "joined_at": now}
        await self._session.execute(insert(PartyMember).values(values))

    async def remove_member(self, party_id: int, user_id: int) -> None:
        """Take a user out of a party. What the user dealt in its battles stays."""
        parameters = {"of_party": party_id, "of_user": user_id}
        await self._session.execute(_REMOVAL, parameters)

    async def find_oldest_member(self, party_id: int) -> int | None:
        """Who has been in the party for the longest, by user id where that is the same."""
        found = await self._session.execute(_OLDEST_MEMBER, {"of_party": party_id})
        return found.scalar_one_or_none()

    async def count_members(self, party_id: int) -> int:
        """How many are in the party. Exact under the party's lock."""
        return (await self._session.execute(_SIZE, {"of_party": party_id})).scalar_one()

    async def count_parties(self, user_id: int) -> int:
        """How many parties the user is in. No more than this under the player's lock."""
        return len(await self.list_party_ids(user_id))
