"""Writing the weeks of a course."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.core.clock import Clock
from app.core.curriculum import MAX_WEEKS, ContentStatus
from app.db.models import Course, Week
from app.db.unit_of_work import UnitOfWork
from app.services.authoring import (
    Changes,
    apply_changes,
    find_place,
    move_to,
    offer_keys,
    take_key,
    touch,
)
from app.services.course_errors import (
    CourseIncompleteError,
    CourseNotFoundError,
    KeyTakenError,
    TooManyPartsError,
    WeekNotFoundError,
)


@dataclass(frozen=True, slots=True)
class WeekView:
    """A week; ``position`` is its place, from 1, among those of the course that are not archived."""

    id: int
    key: str
    position: int
    title: str
    milestone: str
    boss: str | None
    status: str


class WeekAuthoring:
    """Writes weeks, for any author."""

    def __init__(self, uow: UnitOfWork, clock: Clock) -> None:
        self._uow = uow
        self._clock = clock

    async def add(self, slug: str, key: str | None, given: Changes) -> WeekView:
        """Add a week at the end of a course, as a draft.

        Raises:
            CourseNotFoundError: no such course.
            KeyTakenError: another week has the key, maybe an archived one.
            TooManyPartsError: the course has all the weeks it can have.
        """
        course = await self._uow.courses.lock(slug)
        if course is None:
            raise CourseNotFoundError
        weeks = await self._uow.courses.load_weeks(course.id)
        if len(weeks) >= MAX_WEEKS:
            raise TooManyPartsError(f"A course has at most {MAX_WEEKS} weeks.")
        _number(weeks)
        place = len(weeks) + 1
        week = Week(
            course_id=course.id,
            key=key or await self._find_free_key(course.id, place),
            position=place,
            status=ContentStatus.DRAFT.value,
            **given,
        )
        await self._save(course, week)
        return _show(week, place)

    async def update(self, week_id: int, changes: Changes, place: int | None) -> WeekView:
        """Change what is given of a week, and put it at ``place`` if that is given.

        Raises:
            WeekNotFoundError: no such week.
        """
        course, weeks, week = await self._lock(week_id)
        moved = move_to(weeks, week, place)
        is_moved = moved != weeks
        if is_moved:
            _number(moved)
        if apply_changes(week, changes) or is_moved:
            await self._save(course)
        return _show(week, find_place(moved, week))

    async def delete(self, week_id: int) -> None:
        """Erase a draft; archive what learners may have seen.

        Raises:
            WeekNotFoundError: no such week.
            CourseIncompleteError: it is the last week that a published course shows.
        """
        course, weeks, week = await self._lock(week_id)
        if week.status == ContentStatus.DRAFT:
            await self._uow.courses.erase(week)
        else:
            published = [other for other in weeks if other.status == ContentStatus.PUBLISHED]
            if course.status == ContentStatus.PUBLISHED and published == [week]:
                raise CourseIncompleteError("It is the only week: archive the course instead.")
            week.status = ContentStatus.ARCHIVED.value
        await self._save(course)

    async def _lock(self, week_id: int) -> tuple[Course, Sequence[Week], Week]:
        course = await self._uow.courses.lock_by_week(week_id)
        if course is None:
            raise WeekNotFoundError
        weeks = await self._uow.courses.load_weeks(course.id)
        for week in weeks:
            if week.id == week_id:
                return course, weeks, week
        raise WeekNotFoundError

    async def _save(self, course: Course, new: Week | None = None) -> None:
        touch(course, self._clock.now())
        await self._uow.courses.save(course, new, taken=KeyTakenError)

    async def _find_free_key(self, course_id: int, place: int) -> str:
        offered = offer_keys(f"week-{place:02}")
        return take_key(offered, await self._uow.courses.list_week_keys(course_id, offered))


def _number(weeks: Sequence[Week]) -> None:
    for place, week in enumerate(weeks, 1):
        week.position = place


def _show(week: Week, place: int) -> WeekView:
    return WeekView(
        id=week.id,
        key=week.key,
        position=place,
        title=week.title,
        milestone=week.milestone,
        boss=week.boss,
        status=week.status,
    )
