"""Whole curricula, for seeding, importing and exporting."""

from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import BindParameter, Executable, Select, Table, bindparam, exists, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from app.core.curriculum import ContentStatus
from app.core.errors import ConflictError
from app.db.models import Course, CourseTask, QuizQuestion, Week
from app.db.repositories.base import Repository
from app.game.rules import Difficulty

MAX_PARTS = 100_000
"""How many rows of a kind are read of a course, but for one more: nearly three times what the largest
course has. The rest are archived ones.
"""

Values = Mapping[str, Any]
"""A row by its columns."""


class _SlugTakenError(ConflictError):
    """Another course has the slug."""


class WeekRow(NamedTuple):
    """A week of a course."""

    id: int
    key: str
    position: int
    title: str
    milestone: str
    boss: str | None
    status: str


class TaskRow(NamedTuple):
    """A day's task."""

    id: int
    week_id: int
    key: str
    day: int
    title: str
    difficulty: Difficulty
    minutes: int
    pass_percent: int
    body: str
    status: str
    quiz_revision: int


class QuestionRow(NamedTuple):
    """A question of a quiz."""

    id: int
    course_task_id: int
    key: str
    position: int
    kind: str
    prompt: str
    body: dict[str, Any]
    explanation: str
    status: str
    revision: int


RowT = TypeVar("RowT", WeekRow, TaskRow, QuestionRow)

_ANY = select(exists(select(Course.id)))
_BY_SLUG = select(Course).where(Course.slug == bindparam("slug"))
# Learners may enrol meanwhile: their rows only refer to the course's key.
_BY_SLUG_LOCKED = _BY_SLUG.with_for_update(key_share=True).execution_options(populate_existing=True)
_OF_COURSE: BindParameter[int] = bindparam("course_id")
_STATUSES: BindParameter[Any] = bindparam("statuses", expanding=True)


def _select_rows(model: type[Any], row: type[RowT]) -> Select[Any]:
    """The columns of the row, of what has one of the statuses."""
    columns = [getattr(model, name) for name in row._fields]
    return select(*columns).where(model.status.in_(_STATUSES)).limit(MAX_PARTS + 1)


_WEEKS = (
    _select_rows(Week, WeekRow).where(Week.course_id == _OF_COURSE).order_by(Week.position, Week.id)
)
_TASKS = (
    _select_rows(CourseTask, TaskRow)
    .where(CourseTask.course_id == _OF_COURSE)
    .order_by(CourseTask.week_id, CourseTask.day, CourseTask.id)
)
_QUESTIONS = (
    _select_rows(QuizQuestion, QuestionRow)
    .join(CourseTask, CourseTask.id == QuizQuestion.course_task_id)
    .where(CourseTask.course_id == _OF_COURSE)
    .order_by(QuizQuestion.course_task_id, QuizQuestion.position, QuizQuestion.id)
)


class CurriculumReader(Repository):
    """Looks them up."""

    async def has_any(self) -> bool:
        """Whether there is any course, whatever its status."""
        return bool((await self._session.execute(_ANY)).scalar_one())

    async def get(self, slug: str) -> Course | None:
        """The course with this slug."""
        return (await self._session.execute(_BY_SLUG, {"slug": slug})).scalar_one_or_none()

    async def list_weeks(
        self, course_id: int, statuses: Collection[ContentStatus]
    ) -> Sequence[WeekRow]:
        """The weeks of a course that have one of the statuses, in order."""
        return await self._list(WeekRow, _WEEKS, course_id, statuses)

    async def list_tasks(
        self, course_id: int, statuses: Collection[ContentStatus]
    ) -> Sequence[TaskRow]:
        """The tasks of a course that have one of the statuses: by week, and there in order."""
        return await self._list(TaskRow, _TASKS, course_id, statuses)

    async def list_questions(
        self, course_id: int, statuses: Collection[ContentStatus]
    ) -> Sequence[QuestionRow]:
        """The questions of a course that have one of the statuses: by task, and there in order."""
        return await self._list(QuestionRow, _QUESTIONS, course_id, statuses)

    async def _list(
        self,
        row: type[RowT],
        statement: Executable,
        course_id: int,
        statuses: Collection[ContentStatus],
    ) -> Sequence[RowT]:
        parameters = {"course_id": course_id, "statuses": [str(status) for status in statuses]}
        return [row(*found) for found in await self._session.execute(statement, parameters)]


class CurriculumRepository(CurriculumReader):
    """Writes them. Parts are found by their keys: what is there is changed, what is not is added."""

    async def lock(self, slug: str) -> Course | None:
        """The course with this slug, locked until the transaction ends."""
        found = await self._session.execute(_BY_SLUG_LOCKED, {"slug": slug})
        return found.scalar_one_or_none()

    async def add(self, course: Course) -> bool:
        """Add a course, unless another has its slug; whether it was added.

        Another that is only about to be committed is waited for.
        """
        try:
            async with self._refusing({"uq_courses_slug": _SlugTakenError}):
                self._session.add(course)
        except _SlugTakenError:
            return False
        return True

    async def save(self, course: Course) -> None:
        """Write a changed course."""
        self._session.add(course)
        await self._session.flush()

    async def save_weeks(self, rows: Sequence[Values]) -> Mapping[str, int]:
        """Write weeks of one course, whole rows without ids; their ids by their keys."""
        found = await self._save(Week, ("course_id", "key"), rows)
        return {key: id_ for id_, _, key in found}

    async def save_tasks(self, rows: Sequence[Values]) -> Mapping[tuple[int, str], int]:
        """Write tasks, whole rows without ids; their ids by week and key."""
        found = await self._save(CourseTask, ("week_id", "key"), rows)
        return {(week_id, key): id_ for id_, week_id, key in found}

    async def save_questions(self, rows: Sequence[Values]) -> None:
        """Write questions, whole rows without ids."""
        await self._save(QuizQuestion, ("course_task_id", "key"), rows)

    async def _save(
        self, model: type[Any], key: tuple[str, str], rows: Sequence[Values]
    ) -> Sequence[Any]:
        """One statement for a thousand rows, whether they are there already or not."""
        if not rows:
            return []
        statement = _upsert(model.__table__, key, self._session.get_bind().dialect.name)
        return (await self._session.execute(statement, [dict(row) for row in rows])).all()


@cache
def _upsert(table: Table, key: tuple[str, str], dialect: str) -> Executable:
    insert = postgresql_insert if dialect == "postgresql" else sqlite_insert
    statement = insert(table)
    changes = {
        column.name: statement.excluded[column.name]
        for column in table.columns
        if column.name != "id" and column.name not in key
    }
    # What is returned lets SQLAlchemy write many rows with one statement, instead of one after another.
    return statement.on_conflict_do_update(index_elements=key, set_=changes).returning(
        table.c.id, *(table.c[name] for name in key)
    )
