"""A world in memory: keeps activities and entries as the service would, and asks `play`."""

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from app.game.activity import Activity, ActivityKind, Source, SourceType
from app.game.calendar import Calendar
from app.game.ledger import PaidEntry
from app.game.metrics import Metric
from app.game.outcome import Outcome, rest
from app.game.play import play
from app.game.player import Player, new_player
from app.game.rules import RULES, Difficulty, Rules
from app.game.streak import FreezesGained, RewardedAt, StreakEvent, gain_freezes
from app.game.world import PastActivity, World

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
UTC_CALENDAR = Calendar(ZoneInfo("UTC"), 0)


@dataclass
class Done:
    """A row of activities that stands or was undone."""

    activity: Activity
    paid: bool
    entries: tuple[PaidEntry, ...]
    stands: bool = True


@dataclass
class Model:
    """One learner. Time is moved by hand, and only forward."""

    rules: Rules = RULES
    now: datetime = NOON
    calendar: Calendar = UTC_CALENDAR
    player: Player = field(default_factory=lambda: new_player(RULES))
    log: list[Done | FreezesGained] = field(default_factory=list)
    ledger: list[PaidEntry] = field(default_factory=list)
    rounds: Counter[Source] = field(default_factory=Counter)
    counters: Counter[Metric] = field(default_factory=Counter)

    def wait(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    def complete(self, name: str, difficulty: Difficulty = Difficulty.EASY) -> Outcome:
        source = Source(SourceType.TASK, name)
        if self.find(source):
            return rest(self.player, self.calendar, self.now, self.rules)
        activity = Activity(
            ActivityKind.TASK_COMPLETED, source, self.now, self.calendar, difficulty
        )
        paid_today = self.count_paid(activity.local_on)
        outcome = self._play(activity, World(self.rounds[source], paid_today))
        entries = self.ledger[len(self.ledger) - len(outcome.entries) :]
        self.log.append(Done(activity, outcome.paid, tuple(entries)))
        return outcome

    def undo(self, name: str) -> Outcome:
        source = Source(SourceType.TASK, name)
        past = self.find(source)
        if past is None:
            return rest(self.player, self.calendar, self.now, self.rules)
        past.stands = False
        undone = PastActivity(past.activity, past.paid, past.entries)
        activity = Activity(ActivityKind.UNDONE, source, self.now, self.calendar)
        world = World(self.rounds[source], undone=undone, history=self.history())
        outcome = self._play(activity, world)
        self.rounds[source] += 1
        return outcome

    def gain_freezes(self, count: int) -> None:
        self.log.append(FreezesGained(count))
        self.player = replace(
            self.player, streak=gain_freezes(self.player.streak, count, self.rules)
        )

    def find(self, source: Source) -> Done | None:
        standing = (done for done in self.standing() if done.activity.source == source)
        return next(standing, None)

    def standing(self) -> list[Done]:
        return [done for done in self.log if isinstance(done, Done) and done.stands]

    def count_paid(self, day: date) -> int:
        return sum(done.paid and done.activity.local_on == day for done in self.standing())

    def history(self) -> tuple[StreakEvent, ...]:
        """Freezes gained and standing rewarded activities, in sequence order."""
        events: list[StreakEvent] = []
        for row in self.log:
            if isinstance(row, FreezesGained):
                events.append(row)
            elif row.stands and row.paid:
                events.append(RewardedAt(row.activity.occurred_at, row.activity.calendar))
        return tuple(events)

    def _play(self, activity: Activity, world: World) -> Outcome:
        outcome = play(self.player, activity, world, self.rules)
        self.player = outcome.player
        for entry in outcome.entries:
            self.ledger.append(PaidEntry(len(self.ledger) + 1, entry))
        for metric, delta in outcome.counters.items():
            self.counters[metric] += delta
        return outcome
