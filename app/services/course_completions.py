"""Completing and undoing the days of courses."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.core.clock import Clock
from app.db.models import CourseTaskCompletion
from app.db.repositories.learning_rows import DayRow, WeekRow
from app.db.unit_of_work import UnitOfWork
from app.game.activity import ActivityKind, Source, SourceType
from app.services.course_days import (
    count_with,
    is_course_done,
    is_live,
    is_week_done,
    list_stages,
    load_open_day,
)
from app.services.course_errors import (
    CourseTaskNotFoundError,
    NotEnrolledError,
    QuizNotPassedError,
)
from app.services.outcome_view import OutcomeView
from app.services.play import PlayService
from app.services.principal import Principal
from app.services.turn import Fight, Turn


@dataclass(frozen=True, slots=True)
class CompletedDay:
    """A day as it is now, and how far its week and its course are."""

    id: int
    course: str
    week_id: int
    day: int
    title: str
    completed: bool
    completed_at: datetime | None
    week_done: bool
    course_done: bool
    days: int
    days_completed: int
    percent: int


@dataclass(frozen=True, slots=True)
class DayCompletion:
    """The day as it is now, and what that did to the player."""

    task: CompletedDay
    outcome: OutcomeView


class CourseCompletionService:
    """Completes and undoes; a repeat changes nothing and says so by a zero outcome.

    Both methods raise ``CourseTaskNotFoundError`` and ``NotEnrolledError``.
    """

    def __init__(self, uow: UnitOfWork, clock: Clock) -> None:
        self._uow = uow
        self._play = PlayService(uow, clock)

    async def complete(self, principal: Principal, task_id: int) -> DayCompletion:
        """Complete a day, with what that finishes: its week, its course.

        Raises:
            NotOpenError: the day is not open yet.
            QuizNotPassedError: its quiz has to be passed before.
        """
        turn = await self._play.begin(principal, Fight.STRIKE)
        day = await load_open_day(self._uow, turn.user_id, task_id, turn.today)
        if day.row.completed_at is not None:
            return self._answer(turn, day.row, day.weeks, day.row.completed_at)
        if day.row.questions and not day.row.quiz_passed:
            raise QuizNotPassedError
        weeks = count_with(day.weeks, day.row.week_id, 1)
        outcome = await self._play.complete(
            turn,
            day.source,
            day.row.difficulty,
            kind=ActivityKind.COURSE_TASK_COMPLETED,
            stages=await list_stages(self._uow, turn.user_id, day.row, weeks),
            place=day.place,
        )
        await self._uow.learning.add_completion(
            CourseTaskCompletion(
                user_id=turn.user_id,
                course_task_id=day.row.id,
                course_id=day.row.course_id,
                completed_at=turn.now,
            )
        )
        return self._answer(turn, day.row, weeks, turn.now, outcome)

    async def undo(self, principal: Principal, task_id: int) -> DayCompletion:
        """Take a completion back, with all that it gave; also of a day that was archived since.

        A milestone or a course that is no longer met without it is taken back as well. What was
        opened stays open, and the quiz stays passed.
        """
        turn = await self._play.begin(principal, Fight.HEAL)
        row = await self._uow.learning.get_day(turn.user_id, task_id)
        if row is None or (row.completed_at is None and not is_live(row)):
            raise CourseTaskNotFoundError
        if row.completed_at is None and row.enrolled_on is None:
            raise NotEnrolledError
        weeks = await self._uow.learning.list_weeks(turn.user_id, row.course_id)
        if row.completed_at is None:
            return self._answer(turn, row, weeks, None)
        # A day that was archived is not among those that its week counts.
        weeks = count_with(weeks, row.week_id, -1) if is_live(row) else weeks
        outcome = await self._play.undo(
            turn,
            Source(SourceType.COURSE_TASK, str(row.id)),
            await list_stages(self._uow, turn.user_id, row, weeks),
        )
        await self._uow.learning.delete_completion(turn.user_id, row.id)
        return self._answer(turn, row, weeks, None, outcome)

    def _answer(
        self,
        turn: Turn,
        row: DayRow,
        weeks: Sequence[WeekRow],
        completed_at: datetime | None,
        outcome: OutcomeView | None = None,
    ) -> DayCompletion:
        days = sum(week.days for week in weeks)
        completed = sum(week.completed for week in weeks)
        task = CompletedDay(
            id=row.id,
            course=row.slug,
            week_id=row.week_id,
            day=row.day,
            title=row.title,
            completed=completed_at is not None,
            completed_at=completed_at,
            week_done=is_week_done(weeks, row.week_id),
            course_done=is_course_done(weeks),
            days=days,
            days_completed=completed,
            percent=percent_of(completed, days),
        )
        return DayCompletion(task, outcome or self._play.show_rest(turn))


def percent_of(completed: int, days: int) -> int:
    """Days completed / days, in whole per cent, rounded down."""
    return completed * 100 // days if days else 0
