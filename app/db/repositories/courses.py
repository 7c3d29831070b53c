"""Courses, as their authors change them."""

from collections.abc import Callable, Collection, Sequence

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import defer

from app.core.curriculum import ContentStatus
from app.core.errors import QuestboardError
from app.db.models import Course, CourseTask, QuizQuestion, Week
from app.db.repositories.base import rows_affected
from app.db.repositories.catalogue import CourseFilter, CourseReader

__all__ = ["CourseFilter", "CoursePart", "CourseReader", "CourseRepository"]

CoursePart = Week | CourseTask | QuizQuestion

_DRAFT = ContentStatus.DRAFT.value
_PUBLISHED = ContentStatus.PUBLISHED.value
_ARCHIVED = ContentStatus.ARCHIVED.value
_UNIQUE = (
    "uq_courses_slug",
    "uq_weeks_course_id_key",
    "uq_course_tasks_week_id_key",
    "uq_quiz_questions_course_task_id_key",
)

_COURSE_OF_WEEK = select(Week.course_id).where(Week.id == bindparam("part_id")).scalar_subquery()
_COURSE_OF_TASK = (
    select(CourseTask.course_id).where(CourseTask.id == bindparam("part_id")).scalar_subquery()
)
_COURSE_OF_QUESTION = (
    select(CourseTask.course_id)
    .join(QuizQuestion, QuizQuestion.course_task_id == CourseTask.id)
    .where(QuizQuestion.id == bindparam("part_id"))
    .scalar_subquery()
)
# Learners may enrol meanwhile: their foreign keys need no more than that the row stays.
_LOCKED = select(Course).with_for_update(key_share=True)
_LOCK_BY_SLUG = _LOCKED.where(Course.slug == bindparam("slug"))
_LOCK_BY_WEEK = _LOCKED.where(Course.id == _COURSE_OF_WEEK)
_LOCK_BY_TASK = _LOCKED.where(Course.id == _COURSE_OF_TASK)
_LOCK_BY_QUESTION = _LOCKED.where(Course.id == _COURSE_OF_QUESTION)

_WEEK = select(Week).where(Week.id == bindparam("week_id"), Week.status != _ARCHIVED)
_WEEKS = (
    select(Week)
    .where(Week.course_id == bindparam("course_id"), Week.status != _ARCHIVED)
    .order_by(Week.position, Week.id)
)
_LIVING_DAYS = (
    select(CourseTask)
    .join(Week, Week.id == CourseTask.week_id)
    .where(CourseTask.status != _ARCHIVED, Week.status != _ARCHIVED)
)
_TASK = _LIVING_DAYS.where(CourseTask.id == bindparam("task_id"))
_DAYS_OF_WEEK = (
    _LIVING_DAYS.where(CourseTask.week_id == bindparam("week_id"))
    .order_by(CourseTask.day, CourseTask.id)
    .options(defer(CourseTask.body, raiseload=True))
)
_DAYS_OF_COURSE = (
    select(CourseTask.week_id, CourseTask.day)
    .join(Week, Week.id == CourseTask.week_id)
    .where(
        CourseTask.course_id == bindparam("course_id"),
        CourseTask.status != _ARCHIVED,
        Week.status != _ARCHIVED,
    )
)
_QUESTION = (
    select(QuizQuestion)
    .join(CourseTask, CourseTask.id == QuizQuestion.course_task_id)
    .join(Week, Week.id == CourseTask.week_id)
    .where(
        QuizQuestion.id == bindparam("question_id"),
        QuizQuestion.status != _ARCHIVED,
        CourseTask.status != _ARCHIVED,
        Week.status != _ARCHIVED,
    )
)
_QUESTIONS = (
    select(QuizQuestion)
    .where(
        QuizQuestion.course_task_id == bindparam("task_id"),
        QuizQuestion.status != _ARCHIVED,
    )
    .order_by(QuizQuestion.position, QuizQuestion.id)
)
_KEYS_OF_WEEKS = select(Week.key).where(
    Week.course_id == bindparam("parent_id"), Week.key.in_(bindparam("keys", expanding=True))
)
_KEYS_OF_DAYS = select(CourseTask.key).where(
    CourseTask.week_id == bindparam("parent_id"),
    CourseTask.key.in_(bindparam("keys", expanding=True)),
)

# Drafts below something archived stay what they are: they would come to light when that is restored.
_OF_LIVING_WEEK = CourseTask.week_id.in_(
    select(Week.id).where(Week.course_id == bindparam("of_course"), Week.status != _ARCHIVED)
)
_LIVING_TASKS = select(CourseTask.id).where(
    CourseTask.course_id == bindparam("of_course"), CourseTask.status != _ARCHIVED, _OF_LIVING_WEEK
)
_PUBLISH_QUIZZES = (
    update(CourseTask)
    .where(
        CourseTask.id.in_(
            select(QuizQuestion.course_task_id).where(
                QuizQuestion.course_task_id.in_(_LIVING_TASKS), QuizQuestion.status == _DRAFT
            )
        )
    )
    .values(quiz_revision=CourseTask.quiz_revision + 1)
)
_PUBLISH_QUESTIONS = (
    update(QuizQuestion)
    .where(QuizQuestion.course_task_id.in_(_LIVING_TASKS), QuizQuestion.status == _DRAFT)
    .values(status=_PUBLISHED)
)
_PUBLISH_DAYS = (
    update(CourseTask)
    .where(
        CourseTask.course_id == bindparam("of_course"),
        CourseTask.status == _DRAFT,
        _OF_LIVING_WEEK,
    )
    .values(status=_PUBLISHED)
)
_PUBLISH_WEEKS = (
    update(Week)
    .where(Week.course_id == bindparam("of_course"), Week.status == _DRAFT)
    .values(status=_PUBLISHED)
)


