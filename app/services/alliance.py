"""Fighting together: the battles of a player's parties, and who shares in a victory."""

from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

from app.db.conflicts import DatabaseBusyError
from app.db.models import PartyBattle
from app.db.repositories.player_rows import PlayerRecord
from app.db.unit_of_work import UnitOfWork
from app.game.battle import Battle
from app.game.calendar import Calendar
from app.game.levels import level_at
from app.game.rules import RULES, Difficulty
from app.services.turn import Alliance, Fight, Turn, source_of_party_battle

_GREATEST_LEVEL = 1000
"""Nobody gets there (it takes 50 million XP): no battle with more hit points left is looked at."""
_LEVELS_GAINED = 20
"""More than a player gains between being looked at and being locked."""


async def rally(uow: UnitOfWork, user_id: int, fight: Fight) -> Alliance:
    """Lock the battles that a move may touch and, where it may be the last blow, all whom that concerns.

    Battles by id, then players by user id: the published order of locks. So members and fighters have to
    be locked before it is known whether the boss falls.
    """
    if fight is Fight.NONE:
        return Alliance()
    battles = uow.party_battles
    healed = await battles.lock_fought(user_id) if fight is not Fight.STRIKE else ()
    hit = await _list_hit(uow, user_id, fight, healed)
    ending = await _list_ending(uow, user_id, hit)
    if not ending:
        return Alliance(hit, healed)
    fighters = {battle.id: await battles.list_fighters(battle.id) for battle in ending}
    ids = {user_id} | {fighter.user_id for rows in fighters.values() for fighter in rows}
    players = {row.user_id: row for row in await uow.players.lock_players(ids)}
    return Alliance(hit, healed, fighters, players)


async def _list_hit(
    uow: UnitOfWork, user_id: int, fight: Fight, healed: Sequence[PartyBattle]
) -> Sequence[PartyBattle]:
    """The battles that a blow hits, locked; of those that are locked already where it may be an undo.

    Locking once more could take in a battle that began meanwhile, out of order. Nobody leaves a party
    whose battle is locked, so the memberships are those of now.
    """
    if fight is Fight.HEAL:
        return ()
    if fight is Fight.STRIKE:
        return await uow.party_battles.lock_running(user_id)
    party_ids = await uow.parties.list_party_ids(user_id)
    return [battle for battle in healed if battle.party_id in party_ids]


async def _list_ending(
    uow: UnitOfWork, user_id: int, battles: Sequence[PartyBattle]
) -> Sequence[PartyBattle]:
    """Those that the player's next blow may end."""
    near = [b for b in battles if b.hp - b.damage <= _rate_strongest(_GREATEST_LEVEL)]
    player = await uow.players.get(user_id) if near else None
    if player is None:
        return ()
    strongest = _rate_strongest(level_at(player.xp, RULES) + _LEVELS_GAINED)
    return [battle for battle in near if battle.hp - battle.damage <= strongest]


def list_allies(alliance: Alliance) -> Mapping[int, tuple[PlayerRecord, Calendar]]:
    """Whoever is locked with the player, with their days, by user id."""
    return {
        fighter.user_id: (
            alliance.players[fighter.user_id],
            Calendar(ZoneInfo(fighter.timezone), fighter.day_starts_at),
        )
        for rows in alliance.fighters.values()
        for fighter in rows
        if fighter.user_id in alliance.players  # else the account was deleted meanwhile
    }


def list_fighters(turn: Turn, battle: Battle) -> Sequence[Turn]:
    """A turn for everybody who dealt damage to a boss that fell, by user id; also for whoever left.

    Raises:
        DatabaseBusyError: the blow was stronger than foreseen, and the fighters are not locked.
    """
    row = _find(turn, battle)
    if row.id not in turn.alliance.fighters:
        raise DatabaseBusyError(retry_after=1)
    allies = list_allies(turn.alliance)
    fought = {one.user_id for one in turn.alliance.fighters[row.id] if one.damage > 0}
    sharing = {user_id: ally for user_id, ally in allies.items() if user_id in fought}
    sharing[turn.user_id] = (turn.player, turn.calendar)
    return [
        Turn(user_id, calendar, player, turn.now)
        for user_id, (player, calendar) in sorted(sharing.items())
    ]


def list_onlookers(turn: Turn, battle: Battle) -> Sequence[PlayerRecord]:
    """The players of those members of the party who dealt nothing, once ``list_fighters`` has passed."""
    players, concerned = turn.alliance.players, turn.alliance.fighters[_find(turn, battle).id]
    onlookers = {one.user_id for one in concerned if one.damage == 0} - {turn.user_id}
    return [players[user_id] for user_id in sorted(onlookers & players.keys())]


def _find(turn: Turn, battle: Battle) -> PartyBattle:
    return next(row for row in turn.alliance.hit if source_of_party_battle(row.id) == battle.source)


def _rate_strongest(level: int) -> int:
    """What the strongest blow deals at a level."""
    percent = RULES.percent + RULES.level_damage_percent * level
    base = max(RULES.prices[Difficulty.HARD].damage, RULES.quiz.damage, RULES.review.damage)
    return base * percent // RULES.percent
