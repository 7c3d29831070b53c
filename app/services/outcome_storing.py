"""Stores whole outcomes: the activity, what it paid, and all that it set off."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from app.core.notices import Notice
from app.core.tables import Visibility
from app.db.repositories.counter_names import name_counter
from app.db.repositories.history_records import ActivityRecord, EntryRecord
from app.db.repositories.player_rows import PlayerRecord
from app.db.rows import MOST_ROWS
from app.db.together import Write
from app.db.unit_of_work import UnitOfWork
from app.game.battle import Battle
from app.game.goal import Badge
from app.game.outcome import Outcome
from app.game.week import week_of
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
    """Writes outcomes, under the locks of their turns.

    Those of several players are written together: as many statements as for one of them.
    """

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    async def keep(
        self, deeds: Sequence[Deed], also: Sequence[Write] = ()
    ) -> Sequence[Sequence[EntryRecord]]:
        """Write what moves of different players did at one instant, and what has to be written with it.

        Gives each one's new ledger rows. XP that an undo takes off the score of the week are left over.
        """
        uow, now = self._uow, deeds[0].turn.now
        entries = [_write_entries(deed) for deed in deeds]
        players = [deed.turn.player for deed in deeds]
        before = [replace(player) for player in players]
        for deed in deeds:
            write_player(deed.outcome.player, deed.turn.player)
        told = uow.notifications.tell(
            [(deed.turn.player, _list_notices(deed)) for deed in deeds], now
        )
        changed = [player for player, was in zip(players, before, strict=True) if player != was]
        writes = [
            *uow.activities.record([_write_activity(deed) for deed in deeds]),
            *uow.players.count_up({deed.user_id: _name_counters(deed.outcome) for deed in deeds}),
            *told,
            *uow.players.change(changed),
            *uow.scores.score(week_of(now), _list_scores(deeds)),
            *uow.goals.save_quests(_list_quests(deeds)),
            *uow.awards.award(
                [_write_award(deed, badge) for deed in deeds for badge in deed.outcome.badges]
            ),
            *also,
        ]
        await self._write(writes, [entry for given in entries for entry in given])
        for deed in deeds:
            await self._keep_battles(deed)
        await self._keep_goals(deeds)
        await self._take_badges_back(deeds)
        return entries

    async def _write(self, writes: Sequence[Write], entries: Sequence[EntryRecord]) -> None:
        """All at once, as far as entries fit into a statement."""
        ledger, first, rest = self._uow.ledger, entries[:MOST_ROWS], entries[MOST_ROWS:]
        if first:
            ledger.number(first, await self._uow.write([*writes, ledger.record(first)]))
            await ledger.add(rest)
        else:
            await self._uow.write(writes)

    async def tell(self, players: Sequence[PlayerRecord], notice: Notice, now: datetime) -> None:
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
        """What of goals is not simply written: what an undo leaves untouched, and challenges."""
        gone, challenges = [], []
        for deed in deeds:
            for goal in deed.outcome.goals:
                row = deed.scene.goals[goal.source]
                if is_challenge(row):
                    challenges.append(write_challenge(deed.turn, deed.move, row, goal))
                elif is_untouched(row, goal):
                    gone.append((deed.user_id, row.key, row.period_on))
        if gone:
            await self._uow.goals.delete_quests(gone)
        if challenges:
            await self._uow.goals.save_challenges(challenges)

    async def _take_badges_back(self, deeds: Sequence[Deed]) -> None:
        lost = [(deed.user_id, badge.key) for deed in deeds for badge in deed.outcome.lost_badges]
        if lost:
            await self._uow.awards.delete(lost)


def _list_quests(deeds: Sequence[Deed]) -> Sequence[dict[str, Any]]:
    """The rows of the quests that moved."""
    rows = []
    for deed in deeds:
        for goal in deed.outcome.goals:
            row = deed.scene.goals[goal.source]
            if not is_challenge(row) and not is_untouched(row, goal):
                rows.append(write_quest(deed.turn, deed.move, row, goal))
    return rows


def _list_scores(deeds: Sequence[Deed]) -> Mapping[int, tuple[int, bool]]:
    """What each adds to the score of the week, and whether tables show the player."""
    return {
        deed.user_id: (deed.outcome.score, deed.turn.player.visibility != Visibility.HIDDEN)
        for deed in deeds
        if deed.outcome.score > 0
    }


def _write_activity(deed: Deed) -> ActivityRecord:
    return write_activity(deed.user_id, deed.move, deed.outcome, deed.scene.world.stages)


def _write_entries(deed: Deed) -> Sequence[EntryRecord]:
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
