"""Showing lessons."""

import asyncio
from dataclasses import dataclass
from datetime import date, datetime

from app.core.clock import Clock
from app.core.curriculum import ContentStatus
from app.db.repositories.learning_rows import DayRow
from app.db.unit_of_work import ReadUnitOfWork
from app.game.rules import Difficulty
from app.services.course_days import load_open_day
from app.services.course_errors import CourseTaskNotFoundError
from app.services.curriculum.markdown import render_markdown
from app.services.principal import Principal


@dataclass(frozen=True, slots=True)
class LessonView:
    """A lesson, in Markdown and as HTML that is safe to show."""

    id: int
    course: str
    week_id: int
    week_title: str
    day: int
    title: str
    difficulty: Difficulty
    minutes: int
    status: str
    body: str
    body_html: str
    questions: int
    pass_percent: int
    quiz_passed: bool
    completed: bool
    completed_at: datetime | None


class LessonService:
    """Shows lessons. Nothing here writes."""

    def __init__(self, uow: ReadUnitOfWork, clock: Clock) -> None:
        self._uow = uow
        self._clock = clock

    async def get(self, principal: Principal, task_id: int) -> LessonView:
        """A lesson of a course that the caller takes. Authors may read every lesson, drafts too.

        Raises:
            CourseTaskNotFoundError: no such lesson.
            NotEnrolledError: the caller does not take the course.
            NotOpenError: its day is not open yet.
        """
        if principal.may_author:
            row = await self._uow.learning.get_day(principal.user_id, task_id)
            if row is None or ContentStatus.ARCHIVED in (row.status, row.week_status):
                raise CourseTaskNotFoundError
        else:
            today = self._today(principal)
            row = (await load_open_day(self._uow, principal.user_id, task_id, today)).row
        body = await self._uow.learning.get_body(task_id)
        if body is None:  # a draft that was erased between the two looks
            raise CourseTaskNotFoundError
        return _show_lesson(row, body, await asyncio.to_thread(render_markdown, body))

    def _today(self, principal: Principal) -> date:
        return principal.calendar.day_of(self._clock.now())


def _show_lesson(row: DayRow, body: str, body_html: str) -> LessonView:
    return LessonView(
        id=row.id,
        course=row.slug,
        week_id=row.week_id,
        week_title=row.week_title,
        day=row.day,
        title=row.title,
        difficulty=row.difficulty,
        minutes=row.minutes,
        status=_find_status(row),
        body=body,
        body_html=body_html,
        questions=row.questions,
        pass_percent=row.pass_percent,
        quiz_passed=row.quiz_passed,
        completed=row.completed_at is not None,
        completed_at=row.completed_at,
    )


def _find_status(row: DayRow) -> ContentStatus:
    """That of the day or, if it is hidden by what it is part of, of that."""
    statuses = (row.status, row.week_status, row.course_status)
    if ContentStatus.DRAFT in statuses:
        return ContentStatus.DRAFT
    # An archived course goes on for those who take it; an archived week does not.
    return ContentStatus.ARCHIVED if ContentStatus.ARCHIVED in statuses else ContentStatus.PUBLISHED
