"""The catalogue of courses, and the tree of each."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass

from app.core.curriculum import ContentStatus
from app.core.listing import Page
from app.db.repositories.course_rows import CatalogueRow, CourseHead, DayLine, WeekLine
from app.db.repositories.courses import CourseFilter
from app.db.unit_of_work import ReadUnitOfWork
from app.services.course_errors import AuthorRequiredError, CourseNotFoundError
from app.services.paging import cut_page, decode_id, encode_cursor
from app.services.principal import Principal

__all__ = [
    "CatalogueRow",
    "CatalogueService",
    "CourseFilter",
    "CourseTree",
    "WeekTree",
    "show_tree_to_authors",
]

_COURSES = "courses"
_NEWEST = 2**63 - 1
_SEEN_BY_LEARNERS = (ContentStatus.PUBLISHED.value,)
_SEEN_BY_AUTHORS = (ContentStatus.DRAFT.value, ContentStatus.PUBLISHED.value)


@dataclass(frozen=True, slots=True)
class WeekTree(WeekLine):
    """A week with its days; ``position`` is its place, from 1, among those that are shown."""

    position: int
    days: Sequence[DayLine]


@dataclass(frozen=True, slots=True)
class CourseTree(CourseHead):
    """A course with its weeks, in order."""

    weeks: Sequence[WeekTree]


class CatalogueService:
    """Shows courses: published ones to everybody, drafts to authors."""

    def __init__(self, uow: ReadUnitOfWork) -> None:
        self._uow = uow

    async def list_page(
        self, principal: Principal, wanted: CourseFilter, limit: int, cursor: str | None
    ) -> Page[CatalogueRow]:
        """A page of the catalogue, newest first.

        Raises:
            AuthorRequiredError: only authors may ask for drafts and archived courses.
            BadCursorError: the cursor is not one of this list.
        """
        asks_for_hidden = wanted.status not in {None, ContentStatus.PUBLISHED}
        if asks_for_hidden and not principal.may_author:
            raise AuthorRequiredError
        before_id = decode_id(_COURSES, cursor, _NEWEST)
        rows = await self._uow.courses.list_page(wanted, before_id, limit + 1)
        return cut_page(rows, limit, lambda row: row, lambda row: encode_cursor(_COURSES, [row.id]))

    async def find(self, principal: Principal, slug: str) -> CourseHead:
        """A course without its parts. What was archived can still be read by everybody.

        Raises:
            CourseNotFoundError: no such course, or one that never was published and the caller no author.
        """
        course = await self._uow.courses.get_head(slug)
        if course is None or not (principal.may_author or _was_published(course)):
            raise CourseNotFoundError
        return course

    async def show_tree(self, principal: Principal, course: CourseHead) -> CourseTree:
        """The weeks and days of a course that ``find`` gave; archived ones are left out."""
        statuses = _SEEN_BY_AUTHORS if principal.may_author else _SEEN_BY_LEARNERS
        return await _grow(self._uow, course, statuses)


async def show_tree_to_authors(uow: ReadUnitOfWork, slug: str) -> CourseTree:
    """The tree of a course that was just changed.

    Raises:
        CourseNotFoundError: no such course.
    """
    course = await uow.courses.get_head(slug)
    if course is None:
        raise CourseNotFoundError
    return await _grow(uow, course, _SEEN_BY_AUTHORS)


def _was_published(course: CourseHead) -> bool:
    return course.status != ContentStatus.DRAFT and course.published_at is not None


async def _grow(uow: ReadUnitOfWork, course: CourseHead, statuses: Collection[str]) -> CourseTree:
    weeks = await uow.courses.list_weeks(course.id, statuses)
    days: dict[int, list[DayLine]] = {week.id: [] for week in weeks}
    for day in await uow.courses.list_days(course.id, statuses):
        if day.week_id in days:  # not those of an archived week
            days[day.week_id].append(day)
    grown = [
        WeekTree(**asdict(week), position=position, days=days[week.id])
        for position, week in enumerate(weeks, 1)
    ]
    return CourseTree(**asdict(course), weeks=grown)
