"""The catalogue and the courses in it."""

from typing import Annotated

from fastapi import Query, Response, status

from app.api.authoring_deps import CatalogueServiceDep, CourseTreeServiceDep
from app.api.conditional import NOT_MODIFIED, FreshnessDep, hash_rows
from app.api.deps import CurrentUser
from app.api.docs import problems
from app.api.learning_deps import CourseSlug
from app.api.resource import ResourceRouter
from app.core.listing import Page
from app.schemas.common import PageRead
from app.schemas.courses import CatalogueQuery, CourseRead, CourseTreeRead
from app.services.catalogue import CatalogueRow, CourseFilter
from app.services.course_errors import AuthorRequiredError, CourseNotFoundError
from app.services.errors import BadCursorError

router = ResourceRouter("/courses", tag="courses")


@router.get(
    "",
    summary="List courses",
    status_code=status.HTTP_200_OK,
    response_model=PageRead[CourseRead],
    responses={**NOT_MODIFIED, **problems(AuthorRequiredError, BadCursorError)},
)
async def list_courses(
    query: Annotated[CatalogueQuery, Query()],
    caller: CurrentUser,
    catalogue: CatalogueServiceDep,
    freshness: FreshnessDep,
) -> Page[CatalogueRow] | Response:
    """The published courses, newest first. Authors may ask for drafts and archived ones by `status`."""
    wanted = CourseFilter(query.status, query.language, query.tag, query.q)
    page = await catalogue.list_page(caller, wanted, query.limit, query.cursor)
    return freshness.check(hash_rows(page.items, page.next_cursor)) or page


@router.get(
    "/{slug}",
    summary="Show a course",
    status_code=status.HTTP_200_OK,
    response_model=CourseTreeRead,
    responses={**NOT_MODIFIED, **problems(CourseNotFoundError)},
)
async def get_course(
    slug: CourseSlug,
    caller: CurrentUser,
    catalogue: CatalogueServiceDep,
    trees: CourseTreeServiceDep,
    freshness: FreshnessDep,
) -> Response:
    """A course with its weeks and days: the same for every learner. Authors see the drafts in it, too.

    An archived course can still be read; a draft is not found, but by authors.
    """
    course = await catalogue.find(caller, slug)
    for_whom = "-author" if caller.may_author else ""
    unchanged = freshness.check(f"{course.id}-{course.revision}{for_whom}")
    return unchanged or freshness.send(await trees.show(caller, course))
