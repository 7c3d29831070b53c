"""Battles of parties, and who dealt what in them."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    and_,
    bindparam,
    cast,
    delete,
    func,
    or_,
    select,
    union,
    update,
)
from sqlalchemy.orm import aliased

from app.db.direct import Direct
from app.db.models import BattleFighter, PartyBattle, PartyMember, User
from app.db.repositories.base import Repository, rows_affected
from app.db.repositories.turns import MAX_NUMBER, Thing, wait_for_turn
from app.db.types import Id


@dataclass(frozen=True, slots=True)
class FighterRow:
    """Somebody whom a party's battle concerns: the damage dealt so far (0 or more), and the learner's day."""

    user_id: int
    damage: int
    timezone: str
    day_starts_at: int


_RUNNING = select(PartyBattle.id).where(
    PartyBattle.party_id == bindparam("of_party"), PartyBattle.won_at.is_(None)
)
_OF_USER = bindparam("of_user", type_=Id)
_PARTIES = select(PartyMember.party_id).where(PartyMember.user_id == _OF_USER)
_BATTLES = select(BattleFighter.battle_id).where(BattleFighter.user_id == _OF_USER)
_HIT = and_(PartyBattle.won_at.is_(None), PartyBattle.party_id.in_(_PARTIES))
_ARE_HIT = Direct(select(PartyBattle.id).where(_HIT).limit(1), int)
# Whoever left keeps the damage, and so can take it back.
_HEALED = and_(
    PartyBattle.won_at.is_(None),
    or_(PartyBattle.party_id.in_(_PARTIES), PartyBattle.id.in_(_BATTLES)),
)
_LOCKED_TO_HIT = (
    select(PartyBattle)
    .where(_HIT)
    .order_by(PartyBattle.id)
    .with_for_update(of=PartyBattle)
    .execution_options(populate_existing=True)
)
_LOCKED_TO_HEAL = (
    select(PartyBattle)
    .where(_HEALED)
    .order_by(PartyBattle.id)
    .with_for_update(of=PartyBattle)
    .execution_options(populate_existing=True)
)


def _queue(
    locked: Select[tuple[PartyBattle]], which: ColumnElement[bool]
) -> Select[tuple[PartyBattle]]:
    """The same on PostgreSQL, for many at once.

    Whoever waits for a row there has to wait anew whenever another was quicker after a change of it:
    of thirty some waited five times as long as most. For the lock that is taken before it they queue,
    in the order of their coming; battle by battle, by id. Whoever locks the row alone is not kept out.
    """
    in_order = select(PartyBattle.id).where(which).order_by(PartyBattle.id).subquery()
    number = cast(in_order.c.id % MAX_NUMBER, Integer)
    turns = select(in_order.c.id, wait_for_turn(Thing.PARTY_BATTLE, number)).cte("turns")
    return locked.join(turns, turns.c.id == PartyBattle.id)


def _of_members(locked: Select[tuple[PartyBattle]]) -> Select[tuple[PartyBattle]]:
    """The same, less the battles of parties that the user was taken out of while this waited for them.

    To see that, the member's row is locked as well: after the battle's, and only of a battle that still
    runs. Whoever takes a member out of a party locks a running battle, then the player, then this row. Of
    a battle that was won meanwhile the first lock does not keep them apart: with the row locked, they
    would wait for it with the player's lock, and this for the player with the row's.
    """
    battle = aliased(PartyBattle, locked.subquery())
    return (
        select(battle)
        .join(PartyMember, PartyMember.party_id == battle.party_id)
        .where(PartyMember.user_id == _OF_USER)
        .order_by(battle.id)
        .with_for_update(of=PartyMember)
        .execution_options(populate_existing=True)
    )


_ALONE_TO_HIT = _of_members(_LOCKED_TO_HIT)
_QUEUED_TO_HIT = _of_members(_queue(_LOCKED_TO_HIT, _HIT))
_QUEUED_TO_HEAL = _queue(_LOCKED_TO_HEAL, _HEALED)
# Served by ix_battle_fighters_battle_id (battle_id, user_id).
_DEALT = and_(BattleFighter.battle_id == bindparam("of_battle"), BattleFighter.user_id == User.id)
_CONCERNED = union(
    select(PartyMember.user_id)
    .join(PartyBattle, PartyBattle.party_id == PartyMember.party_id)
    .where(PartyBattle.id == bindparam("of_battle")),
    select(BattleFighter.user_id).where(BattleFighter.battle_id == bindparam("of_battle")),
)
_FIGHTERS = (
    select(User.id, func.coalesce(BattleFighter.damage, 0), User.timezone, User.day_starts_at)
    .outerjoin(BattleFighter, _DEALT)
    .where(User.id.in_(_CONCERNED))
    .order_by(User.id)
)
_FIGHTER = and_(
    BattleFighter.user_id == bindparam("of_user"), BattleFighter.battle_id == bindparam("of_battle")
)
_LESS_DAMAGE = (
    update(BattleFighter)
    .where(_FIGHTER, BattleFighter.damage > bindparam("taken"))
    .values(damage=BattleFighter.damage - bindparam("taken"))
    .execution_options(synchronize_session=False)
)
_NO_DAMAGE = (
    delete(BattleFighter)
    .where(_FIGHTER, BattleFighter.damage <= bindparam("taken"))
    .execution_options(synchronize_session=False)
)


class PartyBattleReader(Repository):
    """Looks battles of parties up."""

    async def get(self, battle_id: int) -> PartyBattle | None:
        """The battle with this id, whosever it is."""
        return await self._session.get(PartyBattle, battle_id)

    async def is_fighting(self, party_id: int) -> bool:
        """Whether a battle of the party is running. Certain under the lock of the party's row."""
        found = await self._session.scalar(_RUNNING, {"of_party": party_id})
        return found is not None

    async def list_fighters(self, battle_id: int) -> Sequence[FighterRow]:
        """All members of the party, and whoever dealt damage before leaving; by user id."""
        found = await self._session.execute(_FIGHTERS, {"of_battle": battle_id})
        return [FighterRow(*row) for row in found]


