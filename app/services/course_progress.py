"""How far somebody is in a course, day by day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from app.core.clock import Clock
from app.db.repositories.learning_rows import ProgressRow, WeekRow
from app.db.unit_of_work import ReadUnitOfWork
from app.game.pacing import Opening
from app.services.course_completions import percent_of
from app.services.course_days import find_day_opening, is_course_done
from app.services.enrollments import CourseTaken, load_taken_course
from app.services.principal import Principal


class DayState(StrEnum):
    """What a learner may do with a day."""

    LOCKED = "locked"
    OPEN = "open"
    COMPLETED = "completed"


@dataclass(frozen=True, slots=True)
class DayProgress:
    """A day, and what the learner made of it. ``opens_on`` is known with daily pacing."""

    id: int
    day: int
    state: DayState
    opens_on: date | None
    completed_at: datetime | None
    questions: int
    attempts: int
    quiz_passed: bool


@dataclass(frozen=True, slots=True)
class WeekProgress:
    """A week; ``done``: all its days are completed, so its milestone is reached."""

    id: int
    done: bool
    days: Sequence[DayProgress]


@dataclass(frozen=True, slots=True)
class CourseProgress:
    """How far the caller is in a course; ``percent`` is days completed / days, rounded down."""

    course: str
    title: str
    pacing: str
    status: str
    review: str
    enrolled_at: datetime
    enrolled_on: date
    today: date
    days: int
    days_completed: int
    percent: int
    done: bool
    weeks: Sequence[WeekProgress]


class CourseProgressService:
    """Shows progress. Nothing here writes."""

    def __init__(self, uow: ReadUnitOfWork, clock: Clock) -> None:
        self._uow = uow
        self._clock = clock

    async def get(self, principal: Principal, slug: str) -> CourseProgress:
        """How far the caller is in a course.

        Raises:
            CourseNotFoundError: no such course, or a draft.
            NotEnrolledError: the caller does not take it.
        """
        taken = await load_taken_course(self._uow, principal.user_id, slug)
        weeks = await self._uow.learning.list_weeks(principal.user_id, taken.course.id)
        days = await self._uow.learning.list_progress(principal.user_id, taken.course.id)
        today = principal.calendar.day_of(self._clock.now())
        return _show_progress(taken, weeks, days, today)


def _show_progress(
    taken: CourseTaken, weeks: Sequence[WeekRow], rows: Sequence[ProgressRow], today: date
) -> CourseProgress:
    by_week: Mapping[int, list[ProgressRow]] = {week.id: [] for week in weeks}
    for row in rows:
        # A week that was published between the two statements is shown the next time.
        by_week.get(row.week_id, []).append(row)
    total, completed = sum(week.days for week in weeks), sum(week.completed for week in weeks)
    return CourseProgress(
        course=taken.course.slug,
        title=taken.course.title,
        pacing=taken.course.pacing,
        status=taken.course.status,
        review=taken.review,
        enrolled_at=taken.enrolled_at,
        enrolled_on=taken.enrolled_on,
        today=today,
        days=total,
        days_completed=completed,
        percent=percent_of(completed, total),
        done=is_course_done(weeks),
        weeks=[
            WeekProgress(
                id=week.id,
                done=week.completed >= week.days,
                days=[_show_day(taken, weeks, index, row, today) for row in by_week[week.id]],
            )
            for index, week in enumerate(weeks)
        ],
    )


def _show_day(
    taken: CourseTaken, weeks: Sequence[WeekRow], index: int, row: ProgressRow, today: date
) -> DayProgress:
    opening = find_day_opening(
        taken.course.pacing,
        weeks,
        (index, row.day),
        was_entered=row.was_entered,
        enrolled_on=taken.enrolled_on,
        today=today,
    )
    return DayProgress(
        id=row.id,
        day=row.day,
        state=_find_state(row, opening),
        opens_on=opening.opens_on,
        completed_at=row.completed_at,
        questions=row.questions,
        attempts=row.attempts,
        quiz_passed=row.quiz_passed,
    )


def _find_state(row: ProgressRow, opening: Opening) -> DayState:
    if row.completed_at is not None:
        return DayState.COMPLETED
    return DayState.OPEN if opening.is_open else DayState.LOCKED
