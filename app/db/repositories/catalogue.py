"""Courses to be shown: the catalogue, the tree of a course, and its questions for their authors."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from sqlalchemy import BindParameter, ColumnElement, bindparam, func, select

from app.core.curriculum import MAX_QUESTIONS, ContentStatus
from app.db.direct import Direct
from app.db.functions import JsonArrayHas
from app.db.models import Course, CourseTask, QuizQuestion, Week
from app.db.repositories.base import Repository
from app.db.repositories.course_rows import (
    CatalogueRow,
    CourseHead,
    DayLine,
    QuestionLine,
    WeekLine,
)

_PUBLISHED = ContentStatus.PUBLISHED.value
_ARCHIVED = ContentStatus.ARCHIVED.value


@dataclass(frozen=True, slots=True)
class CourseFilter:
    """Which courses to list; None means any, but for the status: published ones."""

    status: ContentStatus | None = None
    language: str | None = None
    tag: str | None = None
    search: str | None = None


_STATUSES: BindParameter[str] = bindparam("statuses", expanding=True)
_PUBLISHED_WEEKS = (
    select(func.count())
    .where(Week.course_id == Course.id, Week.status == _PUBLISHED)
    .correlate(Course)
    .scalar_subquery()
)
_PUBLISHED_DAYS = (
    select(func.count())
    .select_from(CourseTask)
    .join(Week, Week.id == CourseTask.week_id)
    .where(
        CourseTask.course_id == Course.id,
        CourseTask.status == _PUBLISHED,
        Week.status == _PUBLISHED,
    )
    .correlate(Course)
    .scalar_subquery()
)
_ITEM = select(
    Course.id,
    Course.slug,
    Course.title,
    Course.summary,
    Course.language,
    Course.pacing,
    Course.tags,
    Course.status,
    _PUBLISHED_WEEKS,
    _PUBLISHED_DAYS,
    Course.revision,
    Course.updated_at,
)
_ITEM_BY_ID = Direct(_ITEM.where(Course.id == bindparam("course_id")), CatalogueRow)
_ESCAPE = "/"
_CONDITIONS: Mapping[str, ColumnElement[bool]] = {
    "language": Course.language == bindparam("language"),
    "tag": JsonArrayHas(Course.tags, bindparam("tag", type_=Course.title.type)),
    "search": Course.title.icontains(bindparam("search"), escape=_ESCAPE),
}
_HEAD = Direct(
    select(
        Course.id,
        Course.slug,
        Course.title,
        Course.summary,
        Course.language,
        Course.pacing,
        Course.tags,
        Course.status,
        Course.revision,
        Course.published_at,
        Course.updated_at,
    ).where(Course.slug == bindparam("slug")),
    CourseHead,
)
_WEEKS = (
    select(Week.id, Week.key, Week.title, Week.milestone, Week.boss, Week.status)
    .where(Week.course_id == bindparam("course_id"), Week.status.in_(_STATUSES))
    .order_by(Week.position, Week.id)
)
# A count for each day by the index of its questions. Joining one count of the whole course took
# PostgreSQL ten times as long: without statistics it looks through all questions for each day.
_QUESTIONS_OF_DAY = (
    select(func.count())
    .where(QuizQuestion.course_task_id == CourseTask.id, QuizQuestion.status.in_(_STATUSES))
    .correlate(CourseTask)
    .scalar_subquery()
)
_DAYS = (
    select(
        CourseTask.week_id,
        CourseTask.id,
        CourseTask.key,
        CourseTask.day,
        CourseTask.title,
        CourseTask.difficulty,
        CourseTask.minutes,
        CourseTask.pass_percent,
        CourseTask.status,
        _QUESTIONS_OF_DAY,
    )
    .where(CourseTask.course_id == bindparam("course_id"), CourseTask.status.in_(_STATUSES))
    .order_by(CourseTask.day, CourseTask.id)
)
_TASK_ID = (
    select(CourseTask.id)
    .join(Week, Week.id == CourseTask.week_id)
    .where(
        CourseTask.id == bindparam("task_id"),
        CourseTask.status != _ARCHIVED,
        Week.status != _ARCHIVED,
    )
)
_QUESTIONS = (
    select(
        QuizQuestion.id,
        QuizQuestion.course_task_id,
        QuizQuestion.key,
        QuizQuestion.kind,
        QuizQuestion.prompt,
        QuizQuestion.body,
        QuizQuestion.explanation,
        QuizQuestion.status,
        QuizQuestion.revision,
    )
    .where(QuizQuestion.course_task_id == bindparam("task_id"), QuizQuestion.status != _ARCHIVED)
    .order_by(QuizQuestion.position, QuizQuestion.id)
    .limit(MAX_QUESTIONS)
)


class CourseReader(Repository):
    """Looks courses up. ``statuses`` are those of the parts that the reader sees."""

    async def list_page(
        self, wanted: CourseFilter, before_id: int, count: int
    ) -> Sequence[CatalogueRow]:
        """At most ``count`` courses with a smaller id than ``before_id``, newest first."""
        filters = {
            name: value for name in _CONDITIONS if (value := getattr(wanted, name)) is not None
        }
        statement = _make_page(frozenset(filters))
        if wanted.search is not None:
            filters["search"] = _escape(wanted.search)
        status = str(wanted.status or _PUBLISHED)
        parameters = {"status": status, "before_id": before_id, "count": count, **filters}
        return await statement.fetch(self._session, parameters)

    async def get_item(self, course_id: int) -> CatalogueRow:
        """A course that is there, as the catalogue lists it."""
        (row,) = await _ITEM_BY_ID.fetch(self._session, {"course_id": course_id})
        return row

    async def get_head(self, slug: str) -> CourseHead | None:
        """The course with this slug, whatever its status."""
        return await _HEAD.fetch_one(self._session, {"slug": slug})

    async def list_weeks(self, course_id: int, statuses: Collection[str]) -> Sequence[WeekLine]:
        """The weeks of a course, in order."""
        parameters = {"course_id": course_id, "statuses": list(statuses)}
        return [WeekLine(*row) for row in await self._session.execute(_WEEKS, parameters)]

    async def list_days(self, course_id: int, statuses: Collection[str]) -> Sequence[DayLine]:
        """The days of all weeks of a course, by their numbers."""
        parameters = {"course_id": course_id, "statuses": list(statuses)}
        return [DayLine(*row) for row in await self._session.execute(_DAYS, parameters)]

    async def has_task(self, task_id: int) -> bool:
        """Whether there is such a course task that is not archived, nor its week."""
        found = await self._session.execute(_TASK_ID, {"task_id": task_id})
        return found.one_or_none() is not None

    async def list_questions(self, task_id: int) -> Sequence[QuestionLine]:
        """The questions of a quiz that are not archived, in order, with the right answers."""
        found = await self._session.execute(_QUESTIONS, {"task_id": task_id})
        return [QuestionLine(*row) for row in found]


@cache
def _make_page(filters: frozenset[str]) -> Direct[CatalogueRow]:
    return Direct(
        _ITEM.where(
            Course.status == bindparam("status"),
            Course.id < bindparam("before_id"),
            *(_CONDITIONS[name] for name in sorted(filters)),
        )
        .order_by(Course.id.desc())
        .limit(bindparam("count")),
        CatalogueRow,
    )


def _escape(text: str) -> str:
    for special in (_ESCAPE, "%", "_"):
        text = text.replace(special, _ESCAPE + special)
    return text
