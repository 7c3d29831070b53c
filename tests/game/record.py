"""What was done and what it gave, as lists in memory."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from app.game.activity import Activity, ActivityKind, Source
from app.game.ledger import Mark, PaidEntry
from app.game.streak import FreezesGained, PauseEnded, PauseSet, RewardedAt, StreakEvent

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
MARK = Mark(1, NOON, NOON.date())


@dataclass
class Done:
    """A row of activities that stands or was undone."""

    activity: Activity
    paid: bool
    entries: tuple[PaidEntry, ...]
    mark: Mark = MARK
    stands: bool = True
    freezes: int = 0
    damage: int = 0
    blows: Mapping[Source, int] = field(default_factory=dict)


def _tell_streak(done: Done) -> list[StreakEvent]:
    events: list[StreakEvent] = []
    if done.paid:
        at, calendar = done.activity.occurred_at, done.activity.calendar
        events.append(RewardedAt(at, calendar, done.mark.sequence))
    if done.freezes:
        events.append(FreezesGained(done.freezes))
    if done.activity.pause_until is not None:
        events.append(PauseSet(done.activity.local_on, done.activity.pause_until))
    if done.activity.kind is ActivityKind.RESUMED:
        events.append(PauseEnded(done.activity.local_on))
    return events


@dataclass(kw_only=True)
class Record:
    """The rows of one learner's activities and entries."""

    log: list[Done | FreezesGained] = field(default_factory=list)
    ledger: list[PaidEntry] = field(default_factory=list)
    acts: list[Activity] = field(default_factory=list)
    """Every activity by its number, undos included."""

    def done(self) -> Sequence[Done]:
        """Everything ever done, undone since or not."""
        return [row for row in self.log if isinstance(row, Done)]

    def find_first(self, source: Source) -> datetime | None:
        """When the source was done for the first time, undone since or not."""
        rows = [row.activity for row in self.log if isinstance(row, Done)]
        return min((row.occurred_at for row in rows if row.source == source), default=None)

    def find(self, source: Source) -> Done | None:
        standing = (done for done in self.standing() if done.activity.source == source)
        return next(standing, None)

    def payments(self) -> Mapping[Source, PaidEntry]:
        """What stands of what each source paid."""
        return {paid.entry.source: paid for paid in self.standing_entries()}

    def standing(self) -> list[Done]:
        return [done for done in self.log if isinstance(done, Done) and done.stands]

    def standing_entries(self) -> list[PaidEntry]:
        reversed_ids = {paid.entry.reverses_id for paid in self.ledger}
        return [
            paid
            for paid in self.ledger
            if paid.entry.reverses_id is None and paid.id not in reversed_ids
        ]

    def count_paid(self, kind: ActivityKind, day: date) -> int:
        return sum(
            done.paid and (done.activity.kind, done.activity.local_on) == (kind, day)
            for done in self.standing()
        )

    def history(self) -> tuple[StreakEvent, ...]:
        """Freezes gained, pauses and standing rewarded activities, in sequence order."""
        events: list[StreakEvent] = []
        for row in self.log:
            if isinstance(row, FreezesGained):
                events.append(row)
            elif row.stands:
                events += _tell_streak(row)
        return tuple(events)
