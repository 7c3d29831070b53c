"""Moves resolved to their end: what is around is read, the rules are asked, and the outcomes stored."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from app.db.together import Write
from app.db.unit_of_work import UnitOfWork
from app.game.activity import Source, SourceType
from app.game.outcome import Outcome
from app.game.play import play
from app.services.outcome_storing import Deed, OutcomeStore
from app.services.outcome_view import OutcomeView, show_outcome
from app.services.player_mapping import read_player
from app.services.turn import Step
from app.services.world_loading import Scene, WorldLoader

SET_OFF = frozenset(
    {SourceType.BOSS_BATTLE, SourceType.QUEST, SourceType.CHALLENGE, SourceType.BADGE}
)
"""What is paid by what other activities did, and may be paid again after an undo."""


class Resolver:
    """Resolves moves of different players, done at one instant: all by the statements that one takes.

    So a boss that falls pays thirty fighters in hardly more time than one. The caller holds the locks.
    """

    def __init__(self, uow: UnitOfWork) -> None:
        self._worlds = WorldLoader(uow)
        self._outcomes = OutcomeStore(uow)

    async def resolve(
        self, steps: Sequence[Step], also: Sequence[Write] = ()
    ) -> Sequence[tuple[Outcome, OutcomeView]]:
        """Play the moves, and keep what they did and what is to be written with it; the outcomes in order."""
        scenes = await self._worlds.look_around(steps)
        deeds = [_play(step, scene) for step, scene in zip(steps, scenes, strict=True)]
        paid = {deed.user_id: sources for deed in deeds if (sources := _list_set_off(deed))}
        if paid:
            # What was paid and reversed before is paid in another round; nothing else depends on it.
            rounds = await self._worlds.count_rounds(paid)
            deeds = [_replay(deed, rounds.get(deed.user_id)) for deed in deeds]
        entries = await self._outcomes.keep(deeds, also)
        return [
            (deed.outcome, show_outcome(deed.outcome, kept))
            for deed, kept in zip(deeds, entries, strict=True)
        ]


def _play(step: Step, scene: Scene) -> Deed:
    outcome = play(read_player(step.turn.player), step.move.activity, scene.world)
    return Deed(step.turn, step.move, outcome, scene)


def _list_set_off(deed: Deed) -> Sequence[Source]:
    return [entry.source for entry in deed.outcome.entries if entry.source.type in SET_OFF]


def _replay(deed: Deed, rounds: Mapping[Source, int] | None) -> Deed:
    if not rounds:
        return deed
    world = replace(deed.scene.world, rounds=rounds)
    player = read_player(deed.turn.player)
    return replace(deed, outcome=play(player, deed.move.activity, world))
