"""Trials: what a badge, a quest or a challenge would have given on real history. Nothing is changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from app.core.clock import Clock
from app.core.definitions import Cadence
from app.db.repositories.counter_names import name_counter
from app.db.repositories.definition_trials import Days, Instants, Reach, Span, Standing
from app.db.unit_of_work import ReadUnitOfWork
from app.game.metrics import Metric
from app.services.definition_errors import BadDefinitionError, NotMeasurableError
from app.services.definition_revisions import resolve_course
from app.services.definition_rules import check_badge, check_quest, check_scope

_SAMPLE = 20
_DAYS_OF = {Cadence.DAILY: 1, Cadence.WEEKLY: 7}


@dataclass(frozen=True, slots=True)
class BadgeTrial:
    """How many of all players the badge would be awarded to, and some of them."""

    players: int
    awarded: int
    percent: float
    sample: Sequence[Standing]


@dataclass(frozen=True, slots=True)
class PeriodTrial:
    """How many learners would have begun and completed a goal in a period; None: since ever."""

    first_on: date | None
    last_on: date | None
    begun: int
    completed: int


@dataclass(frozen=True, slots=True)
class QuestTrial:
    """How a quest would have gone, the latest period first."""

    players: int
    periods: Sequence[PeriodTrial]


@dataclass(frozen=True, slots=True)
class ChallengeTrial:
    """How a challenge would have gone if everybody had joined it."""

    players: int
    begun: int
    completed: int


class TrialService:
    """Tries definitions out, for admins."""

    def __init__(self, uow: ReadUnitOfWork, clock: Clock) -> None:
        self._uow = uow
        self._clock = clock

    async def try_badge(self, given: Mapping[str, Any]) -> BadgeTrial:
        """Whom the badge would be awarded to, by what they have done up to now.

        Raises:
            BadDefinitionError: its parts don't fit together, or it is a prize.
            UnknownCourseError: no published course has the slug.
        """
        values = await resolve_course(self._uow, given)
        check_badge(values)
        if values["metric"] is None:
            raise BadDefinitionError("A prize is given by goals, not by what was done.")
        counter = name_counter(values["metric"], values["course_id"])
        players = await self._uow.trials.count_players()
        reach = await self._uow.trials.count_by_counter(counter, values["target"])
        sample = await self._uow.trials.list_by_counter(counter, values["target"], _SAMPLE)
        percent = round(100 * reach.completed / players, 1) if players else 0.0
        return BadgeTrial(players, reach.completed, percent, sample)

    async def try_quest(self, given: Mapping[str, Any], periods: int) -> QuestTrial:
        """Who would have completed the quest in each of the last periods, today's included.

        Everybody counts as if the conditions were met and the quest accepted when the period began.

        Raises:
            BadDefinitionError: its parts don't fit together.
            UnknownCourseError: no published course has the slug.
            NotMeasurableError: the past does not tell (a streak in a period).
        """
        values = await resolve_course(self._uow, given)
        check_quest(values)
        spans = self._list_spans(values["cadence"], periods)
        reached = await self._measure(values, spans)
        return QuestTrial(
            await self._uow.trials.count_players(),
            [_show_period(span, reach) for span, reach in zip(spans, reached, strict=True)],
        )

    async def try_challenge(
        self, given: Mapping[str, Any], starts_at: datetime, ends_at: datetime
    ) -> ChallengeTrial:
        """Who would have completed a challenge from one instant to another.

        Raises:
            BadDefinitionError: its parts don't fit together, or it ends before it starts.
            UnknownCourseError: no published course has the slug.
            NotMeasurableError: the past does not tell (a streak at a time).
        """
        values = await resolve_course(self._uow, given)
        check_scope(values)
        if ends_at <= starts_at:
            raise BadDefinitionError("It would end before it starts.")
        (reach,) = await self._measure(values, [Instants(starts_at, ends_at)])
        players = await self._uow.trials.count_players()
        return ChallengeTrial(players, reach.begun, reach.completed)

    async def _measure(self, values: Mapping[str, Any], spans: Sequence[Span]) -> Sequence[Reach]:
        metric, target = Metric(values["metric"]), values["target"]
        if metric is not Metric.STREAK_DAYS:
            return await self._uow.trials.count_by_history(
                metric, target, values["course_id"], spans
            )
        if spans != [None]:
            raise NotMeasurableError
        return [await self._uow.trials.count_by_counter(metric, target)]

    def _list_spans(self, cadence: str, periods: int) -> list[Span]:
        """The last periods by UTC's calendar; learners' own days decide what was done in them."""
        days = _DAYS_OF.get(Cadence(cadence))
        if days is None:
            return [None]
        today = self._clock.now().date()
        first = today - timedelta(days=today.weekday() if days > 1 else 0)
        starts = [first - timedelta(days=days * number) for number in range(periods)]
        return [Days(start, start + timedelta(days=days - 1)) for start in starts]


def _show_period(span: Span, reach: Reach) -> PeriodTrial:
    if isinstance(span, Days):
        return PeriodTrial(span.first_on, span.last_on, reach.begun, reach.completed)
    return PeriodTrial(None, None, reach.begun, reach.completed)
