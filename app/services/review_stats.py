"""How a learner's reviewing goes, and what is to come."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate, pairwise

from app.core.clock import Clock
from app.core.errors import UnauthenticatedError
from app.core.reviewing import CardState
from app.db.repositories.review_rows import CardCounts, LogCounts
from app.db.unit_of_work import ReadUnitOfWork
from app.services.due_rule import find_due_limits
from app.services.principal import Principal

FORECAST_DAYS = 14


@dataclass(frozen=True, slots=True)
class CardTotals:
    """How many cards there are, and how many in each state."""

    total: int
    learning: int
    review: int
    relearning: int


@dataclass(frozen=True, slots=True)
class ForecastDay:
    """How many cards are due on a local date."""

    on: date
    due: int


@dataclass(frozen=True, slots=True)
class ReviewStats:
    """See ``app.schemas.reviews.ReviewStatsRead`` for what the fields mean to clients."""

    due: int
    cards: CardTotals
    reviews: int
    daily_reviews: int
    retention: float | None
    forecast: Sequence[ForecastDay]


class ReviewStatsService:
    """Adds up what cards and logs say."""

    def __init__(self, uow: ReadUnitOfWork, clock: Clock) -> None:
        self._uow = uow
        self._clock = clock

    async def get(self, principal: Principal) -> ReviewStats:
        """The learner's numbers now.

        Raises:
            UnauthenticatedError: the account was deleted meanwhile.
        """
        now = self._clock.now()
        calendar = principal.calendar
        today = calendar.day_of(now)
        days = [today + timedelta(days=count) for count in range(FORECAST_DAYS)]
        limits = find_due_limits(calendar, now)
        ends = accumulate(
            (calendar.end_of(day) for day in days[1:]), max, initial=limits.review_before
        )
        player = await self._uow.players.get_with_reviews(principal.user_id, today)
        if player is None:
            raise UnauthenticatedError
        counts = await self._uow.reviews.count_cards(principal.user_id, limits, list(ends))
        logs = await self._uow.reviews.count_logs(principal.user_id)
        return ReviewStats(
            due=counts.due,
            cards=_show_totals(counts),
            reviews=logs.total,
            daily_reviews=player.daily_reviews,
            retention=_measure_retention(logs),
            forecast=_show_forecast(days, counts),
        )


def _show_totals(counts: CardCounts) -> CardTotals:
    by_state = counts.by_state
    return CardTotals(
        total=sum(by_state.values()),
        learning=by_state[CardState.LEARNING],
        review=by_state[CardState.REVIEW],
        relearning=by_state[CardState.RELEARNING],
    )


def _measure_retention(logs: LogCounts) -> float | None:
    """The share of reviews of cards in state review in which the answer was remembered."""
    return logs.remembered / logs.of_known if logs.of_known else None


def _show_forecast(days: Sequence[date], counts: CardCounts) -> Sequence[ForecastDay]:
    """What falls due between the ends of days; what is overdue is due today."""
    due = [later - earlier for earlier, later in pairwise((0, *counts.due_before))]
    return [ForecastDay(day, count) for day, count in zip(days, due, strict=True)]
