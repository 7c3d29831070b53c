"""A world in memory: keeps activities and entries as the service would, and asks `play`."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from app.game.activity import Activity, ActivityKind, Attempt, Source, SourceType
from app.game.calendar import Calendar
from app.game.hearts import regrow_hearts
from app.game.ledger import Mark, PaidEntry
from app.game.metrics import Metric, Scope
from app.game.outcome import Outcome, rest
from app.game.pause import begin_pause, end_pause, measure_longest
from app.game.play import play
from app.game.player import Player, new_player
from app.game.rules import RULES, Difficulty, Rules, ShopItem
from app.game.shop import make_offer
from app.game.streak import FreezesGained, gain_freezes
from app.game.world import PastActivity, Stage, World
from tests.game.record import NOON, Done, Record

UTC_CALENDAR = Calendar(ZoneInfo("UTC"), 0)

COURSE = Source(SourceType.COURSE, "1")
WEEKS: Mapping[str, Collection[str]] = {"1": ("1", "2", "3"), "2": ("4", "5")}
"""The weeks of a small course, with their days."""


@dataclass
class Model(Record):
    """One learner, who takes one course. Time is moved by hand, and only forward."""

    rules: Rules = RULES
    now: datetime = NOON
    calendar: Calendar = UTC_CALENDAR
    player: Player = field(default_factory=lambda: new_player(RULES))
    course: Source = COURSE
    weeks: dict[str, Collection[str]] = field(default_factory=lambda: dict(WEEKS))
    rounds: Counter[Source] = field(default_factory=Counter)
    counters: Counter[Metric] = field(default_factory=Counter)
    scoped: Counter[Scope] = field(default_factory=Counter)
    sequence: int = 0
    heart_changes: list[tuple[datetime, int]] = field(default_factory=list)

    def settle(self) -> None:
        """Let happen what is due before anything else is done: nothing here."""

    def look(self) -> Player:
        """The player as whatever is done next finds it."""
        return self.player

    def wait(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    def complete(self, name: str, difficulty: Difficulty = Difficulty.EASY) -> Outcome:
        kind = ActivityKind.TASK_COMPLETED
        return self._complete(kind, Source(SourceType.TASK, name), difficulty)

    def complete_day(self, day: str, difficulty: Difficulty = Difficulty.EASY) -> Outcome:
        kind = ActivityKind.COURSE_TASK_COMPLETED
        return self._complete(kind, Source(SourceType.COURSE_TASK, day), difficulty)

    def attempt(self, day: str, questions: int, wrong: int) -> Outcome:
        """Attempt the quiz of a day; without a heart, a graded attempt changes nothing."""
        source = Source(SourceType.QUIZ, day)
        attempts = [done for done in self.standing() if done.activity.source == source]
        passed = any(done.paid for done in attempts)
        hearts = regrow_hearts(self.look().hearts, self.now, self.rules).count
        if not passed and hearts == 0:
            return self.rest()
        attempt = Attempt(questions, wrong, not passed, not attempts, self.rules.pass_percent)
        kind = ActivityKind.QUIZ_ATTEMPTED
        activity = Activity(
            kind,
            source,
            self.now,
            self.calendar,
            attempt=attempt,
            course=int(self.course.id),
            week=self.week_of(day),
        )
        return self._play(activity, World())

    def review(self, card: str) -> Outcome:
        day = self.calendar.day_of(self.now)
        source = Source(SourceType.CARD_DAY, f"{card}:{day}")
        kind, course = ActivityKind.REVIEWED, int(self.course.id)
        activity = Activity(kind, source, self.now, self.calendar, course=course)
        paid_today = self.count_paid(ActivityKind.REVIEWED, day)
        is_paid = self.find(source) is not None
        return self._play(activity, World(paid_today=paid_today, is_paid=is_paid))

    def buy(self, item: ShopItem) -> Outcome:
        """Buy an item; what is refused changes nothing."""
        if make_offer(self.look(), item, self.now, self.rules).hindrance is not None:
            return self.rest()
        source = Source(SourceType.PURCHASE, f"{len(self.bought()) + 1}")
        kind = ActivityKind.PURCHASED
        return self._play(Activity(kind, source, self.now, self.calendar, item=item), World())

    def bought(self) -> list[ShopItem]:
        items = [done.activity.item for done in self.standing()]
        return [item for item in items if item is not None]

    def pause(self, days: int) -> Outcome:
        """Rest for so many days; what is refused or changes nothing is not done."""
        today, pauses = self.calendar.day_of(self.now), self.player.streak.pauses
        until_on = today + timedelta(days=days - 1)
        if days > measure_longest(pauses, today, self.rules):
            return self.rest()
        if begin_pause(pauses, today, until_on, self.rules) == pauses:
            return self.repeat()
        return self._rest(ActivityKind.PAUSED, until_on)

    def resume(self) -> Outcome:
        """Be back; without a pause that changes nothing."""
        pauses = self.player.streak.pauses
        if end_pause(pauses, self.calendar.day_of(self.now)) == pauses:
            return self.repeat()
        return self._rest(ActivityKind.RESUMED)

    def _rest(self, kind: ActivityKind, until_on: date | None = None) -> Outcome:
        source = Source(SourceType.PAUSE, f"{self.sequence + 1}")
        activity = Activity(kind, source, self.now, self.calendar, pause_until=until_on)
        return self._play(activity, World())

    def undo(self, name: str) -> Outcome:
        return self._undo(Source(SourceType.TASK, name))

    def undo_day(self, day: str) -> Outcome:
        return self._undo(Source(SourceType.COURSE_TASK, day))

    def gain_freezes(self, count: int) -> None:
        self.log.append(FreezesGained(count))
        self.player = replace(
            self.player, streak=gain_freezes(self.player.streak, count, self.rules)
        )

    def repeat(self) -> Outcome:
        """Do what changes nothing by itself."""
        self.settle()
        return self.rest()

    def rest(self) -> Outcome:
        return rest(self.player, self.calendar, self.now, self.rules)

    def completed_days(self) -> set[str]:
        sources = (done.activity.source for done in self.standing())
        return {source.id for source in sources if source.type is SourceType.COURSE_TASK}

    def week_of(self, day: str) -> int | None:
        return next((int(week) for week, days in self.weeks.items() if day in days), None)

    def list_stages(self, day: str, completed: set[str]) -> tuple[Stage, ...]:
        """The week and the course of a day, as they are with these days completed."""
        week = next(week for week, days in self.weeks.items() if day in days)
        needed = {day for days in self.weeks.values() for day in days}
        return (
            self._measure(Source(SourceType.WEEK, week), set(self.weeks[week]) <= completed),
            self._measure(self.course, needed <= completed),
        )

    def _measure(self, source: Source, is_met: bool) -> Stage:
        standing = [paid for paid in self.standing_entries() if paid.entry.source == source]
        reversals = sum(
            paid.entry.source == source and paid.entry.reverses_id is not None
            for paid in self.ledger
        )
        return Stage(source, is_met, reversals, standing[-1] if standing else None)

    def _complete(self, kind: ActivityKind, source: Source, difficulty: Difficulty) -> Outcome:
        if self.find(source):
            return self.repeat()
        activity = Activity(kind, source, self.now, self.calendar, difficulty)
        paid_today = self.count_paid(kind, activity.local_on)
        stages: tuple[Stage, ...] = ()
        if kind is ActivityKind.COURSE_TASK_COMPLETED:
            course, week = int(self.course.id), self.week_of(source.id)
            activity = replace(activity, course=course, week=week)
            stages = self.list_stages(source.id, self.completed_days() | {source.id})
        return self._play(
            activity,
            World(
                round=self.rounds[source],
                paid_today=paid_today,
                first_at=self.find_first(source),
                stages=stages,
            ),
        )

    def _undo(self, source: Source) -> Outcome:
        past = self.find(source)
        if past is None:
            return self.repeat()
        standing = [paid for paid in self.standing_entries() if paid in past.entries]
        past.stands = False
        activity = Activity(ActivityKind.UNDONE, source, self.now, self.calendar)
        stages: tuple[Stage, ...] = ()
        if source.type is SourceType.COURSE_TASK:
            stages = self.list_stages(source.id, self.completed_days())
        world = World(
            round=self.rounds[source],
            undone=PastActivity(
                past.activity,
                past.paid,
                tuple(standing),
                past.mark.sequence,
                past.freezes,
                past.blows,
            ),
            history=self.history(),
            stages=stages,
        )
        outcome = self._play(activity, world)
        self.rounds[source] += 1
        return outcome

    def _play(self, activity: Activity, world: World) -> Outcome:
        self.settle()
        return self._carry_out(activity, world)

    def _carry_out(self, activity: Activity, world: World) -> Outcome:
        self.sequence += 1
        self.acts.append(activity)
        world = self.surround(activity, replace(world, sequence=self.sequence))
        outcome = play(self.player, activity, world, self.rules)
        self.player = outcome.player
        mark = Mark(
            self.sequence,
            activity.occurred_at,
            activity.local_on,
            activity.course,
            outcome.is_scored,
        )
        first = len(self.ledger)
        for entry in outcome.entries:
            self.ledger.append(PaidEntry(len(self.ledger) + 1, entry, mark))
        for metric, delta in outcome.counters.items():
            self.counters[metric] += delta
        for scope, delta in outcome.scoped.items():
            self.scoped[scope] += delta
        if outcome.hearts:
            self.heart_changes.append((activity.occurred_at, outcome.hearts))
        if activity.kind is not ActivityKind.UNDONE:
            entries = tuple(self.ledger[first:])
            blows = {blow.source: blow.damage for blow in outcome.blows}
            done = Done(
                activity,
                outcome.paid,
                entries,
                mark,
                freezes=outcome.freezes,
                damage=outcome.damage,
                blows=blows,
            )
            self.log.append(done)
        elif outcome.freezes:
            self.log.append(FreezesGained(outcome.freezes))
        return outcome

    def surround(self, activity: Activity, world: World) -> World:
        """The world with what else is in it: nothing here."""
        del activity
        return world
