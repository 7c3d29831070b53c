"""Definitions with a part changed, and what the database holds of a course."""

from typing import Any

from sqlalchemy import select

from app.db.models import Course, CourseTask, QuizQuestion, Week
from app.db.session import Database
from app.schemas.curriculum import CourseDefinition, DayDefinition, Question
from app.services.curriculum.archive import write_archive
from app.services.curriculum.writer import write_course

Row = dict[str, Any]


def change_week(course: CourseDefinition, week: int, **fields: Any) -> CourseDefinition:
    """The course with fields of a week (counted from 1) changed."""
    weeks = list(course.weeks)
    weeks[week - 1] = weeks[week - 1].model_copy(update=fields)
    return course.model_copy(update={"weeks": tuple(weeks)})


def change_day(course: CourseDefinition, week: int, day: int, **fields: Any) -> CourseDefinition:
    """The course with fields of a day changed."""
    days: list[DayDefinition] = list(course.weeks[week - 1].days)
    days[day - 1] = days[day - 1].model_copy(update=fields)
    return change_week(course, week, days=tuple(days))


def change_question(
    course: CourseDefinition, week: int, day: int, number: int, **fields: Any
) -> CourseDefinition:
    """The course with fields of a question changed."""
    questions: list[Question] = list(course.weeks[week - 1].days[day - 1].questions)
    questions[number - 1] = questions[number - 1].model_copy(update=fields)
    return change_day(course, week, day, questions=tuple(questions))


def pack(course: CourseDefinition) -> bytes:
    """The course as an archive."""
    return write_archive(write_course(course), course.slug)


async def list_parts(database: Database, slug: str = "python") -> dict[str, Row]:
    """All rows of a course, by the keys that lead to them; the course itself by its slug."""
    statement = (
        select(Course, Week, CourseTask, QuizQuestion)
        .outerjoin(Week, Week.course_id == Course.id)
        .outerjoin(CourseTask, CourseTask.week_id == Week.id)
        .outerjoin(QuizQuestion, QuizQuestion.course_task_id == CourseTask.id)
        .where(Course.slug == slug)
        .execution_options(populate_existing=True)
    )
    found: dict[str, Row] = {}
    async with database.reading() as uow:
        for course, week, task, question in await uow._session.execute(statement):
            found[slug] = _columns(course)
            parts = [part for part in (week, task, question) if part is not None]
            for end, part in enumerate(parts, 1):
                found["/".join(part.key for part in parts[:end])] = _columns(part)
    return found


def _columns(part: Any) -> Row:
    return {column.name: getattr(part, column.name) for column in part.__table__.columns}