class PartyBattleRepository(PartyBattleReader):
    """Changes battles of parties, under the battle's lock, which is taken before any player's."""

    async def lock_running(self, user_id: int) -> Sequence[PartyBattle]:
        """The running battles that an activity of the user hits, by id, locked until the transaction ends.

        As they are once the locks are there: without those won, and those of parties left, meanwhile.
        Where none is left, whoever waited behind goes on at once.
        """
        if not self._is_shared:
            return (await self._session.scalars(_ALONE_TO_HIT, {"of_user": user_id})).all()
        if not await _ARE_HIT.fetch(self._session, {"of_user": user_id}):
            return []  # mostly so, and known for a tenth of what objects cost
        async with self._session.begin_nested() as queueing:
            found = (await self._session.scalars(_QUEUED_TO_HIT, {"of_user": user_id})).all()
            if not found:
                # A turn lasts until the transaction ends, or the savepoint is taken back: when the boss
                # fell, the last of thirty would wait for all that the others have yet to do.
                await queueing.rollback()
        return found

    async def lock_fought(self, user_id: int) -> Sequence[PartyBattle]:
        """The running battles that an undo may heal, by id, locked: those of the user's parties, and
        those in which the user dealt damage before leaving.
        """
        statement = _QUEUED_TO_HEAL if self._is_shared else _LOCKED_TO_HEAL
        return (await self._session.scalars(statement, {"of_user": user_id})).all()

    async def add_damage(self, user_id: int, battle_id: int, delta: int) -> None:
        """Add to what the user dealt or, below 0, take it off; without any damage there is no row."""
        if delta > 0:
            await self._add(user_id, battle_id, delta)
        elif delta < 0:
            await self._take_off(user_id, battle_id, -delta)

    async def add(self, battle: PartyBattle) -> None:
        """Keep a battle that begins. The party's row is locked, so that it has no other."""
        await self.save(battle)

    async def save(self, battle: PartyBattle) -> None:
        """Write a new or changed battle."""
        self._session.add(battle)
        await self._session.flush()

    async def _add(self, user_id: int, battle_id: int, damage: int) -> None:
        statement = self._insert_into(BattleFighter).values(
            user_id=user_id, battle_id=battle_id, damage=damage
        )
        statement = statement.on_conflict_do_update(
            index_elements=["user_id", "battle_id"],
            set_={"damage": BattleFighter.damage + statement.excluded.damage},
        )
        await self._session.execute(statement)

    async def _take_off(self, user_id: int, battle_id: int, damage: int) -> None:
        parameters = {"of_user": user_id, "of_battle": battle_id, "taken": damage}
        gone = rows_affected(await self._session.execute(_NO_DAMAGE, parameters))
        if not gone:
            await self._session.execute(_LESS_DAMAGE, parameters)
