"""Definitions tried out on the past: who would have met them.

For admins only: each statement looks through the counters, or through the activities of a time, of all
players, since no index leads from a metric to players. It costs what verifying the ledger costs, and ends
with the statement timeout at the latest.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, select, true
from sqlalchemy.orm import aliased

from app.db.models import ActivityRow, Player, PlayerCounter, RewardEntry, User
from app.db.repositories.base import Repository
from app.game.activity import ActivityKind
from app.game.ledger import Reason
from app.game.metrics import GOAL_REASONS, Metric

_Undo = aliased(ActivityRow)
_Reversal = aliased(RewardEntry)

_KIND_OF: Mapping[Metric, ActivityKind] = {
    Metric.TASKS_COMPLETED: ActivityKind.TASK_COMPLETED,
    Metric.COURSE_TASKS_COMPLETED: ActivityKind.COURSE_TASK_COMPLETED,
    Metric.QUIZZES_PASSED: ActivityKind.QUIZ_ATTEMPTED,
    Metric.REVIEWS_DONE: ActivityKind.REVIEWED,
}
_REASON_OF: Mapping[Metric, Reason] = {
    Metric.BOSSES_DEFEATED: Reason.BOSS_DEFEATED,
    Metric.QUESTS_COMPLETED: Reason.QUEST_COMPLETED,
    Metric.COURSES_COMPLETED: Reason.COURSE_COMPLETED,
}


@dataclass(frozen=True, slots=True)
class Days:
    """Local dates from one to another, both included."""

    first_on: date
    last_on: date


@dataclass(frozen=True, slots=True)
class Instants:
    """Instants from one on, and before another."""

    starts_at: datetime
    ends_at: datetime


Span = Days | Instants | None
"""A time; None: since ever."""


@dataclass(frozen=True, slots=True)
class Reach:
    """How many learners moved in a metric at all, and how many reached the target."""

    begun: int
    completed: int


@dataclass(frozen=True, slots=True)
class Standing:
    """A learner, and the value of a metric."""

    user_id: int
    display_name: str
    value: int


class TrialReader(Repository):
    """Looks through everybody's past."""

    async def count_players(self) -> int:
        """How many players there are."""
        return (await self._session.execute(select(func.count(Player.user_id)))).scalar_one()

    async def count_by_counter(self, counter: str, target: int) -> Reach:
        """How far learners are by a counter, or by their longest streak."""
        values = _select_values(counter).subquery()
        statement = select(_count_from(values.c.value, 1), _count_from(values.c.value, target))
        return Reach(*(await self._session.execute(statement)).one())

    async def list_by_counter(self, counter: str, target: int, count: int) -> Sequence[Standing]:
        """At most ``count`` learners who reach the target, the greatest values first."""
        values = _select_values(counter).subquery()
        statement = (
            select(values.c.user_id, User.display_name, values.c.value)
            .join(User, User.id == values.c.user_id)
            .where(values.c.value >= target)
            .order_by(values.c.value.desc(), values.c.user_id)
            .limit(count)
        )
        return [Standing(*row) for row in await self._session.execute(statement)]

    async def count_by_history(
        self, metric: Metric, target: int, course_id: int | None, spans: Sequence[Span]
    ) -> Sequence[Reach]:
        """How far learners came in each span by what stands of it; one statement for all spans.

        Raises:
            KeyError: history does not tell of the metric (``streak_days``).
        """
        facts = _select_facts(metric, course_id).subquery()
        sums = [
            func.sum(case((_lies_in(facts.c.local_on, facts.c.occurred_at, span), facts.c.amount)))
            for span in spans
        ]
        columns = [column.label(f"span_{number}") for number, column in enumerate(sums)]
        learners = select(*columns).group_by(facts.c.user_id).subquery()
        counts = [_count_from(value, least) for value in learners.c for least in (1, target)]
        numbers = list((await self._session.execute(select(*counts))).one())
        return [Reach(*numbers[index : index + 2]) for index in range(0, len(numbers), 2)]


def _select_values(counter: str) -> Select[tuple[int, int]]:
    if counter == Metric.STREAK_DAYS:
        return select(Player.user_id, Player.longest_streak.label("value"))
    return select(PlayerCounter.user_id, PlayerCounter.value).where(PlayerCounter.metric == counter)


def _count_from(value: ColumnElement[int], least: int) -> ColumnElement[int]:
    """How many of the values are at least so great."""
    return func.count(case((value >= least, 1)))


def _select_facts(metric: Metric, course_id: int | None) -> Select[tuple[int, date, datetime, int]]:
    """User, local date, instant and amount of all that counts for the metric and stands."""
    kind = _KIND_OF.get(metric)
    facts = _select_entries(metric) if kind is None else _select_activities(kind)
    return facts if course_id is None else facts.where(ActivityRow.course_id == course_id)


def _select_activities(kind: ActivityKind) -> Select[tuple[int, date, datetime, int]]:
    undone = (
        select(_Undo.sequence)
        .where(_Undo.user_id == ActivityRow.user_id, _Undo.undoes == ActivityRow.sequence)
        .exists()
    )
    # Of the attempts at a quiz only the one that passed it is paid.
    counted = ActivityRow.paid if kind is ActivityKind.QUIZ_ATTEMPTED else true()
    return select(
        ActivityRow.user_id,
        ActivityRow.local_on,
        ActivityRow.occurred_at,
        literal(1).label("amount"),
    ).where(ActivityRow.kind == kind, counted, ~undone)


def _select_entries(metric: Metric) -> Select[tuple[int, date, datetime, int]]:
    reversed_later = (
        select(_Reversal.id)
        .where(
            _Reversal.user_id == RewardEntry.user_id,
            _Reversal.reverses_id == RewardEntry.id,
        )
        .exists()
    )
    of_activity = and_(
        ActivityRow.user_id == RewardEntry.user_id,
        ActivityRow.sequence == RewardEntry.activity_sequence,
    )
    amount: ColumnElement[int] = literal(1)
    counted: ColumnElement[bool]
    if metric is Metric.XP_EARNED:
        amount = RewardEntry.xp.expression
        counted = RewardEntry.reason.not_in(sorted(GOAL_REASONS))
    else:
        counted = RewardEntry.reason == _REASON_OF[metric]
    return (
        select(
            RewardEntry.user_id,
            ActivityRow.local_on,
            ActivityRow.occurred_at,
            amount.label("amount"),
        )
        .join(ActivityRow, of_activity)
        .where(RewardEntry.reverses_id.is_(None), counted, ~reversed_later)
    )


def _lies_in(
    local_on: ColumnElement[date], occurred_at: ColumnElement[datetime], span: Span
) -> ColumnElement[bool]:
    match span:
        case Days(first_on, last_on):
            return local_on.between(first_on, last_on)
        case Instants(starts_at, ends_at):
            return and_(occurred_at >= starts_at, occurred_at < ends_at)
        case None:
            return true()
