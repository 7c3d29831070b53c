"""Taking courses: enrolment, lessons, progress, completing days."""

from typing import Annotated

from fastapi import Query, Response, status

from app.api.deps import CurrentUser
from app.api.docs import problems
from app.api.idempotency import RETRY_REFUSALS, Idempotent
from app.api.learning_deps import (
    CourseCompletionServiceDep,
    CourseProgressServiceDep,
    CourseSlug,
    CourseTaskId,
    EnrollmentServiceDep,
    LessonServiceDep,
    TakenCourseServiceDep,
)
from app.api.resource import ResourceRouter
from app.core.listing import Page
from app.schemas.common import PageRead
from app.schemas.learning import (
    CourseProgressRead,
    DayCompletionRead,
    EnrollmentCreate,
    EnrollmentRead,
    LessonRead,
    TakenCourseQuery,
    TakenCourseRead,
)
from app.services.course_completions import DayCompletion
from app.services.course_errors import (
    CourseArchivedError,
    CourseNotFoundError,
    CourseTaskNotFoundError,
    NotEnrolledError,
    NotOpenError,
    QuizNotPassedError,
)
from app.services.course_progress import CourseProgress
from app.services.enrollments import EnrollmentView, TakenCourse
from app.services.errors import BadCursorError
from app.services.lessons import LessonView

router = ResourceRouter(tag="courses")

_DAY = (CourseTaskNotFoundError, NotEnrolledError)


@router.get(
    "/users/me/courses",
    summary="List the courses that you take",
    status_code=status.HTTP_200_OK,
    response_model=PageRead[TakenCourseRead],
    responses=problems(BadCursorError),
)
async def list_my_courses(
    query: Annotated[TakenCourseQuery, Query()], caller: CurrentUser, courses: TakenCourseServiceDep
) -> Page[TakenCourse]:
    """The courses that you are enrolled in, newest course first, and how far you are in each."""
    return await courses.list_page(caller, query.limit, query.cursor)


@router.post(
    "/courses/{slug}/enrollment",
    summary="Take a course",
    status_code=status.HTTP_201_CREATED,
    response_model=EnrollmentRead,
    responses={
        200: {"model": EnrollmentRead, "description": "You took it already."},
        **problems(CourseNotFoundError, CourseArchivedError, *RETRY_REFUSALS),
    },
    dependencies=[Idempotent],
)
async def enroll(
    slug: CourseSlug,
    caller: CurrentUser,
    enrollments: EnrollmentServiceDep,
    response: Response,
    given: EnrollmentCreate | None = None,
) -> EnrollmentView:
    """Enrol in a course, or choose anew what should come back as review.

    Who left and comes back finds all as it was.
    """
    enrollment, is_new = await enrollments.enroll(caller, slug, given.review if given else None)
    if not is_new:
        response.status_code = status.HTTP_200_OK
    return enrollment


@router.delete(
    "/courses/{slug}/enrollment",
    summary="Leave a course",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=problems(CourseNotFoundError, NotEnrolledError),
)
async def leave_course(
    slug: CourseSlug, caller: CurrentUser, enrollments: EnrollmentServiceDep
) -> None:
    """Stop taking a course. What you earned and completed stays; its reviews rest."""
    await enrollments.leave(caller, slug)


@router.get(
    "/courses/{slug}/progress",
    summary="Show your progress in a course",
    status_code=status.HTTP_200_OK,
    response_model=CourseProgressRead,
    responses=problems(CourseNotFoundError, NotEnrolledError),
)
async def get_progress(
    slug: CourseSlug, caller: CurrentUser, progress: CourseProgressServiceDep
) -> CourseProgress:
    """Which days are completed, open or still locked, and how far that is."""
    return await progress.get(caller, slug)


@router.get(
    "/course-tasks/{course_task_id}",
    summary="Read a lesson",
    status_code=status.HTTP_200_OK,
    response_model=LessonRead,
    responses=problems(*_DAY, NotOpenError),
)
async def get_lesson(
    course_task_id: CourseTaskId, caller: CurrentUser, lessons: LessonServiceDep
) -> LessonView:
    """The lesson of an open day of a course that you take. Authors may read all, drafts too."""
    return await lessons.get(caller, course_task_id)


@router.post(
    "/course-tasks/{course_task_id}/complete",
    summary="Complete a day",
    status_code=status.HTTP_200_OK,
    response_model=DayCompletionRead,
    responses=problems(*_DAY, NotOpenError, QuizNotPassedError, *RETRY_REFUSALS),
    dependencies=[Idempotent],
)
async def complete_course_task(
    course_task_id: CourseTaskId, caller: CurrentUser, completions: CourseCompletionServiceDep
) -> DayCompletion:
    """Complete a day of a course and be rewarded; a week's last day pays its milestone as well.

    A day with a quiz completes only after the quiz is passed. Completing what is completed changes
    nothing: the same day and a zero outcome.
    """
    return await completions.complete(caller, course_task_id)


@router.post(
    "/course-tasks/{course_task_id}/undo",
    summary="Undo a day",
    status_code=status.HTTP_200_OK,
    response_model=DayCompletionRead,
    responses=problems(*_DAY, *RETRY_REFUSALS),
    dependencies=[Idempotent],
)
async def undo_course_task(
    course_task_id: CourseTaskId, caller: CurrentUser, completions: CourseCompletionServiceDep
) -> DayCompletion:
    """Take a day back, with all that it gave, and the milestone that is no longer reached without it.

    The quiz stays passed, and what was opened stays open. Undoing what is not completed changes nothing.
    """
    return await completions.undo(caller, course_task_id)