class CourseRepository(CourseReader):
    """Writes courses. Lock the course first: one author changes it at a time."""

    async def lock(self, slug: str) -> Course | None:
        """The course, locked until the transaction ends."""
        return (await self._session.execute(_LOCK_BY_SLUG, {"slug": slug})).scalar_one_or_none()

    async def lock_by_week(self, week_id: int) -> Course | None:
        """The course of a week, locked until the transaction ends."""
        found = await self._session.execute(_LOCK_BY_WEEK, {"part_id": week_id})
        return found.scalar_one_or_none()

    async def lock_by_task(self, task_id: int) -> Course | None:
        """The course of a course task, locked until the transaction ends."""
        found = await self._session.execute(_LOCK_BY_TASK, {"part_id": task_id})
        return found.scalar_one_or_none()

    async def lock_by_question(self, question_id: int) -> Course | None:
        """The course of a question, locked until the transaction ends."""
        found = await self._session.execute(_LOCK_BY_QUESTION, {"part_id": question_id})
        return found.scalar_one_or_none()

    async def load_week(self, week_id: int) -> Week | None:
        """A week that is not archived, to be changed."""
        return (await self._session.execute(_WEEK, {"week_id": week_id})).scalar_one_or_none()

    async def load_weeks(self, course_id: int) -> Sequence[Week]:
        """The weeks of a course that are not archived, in order, to be changed."""
        found = await self._session.execute(_WEEKS, {"course_id": course_id})
        return found.scalars().all()

    async def load_task(self, task_id: int) -> CourseTask | None:
        """A course task that is not archived, nor its week, to be changed."""
        return (await self._session.execute(_TASK, {"task_id": task_id})).scalar_one_or_none()

    async def load_days(self, week_id: int) -> Sequence[CourseTask]:
        """The course tasks of a week that are not archived, by day, to be changed; without lessons."""
        found = await self._session.execute(_DAYS_OF_WEEK, {"week_id": week_id})
        return found.scalars().all()

    async def load_question(self, question_id: int) -> QuizQuestion | None:
        """A question that is not archived, nor what it is part of, to be changed."""
        found = await self._session.execute(_QUESTION, {"question_id": question_id})
        return found.scalar_one_or_none()

    async def load_questions(self, task_id: int) -> Sequence[QuizQuestion]:
        """The questions of a quiz that are not archived, in order, to be changed."""
        found = await self._session.execute(_QUESTIONS, {"task_id": task_id})
        return found.scalars().all()

    async def list_day_numbers(self, course_id: int) -> Sequence[tuple[int, int]]:
        """Week and day of each course task that is not archived, nor its week."""
        found = await self._session.execute(_DAYS_OF_COURSE, {"course_id": course_id})
        return [(week_id, day) for week_id, day in found]

    async def list_week_keys(self, course_id: int, keys: Collection[str]) -> Sequence[str]:
        """Which of the keys weeks of the course have, archived ones included."""
        parameters = {"parent_id": course_id, "keys": list(keys)}
        return (await self._session.execute(_KEYS_OF_WEEKS, parameters)).scalars().all()

    async def list_task_keys(self, week_id: int, keys: Collection[str]) -> Sequence[str]:
        """Which of the keys course tasks of the week have, archived ones included."""
        parameters = {"parent_id": week_id, "keys": list(keys)}
        return (await self._session.execute(_KEYS_OF_DAYS, parameters)).scalars().all()

    async def save(
        self,
        course: Course,
        part: CoursePart | None = None,
        *,
        taken: Callable[[], QuestboardError],
    ) -> None:
        """Write all that was changed of a course, and its new part if there is one.

        Raises:
            QuestboardError: ``taken``, the slug or the key is not free.
        """
        async with self._refusing(dict.fromkeys(_UNIQUE, taken)):
            self._session.add(course)
            if part is not None:
                self._session.add(part)

    async def erase(self, draft: Course | CoursePart) -> None:
        """Erase a draft and, by cascade, all that is below it."""
        await self._session.delete(draft)
        await self._session.flush()

    async def publish_parts(self, course_id: int) -> bool:
        """Publish all drafts within a course; whether there were any. Their quizzes count as changed."""
        count = 0
        for statement in (_PUBLISH_QUIZZES, _PUBLISH_QUESTIONS, _PUBLISH_DAYS, _PUBLISH_WEEKS):
            result = await self._session.execute(
                statement,
                {"of_course": course_id},
                execution_options={"synchronize_session": False},
            )
            count += rows_affected(result)
        return count > 0
