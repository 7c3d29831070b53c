"""Taking courses, and leaving them."""

from dataclasses import dataclass
from datetime import date, datetime

from app.core.clock import Clock
from app.core.curriculum import ContentStatus, ReviewScope
from app.core.listing import Page
from app.db.models import Enrollment
from app.db.repositories.learning_rows import CourseRow, TakenCourseRow
from app.db.unit_of_work import ReadUnitOfWork, UnitOfWork
from app.services.course_completions import percent_of
from app.services.course_errors import (
    CourseArchivedError,
    CourseNotFoundError,
    NotEnrolledError,
)
from app.services.paging import NEWEST, cut_page, decode_id, encode_cursor
from app.services.principal import Principal

_TAKEN = "taken"


@dataclass(frozen=True, slots=True)
class EnrollmentView:
    """That somebody takes a course. ``enrolled_on`` is the learner's local date of that time."""

    course: str
    pacing: str
    review: str
    enrolled_at: datetime
    enrolled_on: date


@dataclass(frozen=True, slots=True)
class TakenCourse:
    """A course that the caller takes, and how far."""

    slug: str
    title: str
    status: str
    review: str
    enrolled_at: datetime
    enrolled_on: date
    days: int
    days_completed: int
    percent: int


@dataclass(frozen=True, slots=True)
class CourseTaken:
    """A course, and the enrolment of the learner who takes it."""

    course: CourseRow
    enrolled_at: datetime
    enrolled_on: date
    review: str


async def load_taken_course(uow: ReadUnitOfWork, user_id: int, slug: str) -> CourseTaken:
    """A course that the learner takes.

    Raises:
        CourseNotFoundError: no such course, or a draft.
        NotEnrolledError: the learner does not take it.
    """
    course = await load_course(uow, user_id, slug)
    at, on, review = course.enrolled_at, course.enrolled_on, course.review
    if at is None or on is None or review is None or course.left_at is not None:
        raise NotEnrolledError
    return CourseTaken(course, at, on, review)


async def load_course(uow: ReadUnitOfWork, user_id: int, slug: str) -> CourseRow:
    """A course that is or was published.

    Raises:
        CourseNotFoundError: there is none.
    """
    course = await uow.learning.get_course(user_id, slug)
    if course is None or course.status == ContentStatus.DRAFT or course.published_at is None:
        raise CourseNotFoundError
    return course


class EnrollmentService:
    """Enrols and lets go."""

    def __init__(self, uow: UnitOfWork, clock: Clock) -> None:
        self._uow = uow
        self._clock = clock

    async def enroll(
        self, principal: Principal, slug: str, review: ReviewScope | None
    ) -> tuple[EnrollmentView, bool]:
        """Take a course; the enrolment, and whether the caller did not take it before this.

        Who takes it already goes on, and may choose anew what to review. Who left and comes back
        finds everything as it was, the pacing's start included.

        Raises:
            CourseNotFoundError: no such course, or a draft.
            CourseArchivedError: the course takes nobody new.
        """
        course = await load_course(self._uow, principal.user_id, slug)
        is_taken = course.enrolled_at is not None and course.left_at is None
        if not is_taken and course.status == ContentStatus.ARCHIVED:
            raise CourseArchivedError
        now = self._clock.now()
        chosen = review or ReviewScope(course.review or ReviewScope.MISSED)
        enrollment = Enrollment(
            user_id=principal.user_id,
            course_id=course.id,
            enrolled_at=course.enrolled_at or now,
            enrolled_on=course.enrolled_on or principal.calendar.day_of(now),
            review=chosen.value,
        )
        await self._uow.learning.enroll(enrollment, keep_review=review is None)
        view = EnrollmentView(
            course.slug, course.pacing, chosen.value, enrollment.enrolled_at, enrollment.enrolled_on
        )
        return view, not is_taken

    async def leave(self, principal: Principal, slug: str) -> None:
        """Leave a course. What was earned and completed stays.

        Raises:
            CourseNotFoundError: no such course, or a draft.
            NotEnrolledError: the caller does not take it.
        """
        course = await load_course(self._uow, principal.user_id, slug)
        left = await self._uow.learning.leave(principal.user_id, course.id, self._clock.now())
        if not left:
            raise NotEnrolledError


class TakenCourseService:
    """Shows which courses somebody takes."""

    def __init__(self, uow: ReadUnitOfWork) -> None:
        self._uow = uow

    async def list_page(
        self, principal: Principal, limit: int, cursor: str | None
    ) -> Page[TakenCourse]:
        """A page of the courses that the caller takes, newest course first.

        Raises:
            BadCursorError: the cursor is not one of this list.
        """
        before_id = decode_id(_TAKEN, cursor, NEWEST)
        rows = await self._uow.learning.list_taken(principal.user_id, before_id, limit + 1)
        return cut_page(rows, limit, _show, lambda row: encode_cursor(_TAKEN, [row.id]))


def _show(row: TakenCourseRow) -> TakenCourse:
    return TakenCourse(
        slug=row.slug,
        title=row.title,
        status=row.status,
        review=row.review,
        enrolled_at=row.enrolled_at,
        enrolled_on=row.enrolled_on,
        days=row.days,
        days_completed=row.completed,
        percent=percent_of(row.completed, row.days),
    )
