"""Quests and challenges as a replay has them."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from app.core.definitions import Cadence
from app.core.questing import ONCE_ON, ONCE_UNTIL, QuestStatus
from app.game.activity import Activity, Source, SourceType
from app.game.daily import choose_daily, week_of
from app.game.goal import Goal, Window
from app.game.ledger import Mark, Reason
from app.game.metrics import DERIVED
from app.game.outcome import Outcome
from app.game.rules import RULES
from app.services.replay.history import Done, History
from app.services.replay.values import (
    ChallengeDefinition,
    Definitions,
    GoalDefinition,
    KeptGoal,
    QuestDefinition,
)

_LAST_OF_WEEK = timedelta(days=6)
_TWO_DAYS = timedelta(days=2)


@dataclass(slots=True)
class _Pursuit:
    """A goal that a learner goes after."""

    source: Source
    definition: GoalDefinition
    window: Window
    by_itself: bool = False
    """A daily quest that nobody accepted: at 0 it is not kept."""
    status: QuestStatus = QuestStatus.ACTIVE
    progress: int = 0
    finished: int | None = None
    left: bool = False

    def show(self) -> Goal:
        wanted = self.definition
        is_challenge = self.source.type is SourceType.CHALLENGE
        return Goal(
            self.source,
            Reason.CHALLENGE_COMPLETED if is_challenge else Reason.QUEST_COMPLETED,
            wanted.key,
            wanted.key,
            wanted.metric,
            wanted.target,
            self.window,
            wanted.reward,
            self.progress,
        )

    def may_fall(self, done: Done, now: datetime) -> bool:
        """Whether an activity that is to be undone now counts for it: by itself or, where it goes by
        what activities gave, by what the undo may take back of others.
        """
        is_later = self.finished is None or self.finished >= done.mark.sequence
        if self.status is QuestStatus.ABANDONED or not is_later:
            return False
        if isinstance(self.definition, ChallengeDefinition) and self.definition.ends_at <= now:
            return False
        if replace(self.window, course=None).holds(done.mark):
            return True
        return self.definition.metric in DERIVED and not self._is_settled(done.mark.local_on)

    def _is_settled(self, on: date) -> bool:
        """Whether it is open, and its days were over: who travels west comes back to two at most."""
        last_on = self.window.last_on
        is_open = self.status is QuestStatus.ACTIVE
        return is_open and last_on is not None and last_on < on - _TWO_DAYS


@dataclass(slots=True)
class Goals:
    """All goals of one player."""

    user_id: int
    definitions: Definitions
    _lasting: dict[Source, _Pursuit] = field(default_factory=dict)
    _daily: defaultdict[date, dict[Source, _Pursuit]] = field(
        default_factory=lambda: defaultdict(dict)
    )

    def list_open(self, mark: Mark) -> tuple[Goal, ...]:
        """What an activity may move; daily quests are there by themselves."""
        daily = self._list_daily(mark.local_on, mark.at)
        return tuple(
            pursuit.show()
            for pursuit in (*self._lasting.values(), *daily)
            if pursuit.status is QuestStatus.ACTIVE
            and not pursuit.left
            and pursuit.window.holds(mark)
        )

    def list_holding(self, done: Done, now: datetime, history: History) -> tuple[Goal, ...]:
        """What an undo may re-open or take back, as it stands without the undone activity."""
        return tuple(
            replace(
                pursuit.show(),
                progress=history.measure(
                    pursuit.definition.metric, pursuit.window, done.mark.sequence
                ),
                finished=history.find_payment(pursuit.source) is not None,
                standing=history.find_payment(pursuit.source),
                before=pursuit.progress,
            )
            for pursuit in self._list_all()
            if pursuit.may_fall(done, now)
        )

    def count_givers(self) -> Mapping[str, int]:
        """How many goals that are completed have each badge as their prize."""
        prizes = (
            pursuit.definition.reward.badge
            for pursuit in self._list_all()
            if pursuit.status is QuestStatus.COMPLETED
        )
        return Counter(badge for badge in prizes if badge is not None)

    def move(self, outcome: Outcome, sequence: int) -> None:
        """Keep how far the goals are after an activity."""
        for goal in outcome.goals:
            pursuit = self._find(goal)
            pursuit.status = QuestStatus.COMPLETED if goal.finished else QuestStatus.ACTIVE
            pursuit.progress = goal.progress
            pursuit.finished = sequence if goal.finished else None

    def accept(self, sequence: int, activity: Activity, revision: int | None) -> None:
        """Begin a quest in its period, from 0. Raises ValueError if there is no such quest."""
        self._begin(sequence, activity, revision)

    def abandon(self, sequence: int, activity: Activity, revision: int | None) -> None:
        """Give a quest up in its period. Raises ValueError if there is no such quest."""
        self._begin(sequence, activity, revision).status = QuestStatus.ABANDONED

    def join(self, sequence: int, source: Source) -> None:
        """Join a challenge. Those of parties pay nothing and count for nothing: they are left out."""
        challenge = self.definitions.challenges.get(int(source.id))
        if challenge is None:
            return
        before = self._lasting.get(source)
        if before is not None and before.finished is not None:
            before.left = False
            return
        window = Window(
            after=sequence,
            starts_at=challenge.starts_at,
            ends_at=challenge.ends_at,
            course=challenge.course,
        )
        self._lasting[source] = _Pursuit(source, challenge, window)

    def leave(self, source: Source) -> None:
        """Leave a challenge: what was not finished is lost."""
        pursuit = self._lasting.get(source)
        if pursuit is not None and pursuit.finished is None:
            del self._lasting[source]
        elif pursuit is not None:
            pursuit.left = True

    def show(self) -> Mapping[Source, KeptGoal]:
        """All that is kept of goals."""
        return {
            pursuit.source: KeptGoal(
                pursuit.definition.id,
                pursuit.status.value,
                pursuit.progress,
                pursuit.window.after,
                pursuit.finished,
            )
            for pursuit in self._list_all()
            if not _is_untouched(pursuit)
        }

    def _begin(self, sequence: int, activity: Activity, revision: int | None) -> _Pursuit:
        key = activity.source.id
        found = (quest for quest in self.definitions.quests if quest.key == key)
        quest = next((quest for quest in found if quest.revision == revision), None)
        if quest is None:
            raise ValueError(f"there is no quest {key} of revision {revision}")
        today = activity.local_on
        pursuit = _pursue(quest, sequence, today)
        shelf = self._daily[today] if quest.cadence == Cadence.DAILY else self._lasting
        shelf[pursuit.source] = pursuit
        return pursuit

    def _list_daily(self, on: date, at: datetime) -> Iterator[_Pursuit]:
        """The daily quests that the learner has on a date."""
        pool = {
            quest.key: quest
            for quest in self.definitions.quests
            if quest.cadence == Cadence.DAILY and quest.is_in_pool(on, at)
        }
        for key in choose_daily(self.user_id, on, pool, RULES.daily_quests):
            untouched = _pursue(pool[key], 0, on, by_itself=True)
            yield self._daily[on].setdefault(untouched.source, untouched)

    def _list_all(self) -> Iterator[_Pursuit]:
        yield from self._lasting.values()
        for daily in self._daily.values():
            yield from daily.values()

    def _find(self, goal: Goal) -> _Pursuit:
        on = goal.window.first_on
        daily = self._daily[on] if on is not None else {}
        return daily.get(goal.source) or self._lasting[goal.source]


def _pursue(
    quest: QuestDefinition, after: int, today: date, *, by_itself: bool = False
) -> _Pursuit:
    if quest.cadence == Cadence.ONCE:
        source = Source(SourceType.QUEST, quest.key)
        first_on, last_on = ONCE_ON, ONCE_UNTIL
    else:
        is_weekly = quest.cadence == Cadence.WEEKLY
        first_on = week_of(today) if is_weekly else today
        last_on = first_on + _LAST_OF_WEEK if is_weekly else today
        source = Source(SourceType.QUEST, f"{quest.key}/{first_on.isoformat()}")
    window = Window(after, first_on, last_on, course=quest.course)
    return _Pursuit(source, quest, window, by_itself)


def _is_untouched(pursuit: _Pursuit) -> bool:
    return pursuit.by_itself and pursuit.progress == 0 and pursuit.status is QuestStatus.ACTIVE
