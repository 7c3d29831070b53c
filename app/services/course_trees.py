"""The trees of courses as they are sent, kept for learners."""

from app.core.cache import Cache
from app.db.repositories.course_rows import CourseHead
from app.db.unit_of_work import ReadUnitOfWork
from app.schemas.courses import CourseTreeRead
from app.services.catalogue import CatalogueService
from app.services.principal import Principal

KEPT_SECONDS = 3600


class CourseTreeService:
    """Gives trees in JSON.

    The tree that learners see is kept under the course's revision. Which revision is in force is read
    from the database each time, so a change is seen as soon as it is committed, by everybody, and there
    is nothing to invalidate. Authors always get what the database has.
    """

    def __init__(self, uow: ReadUnitOfWork, cache: Cache) -> None:
        self._uow = uow
        self._catalogue = CatalogueService(uow)
        self._cache = cache

    async def show(self, principal: Principal, course: CourseHead) -> bytes:
        """The tree of a course that ``CatalogueService.find`` gave."""
        if principal.may_author:
            return await self._grow(principal, course)
        key = _name(course)
        kept = await self._cache.get(key)
        if kept is not None:
            return kept
        body = await self._grow(principal, course)
        # The parts were read by statements of their own: of this revision they are only if it is still
        # the course's.
        if await self._uow.courses.get_head(course.slug) == course:
            await self._cache.set(key, body, KEPT_SECONDS)
        return body

    async def _grow(self, principal: Principal, course: CourseHead) -> bytes:
        tree = await self._catalogue.show_tree(principal, course)
        return CourseTreeRead.model_validate(tree).model_dump_json().encode()


def _name(course: CourseHead) -> str:
    # The instant tells revisions of one number apart where a backup was restored in between.
    return f"tree:{course.id}:{course.revision}:{course.updated_at.timestamp():.6f}"
