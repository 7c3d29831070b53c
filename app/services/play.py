"""The one door's service: locks the player, asks the rules, and stores the whole outcome."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from app.core.clock import Clock
from app.core.errors import UnauthenticatedError
from app.db.models import Player as PlayerRow
from app.db.unit_of_work import UnitOfWork
from app.game.activity import Activity, ActivityKind, Attempt, Source, SourceType
from app.game.calendar import Calendar
from app.game.hearts import HeartsNow, regrow_hearts
from app.game.outcome import Outcome, rest
from app.game.play import play
from app.game.rules import RULES, Difficulty, ShopItem
from app.game.world import Stage, World
from app.services.history_mapping import (
    read_past,
    read_streak_events,
    write_activity,
    write_entry,
)
from app.services.outcome_view import OutcomeView, show_outcome
from app.services.player_mapping import read_player, write_player
from app.services.principal import Principal


@dataclass(frozen=True, slots=True)
class Turn:
    """A player whose row is locked, the caller, and the instant that the whole request counts with."""

    principal: Principal
    player: PlayerRow
    now: datetime

    @property
    def user_id(self) -> int:
        """Whose turn it is."""
        return self.principal.user_id

    @property
    def calendar(self) -> Calendar:
        """The caller's day."""
        return self.principal.calendar

    @property
    def today(self) -> date:
        """The caller's local date."""
        return self.calendar.day_of(self.now)

    @property
    def hearts(self) -> HeartsNow:
        """The hearts that the player has now."""
        return regrow_hearts(read_player(self.player).hearts, self.now, RULES)


@dataclass(frozen=True, slots=True)
class Played:
    """What an activity did, and its number among the player's own."""

    outcome: OutcomeView
    sequence: int


class PlayService:
    """Carries activities through the one door.

    Every use starts with ``begin``, which takes the player's lock; only then does the caller lock the
    source's row (the published order of locks).
    """

    def __init__(self, uow: UnitOfWork, clock: Clock) -> None:
        self._uow = uow
        self._clock = clock

    async def begin(self, principal: Principal) -> Turn:
        """Lock the caller's player.

        Raises:
            UnauthenticatedError: the account was deleted meanwhile.
        """
        player = await self._uow.players.lock(principal.user_id)
        if player is None:
            raise UnauthenticatedError
        # Read after the lock, so that instants never run backwards along the player's sequence.
        return Turn(principal, player, self._clock.now())

    async def complete(
        self,
        turn: Turn,
        source: Source,
        difficulty: Difficulty,
        *,
        kind: ActivityKind = ActivityKind.TASK_COMPLETED,
        stages: Sequence[Stage] = (),
    ) -> OutcomeView:
        """Record the completion of a task (a personal one, an occurrence, a course's) that was open.

        A source whose earlier completion still stands is not paid again: a task that was completed
        and then made to recur and not to recur may be open although it has been paid.
        """
        activity = Activity(kind, source, turn.now, turn.calendar, difficulty)
        facts = await self._uow.activities.get_facts(turn.user_id, source, kind, turn.today)
        if facts.stands:
            return self.show_rest(turn)
        world = World(facts.times_undone, facts.paid_today, stages=tuple(stages))
        outcome = play(read_player(turn.player), activity, world)
        return await self._store(turn, activity, outcome, facts.last_sequence + 1)

    async def attempt(self, turn: Turn, source: Source, attempt: Attempt, revision: int) -> Played:
        """Record an attempt at a quiz of this revision; a graded one needs a heart."""
        kind = ActivityKind.QUIZ_ATTEMPTED
        activity = Activity(kind, source, turn.now, turn.calendar, attempt=attempt)
        facts = await self._uow.activities.get_facts(turn.user_id, source, kind, turn.today)
        outcome = play(read_player(turn.player), activity, World())
        sequence = facts.last_sequence + 1
        return Played(
            await self._store(turn, activity, outcome, sequence, revision=revision), sequence
        )

    async def review(self, turn: Turn, source: Source) -> Played:
        """Record the review of a card that is due; the source is the card on the caller's today."""
        kind = ActivityKind.REVIEWED
        activity = Activity(kind, source, turn.now, turn.calendar)
        facts = await self._uow.activities.get_facts(turn.user_id, source, kind, turn.today)
        # The first review of a source on its day is paid, or the day's limit was reached by then.
        world = World(paid_today=facts.paid_today, is_paid=facts.times_done > 0)
        outcome = play(read_player(turn.player), activity, world)
        sequence = facts.last_sequence + 1
        return Played(await self._store(turn, activity, outcome, sequence), sequence)

    async def buy(self, turn: Turn, item: ShopItem) -> OutcomeView:
        """Record the purchase of an item that the player can buy now. It is a source of its own."""
        sequence = await self._uow.activities.get_last_sequence(turn.user_id) + 1
        source = Source(SourceType.PURCHASE, str(sequence))
        activity = Activity(ActivityKind.PURCHASED, source, turn.now, turn.calendar, item=item)
        outcome = play(read_player(turn.player), activity, World())
        return await self._store(turn, activity, outcome, sequence)

    async def undo(self, turn: Turn, source: Source, stages: Sequence[Stage] = ()) -> OutcomeView:
        """Take back the standing completion of the source, with all that it gave.

        Where nothing of it was recorded (the rule of a recurring task ran out), nothing is taken back.
        """
        undone = await self._uow.activities.get_standing(turn.user_id, source)
        if undone is None:
            return self.show_rest(turn)
        activity = Activity(ActivityKind.UNDONE, source, turn.now, turn.calendar)
        facts = await self._uow.activities.get_facts(
            turn.user_id, source, ActivityKind.UNDONE, activity.local_on
        )
        entries = await self._uow.ledger.list_of_activity(turn.user_id, undone.sequence)
        history = await self._uow.activities.list_streak_events(
            turn.user_id, without=undone.sequence
        )
        world = World(
            round=facts.times_undone,
            undone=read_past(undone, entries),
            history=read_streak_events(history),
            stages=tuple(stages),
        )
        outcome = play(read_player(turn.player), activity, world)
        return await self._store(
            turn, activity, outcome, facts.last_sequence + 1, undoes=undone.sequence
        )

    def show_rest(self, turn: Turn) -> OutcomeView:
        """The zero outcome of a repeat that changes nothing."""
        outcome = rest(read_player(turn.player), turn.calendar, turn.now, RULES)
        return show_outcome(outcome, [])

    async def _store(
        self,
        turn: Turn,
        activity: Activity,
        outcome: Outcome,
        sequence: int,
        *,
        undoes: int | None = None,
        revision: int | None = None,
    ) -> OutcomeView:
        row = write_activity(
            turn.user_id, sequence, activity, outcome, undoes=undoes, revision=revision
        )
        await self._uow.activities.add(row)
        entries = [
            write_entry(turn.user_id, sequence, turn.now, entry) for entry in outcome.entries
        ]
        await self._uow.ledger.add(entries)
        await self._uow.players.add_to_counters(turn.user_id, outcome.counters)
        write_player(outcome.player, turn.player)
        await self._uow.players.save(turn.player)
        return show_outcome(outcome, entries)
