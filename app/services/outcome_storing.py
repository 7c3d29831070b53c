"""Stores a whole outcome: the activity, what it paid, and all that it set off."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from app.core.notices import Notice
from app.db.models import Player, RewardEntry
from app.db.repositories.counter_names import name_counter
from app.db.unit_of_work import UnitOfWork
from app.game.battle import Battle
from app.game.goal import Goal
from app.game.outcome import Outcome
from app.services.battle_mapping import new_week_row
from app.services.goal_mapping import is_challenge, is_untouched, write_challenge, write_quest
from app.services.history_mapping import write_activity, write_entry
from app.services.outcome_notices import list_notices
from app.services.player_mapping import write_player
from app.services.turn import Move, Turn
from app.services.world_loading import Scene


class OutcomeStore:
    """Writes outcomes, under the locks of their turn; everything but the score of the week."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    async def keep(
        self, turn: Turn, move: Move, outcome: Outcome, scene: Scene
    ) -> Sequence[RewardEntry]:
        """Write the outcome of a move. Gives the new rows of the ledger."""
        await self._uow.activities.add(
            write_activity(turn.user_id, move, outcome, scene.world.stages)
        )
        entries = [
            write_entry(turn.user_id, move.sequence, turn.now, entry) for entry in outcome.entries
        ]
        await self._uow.ledger.add(entries)
        await self._uow.players.add_to_counters(turn.user_id, _name_counters(outcome))
        write_player(outcome.player, turn.player)
        await self._uow.notifications.add(
            turn.player, list_notices(move.activity, outcome, move.about), turn.now
        )
        await self._uow.players.save(turn.player)
        await self._keep_battles(turn, move, outcome, scene)
        await self._keep_goals(turn, move, outcome, scene)
        await self._keep_badges(turn, move, outcome, scene)
        return entries

    async def tell(self, players: Sequence[Player], notice: Notice, now: datetime) -> None:
        """Tell others, whose players are locked, what the move did."""
        await self._uow.notifications.add_all([(player, [notice]) for player in players], now)
        await self._uow.players.save_all(players)

    async def _keep_battles(self, turn: Turn, move: Move, outcome: Outcome, scene: Scene) -> None:
        for battle in outcome.battles:
            if battle.shared:
                await self._keep_party_battle(turn, battle, scene)
            else:
                await self._keep_own_battle(turn, move, battle, scene)

    async def _keep_party_battle(self, turn: Turn, battle: Battle, scene: Scene) -> None:
        row = scene.party_battles[battle.source]
        delta = battle.damage - row.damage
        row.damage = battle.damage
        row.won_at = turn.now if battle.is_won else None
        await self._uow.party_battles.save(row)
        await self._uow.party_battles.add_damage(turn.user_id, row.id, delta)

    async def _keep_own_battle(self, turn: Turn, move: Move, battle: Battle, scene: Scene) -> None:
        row = scene.own_battles.get(battle.source)
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

    async def _keep_goals(self, turn: Turn, move: Move, outcome: Outcome, scene: Scene) -> None:
        moved = [(scene.goals[goal.source], goal) for goal in outcome.goals]
        quests = [(row, goal) for row, goal in moved if not is_challenge(row)]
        await self._keep_quests(turn, move, quests)
        challenges = [
            write_challenge(turn, move, row, goal) for row, goal in moved if is_challenge(row)
        ]
        if challenges:
            await self._uow.goals.save_challenges(turn.user_id, challenges)

    async def _keep_quests(
        self, turn: Turn, move: Move, quests: Sequence[tuple[Any, Goal]]
    ) -> None:
        kept = [pair for pair in quests if not is_untouched(*pair)]
        if kept:
            rows = [write_quest(turn, move, row, goal) for row, goal in kept]
            await self._uow.goals.save_quests(rows)
        gone = [row for row, goal in quests if is_untouched(row, goal)]
        if gone:
            periods = [(row.key, row.period_on) for row in gone]
            await self._uow.goals.delete_quests(turn.user_id, periods)

    async def _keep_badges(self, turn: Turn, move: Move, outcome: Outcome, scene: Scene) -> None:
        if outcome.badges:
            await self._uow.awards.add(
                [
                    {
                        "user_id": turn.user_id,
                        "badge_key": badge.key,
                        "badge_id": scene.badges[badge.key].id,
                        "awarded_at": turn.now,
                        "activity_sequence": move.sequence,
                    }
                    for badge in outcome.badges
                ]
            )
        if outcome.lost_badges:
            keys = [badge.key for badge in outcome.lost_badges]
            await self._uow.awards.delete(turn.user_id, keys)


def _name_counters(outcome: Outcome) -> Mapping[str, int]:
    everywhere = {name_counter(metric): delta for metric, delta in outcome.counters.items()}
    return everywhere | {
        name_counter(metric, course): delta
        for (metric, course), delta in outcome.scoped.items()
        if delta
    }
