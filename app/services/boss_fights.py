"""Fights: a learner's with a boss of the learner's choice, and a party's."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.core.clock import Clock
from app.core.definitions import BossKind
from app.core.errors import UnauthenticatedError
from app.core.notices import Notice, NoticeKind
from app.db.models import BossBattle, Party, PartyBattle
from app.db.repositories.definition_rows import BossRow
from app.db.repositories.player_rows import PlayerRecord
from app.db.unit_of_work import UnitOfWork
from app.game.activity import ActivityKind, Source, SourceType
from app.game.levels import level_at
from app.game.rules import RULES
from app.services.boss_errors import (
    AlreadyFightingError,
    BossLockedError,
    NoPartyBossError,
    PartyRequiredError,
)
from app.services.boss_view import (
    BattleView,
    PartyBattleView,
    show_own_battle,
    show_party_battle,
)
from app.services.definition_errors import BossNotFoundError
from app.services.party_errors import PartyNotFoundError
from app.services.party_membership import lock_party
from app.services.play import PlayService
from app.services.principal import Principal


@dataclass(frozen=True, slots=True)
class FightView:
    """The battle that began: one of the two."""

    battle: BattleView | None = None
    party_battle: PartyBattleView | None = None


class BossFightService:
    """Begins battles. They can't be broken off: an own one ends with the boss, a party's with it."""

    def __init__(self, uow: UnitOfWork, clock: Clock) -> None:
        self._uow = uow
        self._clock = clock
        self._play = PlayService(uow, clock)

    async def fight(self, principal: Principal, key: str, party_id: int | None) -> FightView:
        """Begin a battle with the boss in force under this key: one's own, or one of a party of one's.

        Raises:
            UnauthenticatedError: the account was deleted meanwhile.
            BossNotFoundError: there is no such boss.
            PartyNotFoundError: the caller is in no such party.
            PartyRequiredError: it is a party's boss, and no party is named.
            NoPartyBossError: it is not, and one is.
            BossLockedError: the caller's level is too low.
            AlreadyFightingError: such a battle is running, the caller's or the party's.
        """
        boss = await self._uow.definitions.get_boss(key)
        if boss is None:
            raise BossNotFoundError
        if boss.kind == BossKind.PERSONAL:
            if party_id is not None:
                raise NoPartyBossError
            return FightView(battle=await self._fight_alone(principal, boss))
        if party_id is None:
            raise PartyRequiredError
        return FightView(party_battle=await self._fight_together(principal, boss, party_id))

    async def _fight_alone(self, principal: Principal, boss: BossRow) -> BattleView:
        turn = await self._play.begin(principal)
        _require_level(turn.player, boss)
        if await self._uow.bosses.list_personal(turn.user_id):
            raise AlreadyFightingError
        # The choice below gets this number: under the player's lock nothing comes between.
        sequence = await self._uow.activities.get_last_sequence(turn.user_id) + 1
        battle = BossBattle(
            user_id=turn.user_id,
            boss_id=boss.id,
            week_id=None,
            started_sequence=sequence,
            won_sequence=None,
            title=boss.title,
            hp=boss.hp,
            damage=0,
            xp=boss.xp,
            gold=boss.gold,
            strikes_back=boss.strikes_back,
            started_at=turn.now,
            won_at=None,
        )
        await self._uow.battles.save([battle])
        source = Source(SourceType.BOSS_BATTLE, str(battle.id))
        await self._play.choose(turn, ActivityKind.FIGHT_STARTED, source, boss.revision)
        return show_own_battle(battle, boss.key)

    async def _fight_together(
        self, principal: Principal, boss: BossRow, party_id: int
    ) -> PartyBattleView:
        """It moves no player, so no activity is recorded: the blows say who fights."""
        member_ids = await self._uow.parties.list_member_ids(party_id)
        if principal.user_id not in member_ids:
            raise PartyNotFoundError
        players = await self._uow.players.lock_players(member_ids)
        caller = next((player for player in players if player.user_id == principal.user_id), None)
        if caller is None:
            raise UnauthenticatedError
        party = await lock_party(self._uow, principal.user_id, party_id)
        _require_level(caller, boss)
        if await self._uow.party_battles.is_fighting(party_id):
            raise AlreadyFightingError
        now = self._clock.now()
        battle = PartyBattle(
            party_id=party_id,
            boss_id=boss.id,
            title=boss.title,
            hp=boss.hp,
            damage=0,
            xp=boss.xp,
            gold=boss.gold,
            strikes_back=boss.strikes_back,
            started_at=now,
            won_at=None,
        )
        await self._uow.party_battles.add(battle)
        await self._tell(party, battle, players, now)
        return show_party_battle(battle, boss.key, party.name)

    async def _tell(
        self, party: Party, battle: PartyBattle, players: Sequence[PlayerRecord], now: datetime
    ) -> None:
        """Tell the members. Who joined while the players were being locked finds the battle by looking."""
        member_ids = await self._uow.parties.list_member_ids(party.id)
        notice = Notice(
            NoticeKind.PARTY_BATTLE_STARTED,
            {
                "battle_id": battle.id,
                "boss": battle.title,
                "hp": battle.hp,
                "party_id": party.id,
                "party": party.name,
            },
        )
        told = [player for player in players if player.user_id in member_ids]
        await self._uow.notifications.add_all([(player, [notice]) for player in told], now)
        await self._uow.players.save_all(told)


def _require_level(player: PlayerRecord, boss: BossRow) -> None:
    if level_at(player.xp, RULES) < boss.min_level:
        raise BossLockedError
