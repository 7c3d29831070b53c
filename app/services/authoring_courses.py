"""Writing courses: making, renaming, publishing and archiving them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from app.core.clock import Clock
from app.core.curriculum import DAYS_IN_WEEK, ContentStatus
from app.db.models import Course, Week
from app.db.repositories.course_rows import CatalogueRow
from app.db.unit_of_work import UnitOfWork
from app.services.authoring import Changes, apply_changes, touch
from app.services.catalogue import CourseTree, show_tree_to_authors
from app.services.course_errors import (
    CourseIncompleteError,
    CourseNotFoundError,
    SlugTakenError,
)


class CourseAuthoring:
    """Writes courses, for any author."""

    def __init__(self, uow: UnitOfWork, clock: Clock) -> None:
        self._uow = uow
        self._clock = clock

    async def create(self, given: Changes) -> CatalogueRow:
        """Add a course without weeks: a draft.

        Raises:
            SlugTakenError: another course has the slug.
        """
        now = self._clock.now()
        course = Course(
            **given,
            status=ContentStatus.DRAFT.value,
            revision=1,
            published_at=None,
            created_at=now,
            updated_at=now,
        )
        await self._uow.courses.save(course, taken=SlugTakenError)
        return await self._uow.courses.get_item(course.id)

    async def update(self, slug: str, changes: Changes) -> CatalogueRow:
        """Change what is given of a course itself, at once for everybody who sees it.

        Raises:
            CourseNotFoundError: no such course.
            SlugTakenError: another course has the new slug.
        """
        course = await self._lock(slug)
        await self._change(course, changes)
        return await self._uow.courses.get_item(course.id)

    async def delete(self, slug: str) -> None:
        """Erase what never was published; archive what learners may have seen.

        Raises:
            CourseNotFoundError: no such course.
        """
        course = await self._lock(slug)
        if course.published_at is None:
            await self._uow.courses.erase(course)
        else:
            await self._change(course, {"status": ContentStatus.ARCHIVED.value})

    async def publish(self, slug: str) -> CourseTree:
        """Publish a course (again) with all drafts in it. Where there is nothing to publish nothing changes.

        Raises:
            CourseNotFoundError: no such course.
            CourseIncompleteError: it has no weeks, or one that has not the days 1 to 7.
        """
        course = await self._lock(slug)
        await self._require_complete(course)
        had_drafts = await self._uow.courses.publish_parts(course.id)
        changes = {
            "status": ContentStatus.PUBLISHED.value,
            "published_at": course.published_at or self._clock.now(),
        }
        await self._change(course, changes, is_changed=had_drafts)
        return await show_tree_to_authors(self._uow, slug)

    async def archive(self, slug: str) -> CourseTree:
        """Take a course out of the catalogue. Who is enrolled goes on.

        Raises:
            CourseNotFoundError: no such course.
        """
        course = await self._lock(slug)
        await self._change(course, {"status": ContentStatus.ARCHIVED.value})
        return await show_tree_to_authors(self._uow, slug)

    async def _lock(self, slug: str) -> Course:
        course = await self._uow.courses.lock(slug)
        if course is None:
            raise CourseNotFoundError
        return course

    async def _change(self, course: Course, changes: Changes, *, is_changed: bool = False) -> None:
        if apply_changes(course, changes) or is_changed:
            touch(course, self._clock.now())
            await self._uow.courses.save(course, taken=SlugTakenError)

    async def _require_complete(self, course: Course) -> None:
        weeks = await self._uow.courses.load_weeks(course.id)
        if not weeks:
            raise CourseIncompleteError("The course has no weeks.")
        days: defaultdict[int, set[int]] = defaultdict(set)
        for week_id, day in await self._uow.courses.list_day_numbers(course.id):
            days[week_id].add(day)
        for week in weeks:
            missing = set(range(1, DAYS_IN_WEEK + 1)) - days[week.id]
            if missing:
                raise CourseIncompleteError(_describe_gap(week, missing))


def _describe_gap(week: Week, missing: Iterable[int]) -> str:
    numbers: Sequence[str] = [str(day) for day in sorted(missing)]
    days = "day" if len(numbers) == 1 else "days"
    return f'The week "{week.key}" lacks {days} {", ".join(numbers)}.'
