"""Writing courses, weeks and days."""

from fastapi import Depends, Response, status

from app.api.authoring_deps import (
    CourseAuthoringDep,
    DayAuthoringDep,
    WeekAuthoringDep,
    WeekId,
)
from app.api.course_deps import get_author
from app.api.docs import problems
from app.api.idempotency import RETRY_REFUSALS, Idempotent
from app.api.learning_deps import CourseSlug, CourseTaskId
from app.api.resource import ResourceRouter
from app.db.models import CourseTask
from app.schemas.courses import (
    CourseCreate,
    CourseRead,
    CourseTaskCreate,
    CourseTaskRead,
    CourseTaskUpdate,
    CourseTreeRead,
    CourseUpdate,
    WeekCreate,
    WeekRead,
    WeekUpdate,
)
from app.services.authoring_weeks import WeekView
from app.services.catalogue import CatalogueRow, CourseTree
from app.services.course_errors import (
    AuthorRequiredError,
    CourseIncompleteError,
    CourseNotFoundError,
    CourseTaskNotFoundError,
    KeyTakenError,
    SlugTakenError,
    TooManyPartsError,
    WeekNotFoundError,
)

# The author is asked for before anything else: who is none gets no transaction.
router = ResourceRouter(
    tag="courses", dependencies=[Depends(get_author)], responses=problems(AuthorRequiredError)
)


@router.post(
    "/courses",
    summary="Create a course",
    status_code=status.HTTP_201_CREATED,
    response_model=CourseRead,
    responses=problems(SlugTakenError, *RETRY_REFUSALS),
    dependencies=[Idempotent],
)
async def create_course(
    given: CourseCreate, courses: CourseAuthoringDep, response: Response
) -> CatalogueRow:
    """Add a course: a draft without weeks, which only authors see."""
    course = await courses.create(given.to_changes())
    response.headers["Location"] = f"/api/v1/courses/{course.slug}"
    return course


@router.patch(
    "/courses/{slug}",
    summary="Change a course",
    status_code=status.HTTP_200_OK,
    response_model=CourseRead,
    responses=problems(CourseNotFoundError, SlugTakenError),
)
async def update_course(
    slug: CourseSlug, given: CourseUpdate, courses: CourseAuthoringDep
) -> CatalogueRow:
    """Change what is sent of a course itself, and leave the rest. Learners see it at once."""
    return await courses.update(slug, given.to_changes())


@router.delete(
    "/courses/{slug}",
    summary="Delete a course",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=problems(CourseNotFoundError),
)
async def delete_course(slug: CourseSlug, courses: CourseAuthoringDep) -> None:
    """Erase a draft. A course that was published is archived instead: learners' progress refers to it."""
    await courses.delete(slug)


@router.post(
    "/courses/{slug}/publish",
    summary="Publish a course",
    status_code=status.HTTP_200_OK,
    response_model=CourseTreeRead,
    responses=problems(CourseNotFoundError, CourseIncompleteError, *RETRY_REFUSALS),
    dependencies=[Idempotent],
)
async def publish_course(slug: CourseSlug, courses: CourseAuthoringDep) -> CourseTree:
    """Publish a course with all drafts in it, or again what was archived.

    Each of its weeks needs the days 1 to 7. Publishing what is published changes nothing.
    """
    return await courses.publish(slug)


@router.post(
    "/courses/{slug}/archive",
    summary="Archive a course",
    status_code=status.HTTP_200_OK,
    response_model=CourseTreeRead,
    responses=problems(CourseNotFoundError, *RETRY_REFUSALS),
    dependencies=[Idempotent],
)
async def archive_course(slug: CourseSlug, courses: CourseAuthoringDep) -> CourseTree:
    """Take a course out of the catalogue. Nobody new can enrol; who is enrolled goes on."""
    return await courses.archive(slug)


@router.post(
    "/courses/{slug}/weeks",
    summary="Add a week",
    status_code=status.HTTP_201_CREATED,
    response_model=WeekRead,
    responses=problems(CourseNotFoundError, KeyTakenError, TooManyPartsError, *RETRY_REFUSALS),
    dependencies=[Idempotent],
)
async def add_week(slug: CourseSlug, given: WeekCreate, weeks: WeekAuthoringDep) -> WeekView:
    """Add a week at the end of a course. It is a draft until the course is published (again)."""
    return await weeks.add(slug, given.key, given.to_changes())


@router.patch(
    "/weeks/{week_id}",
    summary="Change a week",
    status_code=status.HTTP_200_OK,
    response_model=WeekRead,
    responses=problems(WeekNotFoundError),
)
async def update_week(week_id: WeekId, given: WeekUpdate, weeks: WeekAuthoringDep) -> WeekView:
    """Change what is sent of a week, or move it. A place beyond the end is the end."""
    return await weeks.update(week_id, given.to_changes(), given.position)


@router.delete(
    "/weeks/{week_id}",
    summary="Delete a week",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=problems(WeekNotFoundError, CourseIncompleteError),
)
async def delete_week(week_id: WeekId, weeks: WeekAuthoringDep) -> None:
    """Erase a draft; archive a published week. The only week of a published course stays."""
    await weeks.delete(week_id)


@router.post(
    "/weeks/{week_id}/tasks",
    summary="Add a day's task",
    status_code=status.HTTP_201_CREATED,
    response_model=CourseTaskRead,
    responses=problems(WeekNotFoundError, KeyTakenError, TooManyPartsError, *RETRY_REFUSALS),
    dependencies=[Idempotent],
)
async def add_course_task(
    week_id: WeekId, given: CourseTaskCreate, days: DayAuthoringDep
) -> CourseTask:
    """Add a task for a day of the week that has none. It is a draft until the course is published."""
    return await days.add(week_id, given.key, given.to_changes())


@router.patch(
    "/course-tasks/{course_task_id}",
    summary="Change a day's task",
    status_code=status.HTTP_200_OK,
    response_model=CourseTaskRead,
    responses=problems(CourseTaskNotFoundError),
)
async def update_course_task(
    course_task_id: CourseTaskId, given: CourseTaskUpdate, days: DayAuthoringDep
) -> CourseTask:
    """Change what is sent of a task, and leave the rest. Another `day` swaps it with that day's task."""
    return await days.update(course_task_id, given.to_changes(), given.day)


@router.delete(
    "/course-tasks/{course_task_id}",
    summary="Delete a day's task",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=problems(CourseTaskNotFoundError, CourseIncompleteError),
)
async def delete_course_task(course_task_id: CourseTaskId, days: DayAuthoringDep) -> None:
    """Erase a draft. A published one stays: its week would lack a day."""
    await days.delete(course_task_id)
