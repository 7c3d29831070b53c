"""The annotated aliases of whole curricula: in as archives, out as definitions."""

from typing import Annotated, BinaryIO

from fastapi import Depends, Request

from app.api.course_deps import Author
from app.api.deps import ClockDep, PartsDep, UowDep
from app.api.learning_deps import CourseSlug
from app.api.uploads import receive_zip, work_apart
from app.schemas.curriculum import CourseDefinition
from app.services.curriculum.exporting import CurriculumReadService
from app.services.curriculum.seeding import CurriculumService


async def get_uploaded_course(request: Request, _caller: Author) -> CourseDefinition:
    """The course in the body, which is not even looked at for anybody but an author."""
    async with receive_zip(request) as file:
        return await work_apart(_read, file)


def _read(file: BinaryIO) -> CourseDefinition:
    # The readers of files are heavy, and few servers import any. Nobody else waits in this thread.
    from app.services.curriculum.importing import read_import

    return read_import(file)


UploadedCourse = Annotated[CourseDefinition, Depends(get_uploaded_course)]


# It depends on the course: no transaction, on SQLite everybody's one, waits for an upload.
async def get_curricula(_course: UploadedCourse, uow: UowDep, clock: ClockDep) -> CurriculumService:
    """Brings the database to the course in the body."""
    return CurriculumService(uow, clock)


async def get_exported_course(
    slug: CourseSlug, _caller: Author, parts: PartsDep
) -> CourseDefinition:
    """The course as it is at one moment; the connection is given back before it is packed."""
    async with parts.database.snapshot() as uow:
        return await CurriculumReadService(uow).read(slug)


CurriculumServiceDep = Annotated[CurriculumService, Depends(get_curricula)]
ExportedCourse = Annotated[CourseDefinition, Depends(get_exported_course)]
