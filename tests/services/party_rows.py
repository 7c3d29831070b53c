"""What the database keeps of parties and their battles, against the model; read after each step."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, func, select

from app.db.models import (
    ActivityRow,
    BattleFighter,
    Party,
    PartyBattle,
    PartyMember,
    Player,
    RewardEntry,
)
from app.db.unit_of_work import ReadUnitOfWork
from app.game.activity import ActivityKind, SourceType
from tests.game.ally import Ally
from tests.game.parties import Parties
from tests.services.party_table import Member


async def check_step(members: Sequence[Member]) -> None:
    """After each step: battles, fighters, shares and balances are what stands."""
    first = members[0]
    parties, allies = first.model.parties, first.model.allies
    async with first.table.database.reading() as uow:
        await _check_activities(uow, allies, members)
        await _check_balances(uow, allies)
        await _check_parties(uow, parties)
        await _check_battles(uow, parties)
        await _check_shares(uow, parties, allies)


async def _check_activities(
    uow: ReadUnitOfWork, allies: dict[int, Ally], members: Sequence[Member]
) -> None:
    """As many as in the model. The strikes due to a fighter are settled when the boss may fall: that is
    for whoever strikes it to know, so here they only have to be all or none.
    """
    newest = func.max(ActivityRow.sequence)
    kept = await _group(uow, ActivityRow.user_id, newest)
    for member in members:
        ally = allies[member.user_id]
        if kept.get(member.user_id, 0) > ally.sequence:
            ally.now = member.clock.now()
            ally.settle()
        assert kept.get(member.user_id, 0) == ally.sequence


async def _check_balances(uow: ReadUnitOfWork, allies: dict[int, Ally]) -> None:
    """The balances are the sums of the entries, and those are the model's."""
    xp = await _group(uow, RewardEntry.user_id, func.sum(RewardEntry.xp))
    gold = await _group(uow, RewardEntry.user_id, func.sum(RewardEntry.gold))
    players = await uow._session.execute(select(Player.user_id, Player.xp, Player.gold))
    assert {user_id: (kept_xp, kept_gold) for user_id, kept_xp, kept_gold in players} == {
        user_id: (ally.player.xp, ally.player.gold) for user_id, ally in allies.items()
    }
    for user_id, ally in allies.items():
        assert (xp.get(user_id, 0), gold.get(user_id, 0)) == (ally.player.xp, ally.player.gold)


async def _check_parties(uow: ReadUnitOfWork, parties: Parties) -> None:
    leaders = await uow._session.execute(select(Party.id, Party.leader_id))
    assert dict(map(tuple, leaders)) == {
        party.id: party.leader_id for party in parties.parties.values()
    }
    columns = PartyMember.party_id, PartyMember.user_id, PartyMember.joined_at
    assert {tuple(row) for row in await uow._session.execute(select(*columns))} == {
        (party.id, user_id, joined_at)
        for party in parties.parties.values()
        for user_id, joined_at in party.joined.items()
    }


async def _check_battles(uow: ReadUnitOfWork, parties: Parties) -> None:
    """A battle's damage is the sum of the blows that stand, and each fighter's row that of theirs."""
    columns = PartyBattle.id, PartyBattle.damage, PartyBattle.won_at.is_not(None)
    assert {tuple(row) for row in await uow._session.execute(select(*columns))} == {
        (siege.id, siege.damage, siege.is_won) for siege in parties.sieges.values()
    }
    assert all((siege.damage == siege.hp) == siege.is_won for siege in parties.sieges.values())
    fighters = BattleFighter.battle_id, BattleFighter.user_id, BattleFighter.damage
    assert {tuple(row) for row in await uow._session.execute(select(*fighters))} == {
        (siege.id, user_id, damage)
        for siege in parties.sieges.values()
        for user_id, damage in siege.sum_by_fighter().items()
    }


async def _check_shares(uow: ReadUnitOfWork, parties: Parties, allies: dict[int, Ally]) -> None:
    """A boss that fell paid each of its fighters once, and nobody else; also after the party's end."""
    rows = await uow._session.execute(
        select(ActivityRow.user_id, ActivityRow.source_id).where(
            ActivityRow.kind == ActivityKind.BOSS_DEFEATED
        )
    )
    shares = Counter((user_id, int(number)) for user_id, number in rows)
    assert set(shares.values()) <= {1}
    standing = {key for key in shares if key[1] in parties.sieges}
    assert standing == {
        (user_id, siege.id)
        for siege in parties.sieges.values()
        for user_id in siege.sum_by_fighter()
        if siege.is_won
    }
    paid = {
        (user_id, int(source.id))
        for user_id, ally in allies.items()
        for source in ally.payments()
        if source.type is SourceType.PARTY_BATTLE
    }
    assert paid == set(shares)


async def _group(uow: ReadUnitOfWork, owner: Any, value: ColumnElement[Any]) -> dict[int, int]:
    """A value for each user."""
    rows = await uow._session.execute(select(owner, value).group_by(owner))
    return {user_id: int(found) for user_id, found in rows}
