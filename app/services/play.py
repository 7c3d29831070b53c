"""The one door's service: locks the player, asks the rules, and stores the whole outcome."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from app.core.clock import Clock
from app.core.errors import UnauthenticatedError
from app.db.models import ActivityRow, RewardEntry
from app.db.models import Player as PlayerRow
from app.db.repositories.activities import StreakRow
from app.db.unit_of_work import UnitOfWork
from app.game.activity import Activity, ActivityKind, Source, SourceType
from app.game.calendar import Calendar
from app.game.ledger import Entry, PaidEntry, Reason
from app.game.outcome import BadgeAward, Blow, GoalProgress, Outcome, rest
from app.game.play import play
from app.game.rules import RULES, Difficulty
from app.game.streak import FreezesGained, RewardedAt, StreakEvent
from app.game.world import PastActivity, World
from app.services.player_mapping import read_player, write_player
from app.services.principal import Principal


@dataclass(frozen=True, slots=True)
class Levels:
    """The level before and after."""

    before: int
    after: int


@dataclass(frozen=True, slots=True)
class OutcomeView:
    """What an activity did to the player, as clients see it."""

    xp: int
    gold: int
    level: Levels
    streak: int
    damage: Sequence[Blow]
    quests: Sequence[GoalProgress]
    badges: Sequence[BadgeAward]
    entries: Sequence["EntryView"]


@dataclass(frozen=True, slots=True)
class EntryView:
    """A row of the ledger, as clients see it."""

    id: int
    created_at: datetime
    reason: str
    source_type: str
    source_id: str
    xp: int
    gold: int
    activity_id: int
    reverses_id: int | None


@dataclass(frozen=True, slots=True)
class Turn:
    """A player whose row is locked, the caller, and the instant that the whole request counts with."""

    principal: Principal
    player: PlayerRow
    now: datetime

    @property
    def calendar(self) -> Calendar:
        """The caller's day."""
        return self.principal.calendar

    @property
    def today(self) -> date:
        """The caller's local date."""
        return self.calendar.day_of(self.now)


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

    async def complete(self, turn: Turn, source: Source, difficulty: Difficulty) -> OutcomeView:
        """Record the completion of a personal task, or of an occurrence, that was not completed.

        A source whose earlier completion still stands is not paid again: a task that was completed
        and then made to recur and not to recur may be open although it has been paid.
        """
        activity = Activity(
            ActivityKind.TASK_COMPLETED, source, turn.now, turn.calendar, difficulty
        )
        facts = await self._uow.activities.get_facts(
            turn.principal.user_id, source, activity.local_on
        )
        if facts.stands:
            return self.show_rest(turn)
        world = World(round=facts.times_undone, paid_today=facts.paid_today)
        outcome = play(read_player(turn.player), activity, world)
        return await self._store(turn, activity, outcome, facts.last_sequence + 1)

    async def undo(self, turn: Turn, source: Source) -> OutcomeView:
        """Take back the standing completion of the source, with all that it gave.

        Where nothing of it was recorded (the rule of a recurring task ran out), nothing is taken back.
        """
        user_id = turn.principal.user_id
        undone = await self._uow.activities.get_standing(user_id, source)
        if undone is None:
            return self.show_rest(turn)
        activity = Activity(ActivityKind.UNDONE, source, turn.now, turn.calendar)
        facts = await self._uow.activities.get_facts(user_id, source, activity.local_on)
        entries = await self._uow.ledger.list_of_activity(user_id, undone.sequence)
        history = await self._uow.activities.list_streak_events(user_id, without=undone.sequence)
        world = World(
            round=facts.times_undone,
            undone=_read_past(undone, entries),
            history=read_streak_events(history),
        )
        outcome = play(read_player(turn.player), activity, world)
        return await self._store(
            turn, activity, outcome, facts.last_sequence + 1, undoes=undone.sequence
        )

    def show_rest(self, turn: Turn) -> OutcomeView:
        """The zero outcome of a repeat that changes nothing."""
        outcome = rest(read_player(turn.player), turn.calendar, turn.now, RULES)
        return _show_outcome(outcome, [])

    async def _store(
        self,
        turn: Turn,
        activity: Activity,
        outcome: Outcome,
        sequence: int,
        undoes: int | None = None,
    ) -> OutcomeView:
        user_id = turn.principal.user_id
        row = _write_activity(user_id, sequence, activity, paid=outcome.paid)
        row.undoes = undoes
        await self._uow.activities.add(row)
        entries = [_write_entry(user_id, sequence, turn.now, entry) for entry in outcome.entries]
        await self._uow.ledger.add(entries)
        await self._uow.players.add_to_counters(user_id, outcome.counters)
        write_player(outcome.player, turn.player)
        await self._uow.players.save(turn.player)
        return _show_outcome(outcome, entries)


