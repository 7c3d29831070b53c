"""Goals: quests, challenges and badges, measured by the same metrics."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from app.game.activity import Source
from app.game.ledger import Entry, Mark, PaidEntry, Reason
from app.game.metrics import Metric


@dataclass(frozen=True, slots=True)
class Reward:
    """What a goal pays, whatever the streak; `badge` is the key of a badge that comes with it."""

    xp: int = 0
    gold: int = 0
    freezes: int = 0
    badge: str | None = None


@dataclass(frozen=True, slots=True)
class Window:
    """Which activities count for a goal: those numbered above `after`, from the local day `first_on`
    to `last_on`, at `starts_at` or later and before `ends_at`, in the course. None sets no bound.
    """

    after: int = 0
    first_on: date | None = None
    last_on: date | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    course: int | None = None

    def holds(self, mark: Mark) -> bool:
        """Whether an activity with this mark counts."""
        return (
            mark.sequence > self.after
            and (self.course is None or mark.course == self.course)
            and self._spans_day(mark.local_on)
            and self._spans_instant(mark.at)
        )

    def _spans_day(self, day: date) -> bool:
        begun = self.first_on is None or day >= self.first_on
        return begun and (self.last_on is None or day <= self.last_on)

    def _spans_instant(self, at: datetime) -> bool:
        begun = self.starts_at is None or at >= self.starts_at
        return begun and (self.ends_at is None or at < self.ends_at)


@dataclass(frozen=True, slots=True)
class Goal:
    """A quest in one of its periods, or a challenge.

    `progress` is in units of the metric, at most the target; for `streak_days` it is only kept once
    the goal is finished, that is met and paid. For an undo, `standing` is the payment of a finished
    goal, `progress` what the standing activities give without the undone one, also beyond the target,
    and `before` the progress that was kept.
    """

    source: Source
    reason: Reason
    key: str
    title: str
    metric: Metric
    target: int
    window: Window
    reward: Reward
    progress: int = 0
    finished: bool = False
    standing: PaidEntry | None = None
    before: int = 0

    def pay(self, rounds: Mapping[Source, int]) -> Entry:
        """The entry of its reward. A goal that pays nothing has one of 0 XP and 0 gold."""
        round_ = rounds.get(self.source, 0)
        return Entry(self.reason, self.source, round_, xp=self.reward.xp, gold=self.reward.gold)


@dataclass(frozen=True, slots=True)
class Badge:
    """A badge. Without a metric it is a prize, which only a goal's reward gives.

    `standing`: what it paid, if the learner has it.
    """

    source: Source
    key: str
    title: str
    reward: Reward
    metric: Metric | None = None
    target: int = 0
    course: int | None = None
    standing: PaidEntry | None = None

    def pay(self, rounds: Mapping[Source, int]) -> Entry:
        """The entry of its prize. A badge that pays nothing has one of 0 XP and 0 gold."""
        round_ = rounds.get(self.source, 0)
        reward = self.reward
        return Entry(Reason.BADGE_AWARDED, self.source, round_, xp=reward.xp, gold=reward.gold)
