"""The history of a replay: what was done, what it gave, and what of that stands."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from app.game.activity import Activity, ActivityKind, Source, SourceType
from app.game.battle import Battle
from app.game.goal import Window
from app.game.ledger import Mark, PaidEntry
from app.game.metrics import Metric, tally_entries
from app.game.outcome import Outcome
from app.game.streak import FreezesGained, PauseEnded, PauseSet, RewardedAt, StreakEvent
from app.game.world import PastActivity, Stage

_KINDS: Mapping[Metric, ActivityKind] = {
    Metric.TASKS_COMPLETED: ActivityKind.TASK_COMPLETED,
    Metric.COURSE_TASKS_COMPLETED: ActivityKind.COURSE_TASK_COMPLETED,
    Metric.QUIZZES_PASSED: ActivityKind.QUIZ_ATTEMPTED,
    Metric.REVIEWS_DONE: ActivityKind.REVIEWED,
}
_OF_WEEK = frozenset({ActivityKind.COURSE_TASK_COMPLETED, ActivityKind.QUIZ_ATTEMPTED})


@dataclass(slots=True)
class Done:
    """An activity that was played, with its outcome as the rules have it.

    ``blows``: also those in parties' battles, as they were recorded.
    """

    activity: Activity
    mark: Mark
    paid: bool
    freezes: int
    damage: int
    blows: Mapping[Source, int]
    entries: tuple[PaidEntry, ...]
    stands: bool = True


@dataclass(slots=True)
class History:
    """All activities of one player so far, in order, and the entries that the replay gave them."""

    log: list[Done] = field(default_factory=list)
    standing: dict[int, PaidEntry] = field(default_factory=dict)
    """The payments that are not reversed, by the replay's own numbers."""
    _payments: dict[Source, PaidEntry] = field(default_factory=dict)
    reversals: Counter[Source] = field(default_factory=Counter)
    times_undone: Counter[Source] = field(default_factory=Counter)
    times_done: Counter[Source] = field(default_factory=Counter)
    first_at: dict[Source, datetime] = field(default_factory=dict)
    """When each source was done for the first time."""
    _paid_on: Counter[tuple[ActivityKind, date]] = field(default_factory=Counter)
    _last_id: int = 0

    def keep(
        self,
        sequence: int,
        activity: Activity,
        outcome: Outcome,
        undoes: int | None,
        party_blows: Mapping[Source, int],
    ) -> None:
        """Add an activity with its outcome, and with its recorded blows in parties' battles."""
        mark = Mark(
            sequence,
            activity.occurred_at,
            activity.local_on,
            activity.course,
            outcome.is_scored,
        )
        if undoes is None:
            self.times_done[activity.source] += 1
            first_at = self.first_at.setdefault(activity.source, activity.occurred_at)
            self.first_at[activity.source] = min(first_at, activity.occurred_at)
        else:
            self._strike_out(undoes, is_spent=outcome.damage > 0)
            self.times_undone[activity.source] += 1
        if outcome.paid:
            self._paid_on[activity.kind, activity.local_on] += 1
        self.log.append(
            Done(
                activity,
                mark,
                outcome.paid,
                outcome.freezes,
                outcome.damage,
                {blow.source: blow.damage for blow in outcome.blows} | dict(party_blows),
                tuple(self._book(outcome, mark)),
            )
        )

    def find(self, sequence: int) -> Done | None:
        """The activity with this number."""
        rest = self.since(sequence - 1)
        return rest[0] if rest and rest[0].mark.sequence == sequence else None

    def find_payment(self, source: Source) -> PaidEntry | None:
        """What stands of what the source paid, if it pays one entry at a time."""
        paid = self._payments.get(source)
        return paid if paid is not None and paid.id in self.standing else None

    def count_paid(self, kind: ActivityKind, on: date) -> int:
        """How many activities of the kind were paid on this date and stand."""
        return self._paid_on[kind, on]

    def since(self, sequence: int) -> Sequence[Done]:
        """What came after the activity with this number."""
        return self.log[bisect_right(self.log, sequence, key=lambda done: done.mark.sequence) :]

    def tell_past(self, done: Done, healed: Container[Source]) -> PastActivity:
        """An activity that is to be taken back.

        Of its blows in parties' battles those count that it gives back (``healed``), and those in
        battles that were won: the others went with a party that ended.
        """
        return PastActivity(
            done.activity,
            done.paid,
            tuple(paid for paid in done.entries if paid.id in self.standing),
            sequence=done.mark.sequence,
            freezes=done.freezes,
            blows={
                source: damage
                for source, damage in done.blows.items()
                if source.type is not SourceType.PARTY_BATTLE
                or source in healed
                or self.find_payment(source) is not None
            },
        )

    def tell_streak(self, without: int) -> tuple[StreakEvent, ...]:
        """The events that make the streak, but for those of one activity."""
        return tuple(
            event
            for done in self.log
            if done.stands and done.mark.sequence != without
            for event in _tell(done)
        )

    def tell_stage(self, source: Source, *, is_met: bool) -> Stage:
        """A week or a course, and what it paid."""
        return Stage(source, is_met, self.reversals[source], self.find_payment(source))

    def measure(self, metric: Metric, window: Window, without: int = 0) -> int:
        """What a metric comes to by all that stands in the window but one activity, whose entries stay.

        The streak is none of these: it gives 0.
        """
        held = [done for done in self.since(window.after) if window.holds(done.mark)]
        kind = _KINDS.get(metric)
        if kind is not None:
            return sum(
                done.stands
                and done.activity.kind is kind
                and done.mark.sequence != without
                # An attempt counts if it passed the quiz, which is when it is paid.
                and (done.paid or kind is not ActivityKind.QUIZ_ATTEMPTED)
                for done in held
            )
        entries = [paid.entry for done in held for paid in done.entries if paid.id in self.standing]
        return tally_entries(entries).get(metric, 0)

    def sum_damage(self, battle: Battle, after: int, without: int) -> int:
        """What all that stands but one activity dealt in a battle since it began."""
        return sum(
            done.damage
            for done in self.since(after)
            if done.stands and done.mark.sequence != without and _counts_in(done, battle)
        )

    def _strike_out(self, sequence: int, *, is_spent: bool) -> None:
        done = self.find(sequence)
        if done is None:
            return
        done.stands = False
        if done.paid and not is_spent:
            self._paid_on[done.activity.kind, done.activity.local_on] -= 1

    def _book(self, outcome: Outcome, mark: Mark) -> Iterator[PaidEntry]:
        for entry in outcome.entries:
            self._last_id += 1
            paid = PaidEntry(self._last_id, entry, mark)
            if entry.reverses_id is None:
                self.standing[paid.id] = paid
                self._payments[entry.source] = paid
            else:
                del self.standing[entry.reverses_id]
                self.reversals[entry.source] += 1
            yield paid


def _counts_in(done: Done, battle: Battle) -> bool:
    if done.activity.kind is ActivityKind.UNDONE:
        return False  # its damage is what it could not take back
    if battle.week is None:
        return battle.source in done.blows
    return done.activity.week == battle.week and done.activity.kind in _OF_WEEK


def _tell(done: Done) -> Iterator[StreakEvent]:
    activity = done.activity
    if done.paid:
        yield RewardedAt(activity.occurred_at, activity.calendar, done.mark.sequence)
    if done.freezes:
        yield FreezesGained(done.freezes)
    if activity.pause_until is not None:
        yield PauseSet(activity.local_on, activity.pause_until)
    if activity.kind is ActivityKind.RESUMED:
        yield PauseEnded(activity.local_on)
