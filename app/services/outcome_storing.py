"""Stores whole outcomes: the activity, what it paid, and all that it set off."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.core.notices import Notice
from app.db.models import ActivityRow, Player, RewardEntry
from app.db.repositories.counter_names import name_counter
from app.db.unit_of_work import UnitOfWork
from app.game.battle import Battle
from app.game.goal import Badge
from app.game.outcome import Outcome
from app.services.battle_mapping import new_week_row
from app.services.goal_mapping import is_challenge, is_untouched, write_challenge, write_quest
from app.services.history_mapping import write_activity, write_entry
from app.services.outcome_notices import list_notices
from app.services.player_mapping import write_player
from app.services.turn import Move, Turn
from app.services.world_loading import Scene


@dataclass(frozen=True, slots=True)
class Deed:
    """A move that was played: what it did, and the rows that the world was made of."""

    turn: Turn
    move: Move
    outcome: Outcome
    scene: Scene

    @property
    def user_id(self) -> int:
        """Whose move it was."""
        return self.turn.user_id


class OutcomeStore:
    """Writes outcomes, under the locks of their turns; everything but the score of the week.

    Those of several players are written together: as many statements as for one of them.
    """

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    async def keep(self, deeds: Sequence[Deed]) -> Sequence[Sequence[RewardEntry]]:
        """Write what moves of different players did at one instant. Gives each one's new ledger rows."""
        uow = self._uow
        await uow.activities.add_all([_write_activity(deed) for deed in deeds])
        entries = [_write_entries(deed) for deed in deeds]
        await uow.ledger.add([entry for given in entries for entry in given])
        await uow.players.add_to_counters(
            {deed.user_id: _name_counters(deed.outcome) for deed in deeds}
        )
        for deed in deeds:
            write_player(deed.outcome.player, deed.turn.player)
        await uow.notifications.add_all(
            [(deed.turn.player, _list_notices(deed)) for deed in deeds], deeds[0].turn.now
        )
        await uow.players.save_all([deed.turn.player for deed in deeds])
        for deed in deeds:
            await self._keep_battles(deed)
        await self._keep_goals(deeds)
        await self._keep_badges(deeds)
        return entries

    async def tell(self, players: Sequence[Player], notice: Notice, now: datetime) -> None:
        """Tell others, whose players are locked, what the move did."""
        await self._uow.notifications.add_all([(player, [notice]) for player in players], now)
        await self._uow.players.save_all(players)

    async def _keep_battles(self, deed: Deed) -> None:
        for battle in deed.outcome.battles:
            if battle.shared:
                await self._keep_party_battle(deed, battle)
            else:
                await self._keep_own_battle(deed, battle)

    async def _keep_party_battle(self, deed: Deed, battle: Battle) -> None:
        row = deed.scene.party_battles[battle.source]
        delta = battle.damage - row.damage
        row.damage = battle.damage
        row.won_at = deed.turn.now if battle.is_won else None
        await self._uow.party_battles.save(row)
        await self._uow.party_battles.add_damage(deed.user_id, row.id, delta)

    async def _keep_own_battle(self, deed: Deed, battle: Battle) -> None:
        turn, move = deed.turn, deed.move
        row = deed.scene.own_battles.get(battle.source)
        if row is None:
            row = new_week_row(turn, move, battle)
        elif battle.week is not None and battle.damage == 0:
            await self._uow.battles.delete(row)
            return
        row.damage = battle.damage
        # Also where an undo leaves it won: then something later fills in for what is undone.
        row.won_at = (row.won_at or turn.now) if battle.is_won else None
        row.won_sequence = move.sequence if battle.is_won else None
        await self._uow.battles.save([row])

    async def _keep_goals(self, deeds: Sequence[Deed]) -> None:
        quests, gone, challenges = [], [], []
        for deed in deeds:
            for goal in deed.outcome.goals:
                row = deed.scene.goals[goal.source]
                if is_challenge(row):
                    challenges.append(write_challenge(deed.turn, deed.move, row, goal))
                elif is_untouched(row, goal):
                    gone.append((deed.user_id, row.key, row.period_on))
                else:
                    quests.append(write_quest(deed.turn, deed.move, row, goal))
        if quests:
            await self._uow.goals.save_quests(quests)
        if gone:
            await self._uow.goals.delete_quests(gone)
        if challenges:
            await self._uow.goals.save_challenges(challenges)

    async def _keep_badges(self, deeds: Sequence[Deed]) -> None:
        won = [_write_award(deed, badge) for deed in deeds for badge in deed.outcome.badges]
        if won:
            await self._uow.awards.add(won)
        lost = [(deed.user_id, badge.key) for deed in deeds for badge in deed.outcome.lost_badges]
        if lost:
            await self._uow.awards.delete(lost)


def _write_activity(deed: Deed) -> ActivityRow:
    return write_activity(deed.user_id, deed.move, deed.outcome, deed.scene.world.stages)


def _write_entries(deed: Deed) -> Sequence[RewardEntry]:
    sequence, now = deed.move.sequence, deed.turn.now
    return [write_entry(deed.user_id, sequence, now, entry) for entry in deed.outcome.entries]


def _list_notices(deed: Deed) -> Sequence[Notice]:
    return list_notices(deed.move.activity, deed.outcome, deed.move.about)


def _write_award(deed: Deed, badge: Badge) -> dict[str, Any]:
    return {
        "user_id": deed.user_id,
        "badge_key": badge.key,
        "badge_id": deed.scene.badges[badge.key].id,
        "awarded_at": deed.turn.now,
        "activity_sequence": deed.move.sequence,
    }


def _name_counters(outcome: Outcome) -> Mapping[str, int]:
    everywhere = {name_counter(metric): delta for metric, delta in outcome.counters.items()}
    return everywhere | {
        name_counter(metric, course): delta
        for (metric, course), delta in outcome.scoped.items()
        if delta
    }
