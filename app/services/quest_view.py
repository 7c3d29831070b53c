"""A quest as its learner sees it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app.core.definitions import Cadence
from app.core.questing import ONCE_ON, ONCE_UNTIL, QuestLock, QuestStatus
from app.db.repositories.player_rows import PlayerFields
from app.db.repositories.quest_rows import QuestOfLearner
from app.game.calendar import Calendar
from app.game.daily import week_of
from app.game.levels import level_at
from app.game.metrics import Metric
from app.game.rules import RULES
from app.game.streak import show_streak
from app.services.player_mapping import read_player
from app.services.reward_view import GoalRewardView

_WEEK = timedelta(days=7)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class QuestView:
    """See ``app.schemas.quests.QuestRead`` for what the fields mean to clients."""

    key: str
    cadence: str
    title: str
    description: str
    metric: str
    course_slug: str | None
    target: int
    progress: int
    reward: GoalRewardView
    status: QuestStatus
    min_level: int
    requires_quest: str | None
    locked_by: Sequence[QuestLock]
    accepted_at: datetime | None
    ends_at: datetime | None
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class Period:
    """The local dates on which activities count for a quest, both included."""

    first_on: date
    last_on: date


@dataclass(frozen=True, slots=True)
class Situation:
    """A learner at the instant at which its quests are looked at."""

    now: datetime
    calendar: Calendar
    level: int
    streak: int

    @property
    def today(self) -> date:
        """The learner's local date."""
        return self.calendar.day_of(self.now)

    @property
    def week_on(self) -> date:
        """The Monday of the learner's week."""
        return week_of(self.today)

    def find_period(self, cadence: str) -> Period:
        """The present period of a quest with this cadence."""
        if cadence == Cadence.DAILY:
            return Period(self.today, self.today)
        if cadence == Cadence.WEEKLY:
            return Period(self.week_on, self.week_on + _WEEK - _DAY)
        return Period(ONCE_ON, ONCE_UNTIL)


def describe_situation(row: PlayerFields, calendar: Calendar, now: datetime) -> Situation:
    """What quests depend on: the level, and the streak as it is shown."""
    player = read_player(row)
    streak = show_streak(player.streak, now, calendar)
    return Situation(now, calendar, level_at(player.xp, RULES), streak)


def list_locks(quest: QuestOfLearner, situation: Situation) -> Sequence[QuestLock]:
    """The conditions of a quest that its learner does not meet."""
    locks = []
    if situation.level < quest.min_level:
        locks.append(QuestLock.LEVEL)
    if not quest.requirement_met:
        locks.append(QuestLock.QUEST)
    return locks


def find_status(quest: QuestOfLearner, situation: Situation) -> QuestStatus:
    """How the quest stands. Conditions are asked for before it is accepted, not after."""
    untouched = QuestStatus.ACTIVE if quest.cadence == Cadence.DAILY else QuestStatus.AVAILABLE
    status = untouched if quest.status is None else QuestStatus(quest.status)
    if status in {QuestStatus.ACTIVE, QuestStatus.COMPLETED}:
        return status
    return QuestStatus.LOCKED if list_locks(quest, situation) else status


def show_quest(quest: QuestOfLearner, situation: Situation) -> QuestView:
    """The quest as its learner sees it now."""
    status = find_status(quest, situation)
    last_on = situation.find_period(quest.cadence).last_on
    return QuestView(
        key=quest.key,
        cadence=quest.cadence,
        title=quest.title,
        description=quest.description,
        metric=quest.metric,
        course_slug=quest.course_slug,
        target=quest.target,
        progress=_measure(quest, status, situation),
        reward=GoalRewardView(quest.xp, quest.gold, quest.freezes, quest.badge_key),
        status=status,
        min_level=quest.min_level,
        requires_quest=quest.requires_quest,
        locked_by=list_locks(quest, situation) if status is QuestStatus.LOCKED else [],
        accepted_at=quest.accepted_at,
        ends_at=None if last_on == ONCE_UNTIL else situation.calendar.end_of(last_on),
        finished_at=quest.finished_at,
    )


def _measure(quest: QuestOfLearner, status: QuestStatus, situation: Situation) -> int:
    if status is QuestStatus.COMPLETED:
        return quest.target
    if status is not QuestStatus.ACTIVE:
        return 0
    # Days that go by end a streak without an activity, so it is looked at, not kept.
    is_streak = quest.metric == Metric.STREAK_DAYS
    return min(situation.streak if is_streak else quest.progress or 0, quest.target)
