"""From the database back to a definition."""

from collections.abc import Collection, Mapping, Sequence

from app.core.curriculum import DAYS_IN_WEEK, ContentStatus
from app.db.models import Course
from app.db.repositories.curricula import MAX_PARTS, QuestionRow, TaskRow, WeekRow
from app.db.unit_of_work import ReadUnitOfWork
from app.schemas.curriculum import (
    CourseDefinition,
    DayDefinition,
    Question,
    WeekDefinition,
    default_question_key,
)
from app.services.course_errors import (
    CourseIncompleteError,
    CourseNotFoundError,
    TooManyPartsError,
)
from app.services.curriculum.parts import COURSE_FIELDS, TASK_FIELDS, take_fields
from app.services.curriculum.questions import read_question

_PUBLISHED = (ContentStatus.PUBLISHED,)
_NOT_ARCHIVED = (ContentStatus.DRAFT, ContentStatus.PUBLISHED)


class CurriculumReadService:
    """Gives whole courses as definitions. Open it over a snapshot: it asks more than once."""

    def __init__(self, uow: ReadUnitOfWork) -> None:
        self._uow = uow

    async def read(self, slug: str) -> CourseDefinition:
        """The published parts of the course; of one never published all that is not archived.

        Keys that questions would have anyway are left out, as in the files.

        Raises:
            CourseNotFoundError: there is no such course.
            CourseIncompleteError: it has no weeks, or one of them has not just the days 1 to 7.
            TooManyPartsError: it holds more than can be read.
        """
        course = await self._uow.curricula.get(slug)
        if course is None:
            raise CourseNotFoundError
        wanted = _NOT_ARCHIVED if course.published_at is None else _PUBLISHED
        return await self._build(course, wanted)

    async def _build(self, course: Course, wanted: Collection[ContentStatus]) -> CourseDefinition:
        weeks = await self._uow.curricula.list_weeks(course.id, wanted)
        tasks = await self._uow.curricula.list_tasks(course.id, wanted)
        questions = await self._uow.curricula.list_questions(course.id, wanted)
        if max(len(weeks), len(tasks), len(questions)) > MAX_PARTS:
            raise TooManyPartsError
        if not weeks:
            raise CourseIncompleteError("The course has no weeks.")
        of_task: dict[int, list[Question]] = {}
        for question in questions:
            of_task.setdefault(question.course_task_id, []).append(_define_question(question))
        of_week: dict[int, list[TaskRow]] = {}
        for task in tasks:
            of_week.setdefault(task.week_id, []).append(task)
        return CourseDefinition(
            slug=course.slug,
            weeks=tuple(_define_week(week, of_week.get(week.id, []), of_task) for week in weeks),
            **take_fields(course, COURSE_FIELDS),
        )


def _define_week(
    week: WeekRow, tasks: Sequence[TaskRow], questions: Mapping[int, Sequence[Question]]
) -> WeekDefinition:
    if [task.day for task in tasks] != list(range(1, DAYS_IN_WEEK + 1)):
        days = ", ".join(str(task.day) for task in tasks) or "none"
        raise CourseIncompleteError(
            f"A week has the days 1 to {DAYS_IN_WEEK}; the week {week.key!r} has {days}."
        )
    return WeekDefinition(
        key=week.key,
        title=week.title,
        milestone=week.milestone,
        boss=week.boss,
        days=tuple(
            DayDefinition(
                key=task.key,
                questions=tuple(questions.get(task.id, ())),
                **take_fields(task, TASK_FIELDS),
            )
            for task in tasks
        ),
    )


def _define_question(row: QuestionRow) -> Question:
    question = read_question(row)
    if row.key != default_question_key(row.kind, row.prompt):
        return question
    return question.model_copy(update={"key": None})
