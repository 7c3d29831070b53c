"""The one door's service: locks the player, asks the rules, and stores the whole outcome."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from app.core.clock import Clock
from app.core.errors import UnauthenticatedError
from app.db.together import Write
from app.db.unit_of_work import UnitOfWork
from app.game.activity import Activity, ActivityKind, Attempt, Source, SourceType
from app.game.battle import Battle
from app.game.outcome import Outcome, rest
from app.game.play import play
from app.game.rules import RULES, Difficulty, Price, ShopItem
from app.game.world import Stage, World
from app.services.alliance import list_allies, list_fighters, list_onlookers, rally
from app.services.history_mapping import read_past, read_streak_events
from app.services.outcome_notices import tell_of_fall
from app.services.outcome_storing import Deed, OutcomeStore
from app.services.outcome_view import OutcomeView, join_outcomes, show_outcome
from app.services.player_mapping import read_player
from app.services.principal import Principal
from app.services.resolving import Resolver
from app.services.scoring import Scoring
from app.services.strikes import Exposed, settle_strikes
from app.services.turn import NOWHERE, CoursePlace, Fight, Move, Step, Turn
from app.services.world_loading import Scene, WorldLoader


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
        self._worlds = WorldLoader(uow)
        self._outcomes = OutcomeStore(uow)
        self._resolver = Resolver(uow)
        self._scoring = Scoring(uow)

    async def begin(self, principal: Principal, fight: Fight = Fight.NONE) -> Turn:
        """Lock the caller's player; before it the battles of parties that the move may touch.

        The strikes of bosses that are due come before all that the caller does.

        Raises:
            UnauthenticatedError: the account was deleted meanwhile.
        """
        alliance = await rally(self._uow, principal.user_id, fight)
        player = alliance.players.get(principal.user_id)
        if player is None:
            player = await self._uow.players.lock(principal.user_id)
        if player is None:
            raise UnauthenticatedError
        # Read after the lock, so that instants never run backwards along the player's sequence.
        now = self._clock.now()
        caller = Exposed(player, principal.calendar, principal.registered_at)
        # Should the boss fall by this move, the strikes that are due to others would be lost with it.
        others = [
            Exposed(ally, calendar)
            for user_id, (ally, calendar) in list_allies(alliance).items()
            if user_id != principal.user_id
        ]
        await settle_strikes(self._uow, [caller, *others], now)
        return Turn(principal.user_id, principal.calendar, player, now, alliance)

    async def complete(
        self,
        turn: Turn,
        source: Source,
        difficulty: Difficulty,
        *,
        kind: ActivityKind = ActivityKind.TASK_COMPLETED,
        stages: Sequence[Stage] = (),
        place: CoursePlace = NOWHERE,
        also: Sequence[Write] = (),
    ) -> OutcomeView:
        """Record the completion of a task (a personal one, an occurrence, a course's) that was open,
        and ``also`` what is to be written with it.

        A source whose earlier completion still stands is not paid again: a task that was completed
        and then made to recur and not to recur may be open although it has been paid.
        """
        facts = await self._uow.activities.get_facts(turn.user_id, source, kind, turn.today)
        if facts.stands:
            await self._uow.write(also)
            return self.show_rest(turn)
        activity = Activity(
            kind,
            source,
            turn.now,
            turn.calendar,
            difficulty,
            course=place.course_id,
            week=place.week_id,
        )
        sequence = facts.last_sequence + 1
        world = World(
            sequence,
            facts.times_undone,
            facts.paid_today,
            first_at=facts.first_at,
            is_spent=facts.times_spent > 0,
            stages=tuple(stages),
        )
        return await self._carry_out(turn, Move(activity, sequence), world, place, also=also)

    async def attempt(
        self, turn: Turn, source: Source, attempt: Attempt, revision: int, place: CoursePlace
    ) -> Played:
        """Record an attempt at a quiz of this revision; a graded one needs a heart."""
        activity = Activity(
            ActivityKind.QUIZ_ATTEMPTED,
            source,
            turn.now,
            turn.calendar,
            attempt=attempt,
            course=place.course_id,
            week=place.week_id,
        )
        sequence = await self._uow.activities.get_last_sequence(turn.user_id) + 1
        move = Move(activity, sequence, revision=revision)
        if attempt.graded and attempt.is_passed:
            outcome = await self._carry_out(turn, move, World(sequence), place)
        else:
            outcome = await self._keep_alone(turn, move)
        return Played(outcome, sequence)

    async def review(self, turn: Turn, source: Source, course_id: int) -> Played:
        """Record the review of a card that is due; the source is the card on the caller's today."""
        kind = ActivityKind.REVIEWED
        facts = await self._uow.activities.get_facts(turn.user_id, source, kind, turn.today)
        activity = Activity(kind, source, turn.now, turn.calendar, course=course_id)
        sequence = facts.last_sequence + 1
        # The first review of a source on its day is paid, or the day's limit was reached by then.
        world = World(sequence, paid_today=facts.paid_today, is_paid=facts.times_done > 0)
        place = CoursePlace(course_id)
        outcome = await self._carry_out(turn, Move(activity, sequence), world, place)
        return Played(outcome, sequence)

    async def buy(self, turn: Turn, item: ShopItem) -> OutcomeView:
        """Record the purchase of an item that the player can buy now. It is a source of its own."""
        sequence = await self._uow.activities.get_last_sequence(turn.user_id) + 1
        source = Source(SourceType.PURCHASE, str(sequence))
        activity = Activity(ActivityKind.PURCHASED, source, turn.now, turn.calendar, item=item)
        return await self._keep_alone(turn, Move(activity, sequence))

    async def choose(
        self, turn: Turn, kind: ActivityKind, source: Source, revision: int | None = None
    ) -> int:
        """Record what the player chose to do: it moves no balance. Gives the activity's number.

        ``revision`` is that of the quest, boss or challenge that was chosen.
        """
        sequence = await self._uow.activities.get_last_sequence(turn.user_id) + 1
        activity = Activity(kind, source, turn.now, turn.calendar)
        await self._keep_alone(turn, Move(activity, sequence, revision=revision))
        return sequence

    async def pause(self, turn: Turn, days: int) -> None:
        """Record that the player rests for so many days from today on; no more than are left."""
        await self._rest(turn, ActivityKind.PAUSED, turn.today + timedelta(days=days - 1))

    async def resume(self, turn: Turn) -> None:
        """Record that the player rests no longer."""
        await self._rest(turn, ActivityKind.RESUMED)

    async def undo(
        self,
        turn: Turn,
        source: Source,
        stages: Sequence[Stage] = (),
        also: Sequence[Write] = (),
    ) -> OutcomeView:
        """Take back the standing completion of the source, with all that it gave; and write ``also``.

        Where nothing of it was recorded (the rule of a recurring task ran out), nothing is taken back.
        """
        undone = await self._uow.activities.get_standing(turn.user_id, source)
        if undone is None:
            await self._uow.write(also)
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
            sequence=facts.last_sequence + 1,
            round=facts.times_undone,
            undone=read_past(undone, entries),
            history=read_streak_events(history),
            stages=tuple(stages),
        )
        scene = await self._worlds.look_back(turn, world, undone)
        outcome = play(read_player(turn.player), activity, scene.world)
        move = Move(activity, scene.world.sequence, undoes=undone.sequence)
        (kept,) = await self._outcomes.keep([Deed(turn, move, outcome, scene)], also)
        if outcome.score < 0:
            await self._scoring.take_off(turn.user_id, -outcome.score, turn.now)
        return show_outcome(outcome, kept)

    def show_rest(self, turn: Turn) -> OutcomeView:
        """The zero outcome of a repeat that changes nothing."""
        outcome = rest(read_player(turn.player), turn.calendar, turn.now, RULES)
        return show_outcome(outcome, [])

    async def _rest(self, turn: Turn, kind: ActivityKind, pause_until: date | None = None) -> None:
        sequence = await self._uow.activities.get_last_sequence(turn.user_id) + 1
        source = Source(SourceType.PAUSE, str(sequence))
        activity = Activity(kind, source, turn.now, turn.calendar, pause_until=pause_until)
        await self._keep_alone(turn, Move(activity, sequence))

    async def _keep_alone(self, turn: Turn, move: Move) -> OutcomeView:
        """Store a move that sets nothing off."""
        world = World(move.sequence)
        outcome = play(read_player(turn.player), move.activity, world)
        (entries,) = await self._outcomes.keep([Deed(turn, move, outcome, Scene(world))])
        return show_outcome(outcome, entries)

    async def _carry_out(
        self,
        turn: Turn,
        move: Move,
        world: World,
        place: CoursePlace,
        *,
        also: Sequence[Write] = (),
    ) -> OutcomeView:
        """Play a move with all that it sets off, for the fighters of a party's boss that falls, too."""
        ((outcome, view),) = await self._resolver.resolve([Step(turn, move, world, place)], also)
        for battle in outcome.battles:
            if battle.shared and battle.is_won:
                fighters = list_fighters(turn, battle)
                shares = await self._share(fighters, battle)
                for fighter, (_, shown) in zip(fighters, shares, strict=True):
                    if fighter.user_id == turn.user_id:
                        view = join_outcomes(view, shown)
                onlookers = list_onlookers(turn, battle)
                await self._outcomes.tell(onlookers, tell_of_fall(battle), turn.now)
        return view

    async def _share(
        self, fighters: Sequence[Turn], battle: Battle
    ) -> Sequence[tuple[Outcome, OutcomeView]]:
        """Pay all who fought, together."""
        numbers = await self._uow.activities.get_last_sequences([one.user_id for one in fighters])
        steps = [_take_share(one, battle, numbers[one.user_id] + 1) for one in fighters]
        return await self._resolver.resolve(steps)


def _take_share(fighter: Turn, battle: Battle, sequence: int) -> Step:
    """A victory is an activity of each fighter's own."""
    spoils = Price(battle.xp, battle.gold, damage=0)
    activity = Activity(
        ActivityKind.BOSS_DEFEATED,
        battle.source,
        fighter.now,
        fighter.calendar,
        spoils=spoils,
    )
    return Step(fighter, Move(activity, sequence, about=battle.title), World(sequence))