def read_streak_events(rows: Sequence[StreakRow]) -> tuple[StreakEvent, ...]:
    """The events of the rules from the rows of the database."""
    events: list[StreakEvent] = []
    for _user_id, occurred_at, zone, day_starts_at, paid, freezes_gained in rows:
        if paid:
            events.append(RewardedAt(occurred_at, Calendar(ZoneInfo(zone), day_starts_at)))
        if freezes_gained:
            events.append(FreezesGained(freezes_gained))
    return tuple(events)


def show_entry(row: RewardEntry) -> EntryView:
    """A ledger row as clients see it."""
    return EntryView(
        id=row.id,
        created_at=row.created_at,
        reason=row.reason,
        source_type=row.source_type,
        source_id=row.source_id,
        xp=row.xp,
        gold=row.gold,
        activity_id=row.activity_sequence,
        reverses_id=row.reverses_id,
    )


def _show_outcome(outcome: Outcome, entries: Sequence[RewardEntry]) -> OutcomeView:
    return OutcomeView(
        xp=outcome.xp,
        gold=outcome.gold,
        level=Levels(outcome.level_before, outcome.level_after),
        streak=outcome.streak,
        damage=outcome.blows,
        quests=outcome.goals,
        badges=outcome.badges,
        entries=[show_entry(entry) for entry in entries],
    )


def _write_activity(user_id: int, sequence: int, activity: Activity, *, paid: bool) -> ActivityRow:
    facts = {} if activity.difficulty is None else {"difficulty": activity.difficulty.value}
    return ActivityRow(
        user_id=user_id,
        sequence=sequence,
        kind=activity.kind,
        source_type=activity.source.type,
        source_id=activity.source.id,
        paid=paid,
        freezes_gained=0,
        occurred_at=activity.occurred_at,
        local_on=activity.local_on,
        zone=activity.calendar.zone.key,
        day_starts_at=activity.calendar.day_starts_at,
        rules_version=RULES.version,
        facts=facts,
    )


def _write_entry(user_id: int, sequence: int, now: datetime, entry: Entry) -> RewardEntry:
    return RewardEntry(
        user_id=user_id,
        activity_sequence=sequence,
        created_at=now,
        reason=entry.reason,
        source_type=entry.source.type,
        source_id=entry.source.id,
        round=entry.round,
        xp=entry.xp,
        gold=entry.gold,
        reverses_id=entry.reverses_id,
    )


def _read_past(row: ActivityRow, entries: Sequence[RewardEntry]) -> PastActivity:
    source = Source(SourceType(row.source_type), row.source_id)
    difficulty = row.facts.get("difficulty")
    activity = Activity(
        ActivityKind(row.kind),
        source,
        row.occurred_at,
        Calendar(ZoneInfo(row.zone), row.day_starts_at),
        None if difficulty is None else Difficulty(difficulty),
    )
    return PastActivity(activity, row.paid, tuple(_read_entry(entry) for entry in entries))


def _read_entry(row: RewardEntry) -> PaidEntry:
    source = Source(SourceType(row.source_type), row.source_id)
    return PaidEntry(row.id, Entry(Reason(row.reason), source, row.round, row.xp, row.gold))
