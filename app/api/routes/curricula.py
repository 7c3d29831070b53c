"""Whole curricula in and out."""

from collections import Counter
from itertools import islice
from typing import Annotated

from fastapi import Query, Response, status

from app.api.curriculum_deps import CurriculumServiceDep, ExportedCourse, UploadedCourse
from app.api.docs import problems
from app.api.resource import ResourceRouter
from app.api.uploads import ZIP_TYPE, work_apart
from app.schemas.curriculum import CourseDefinition
from app.schemas.curriculum_import import (
    ChangeCountsRead,
    CurriculumChangeRead,
    CurriculumImportRead,
)
from app.services.course_errors import (
    AuthorRequiredError,
    BadCurriculumError,
    CourseIncompleteError,
    CourseNotFoundError,
    CurriculaBusyError,
    SlugTakenError,
    TooManyPartsError,
)
from app.services.curriculum.archive import write_archive
from app.services.curriculum.diff import ChangeKind
from app.services.curriculum.seeding import Applied
from app.services.curriculum.writer import QuizFormat, write_course

router = ResourceRouter("/courses", tag="courses")

MAX_SHOWN_CHANGES = 100

_ZIP_BODY = {
    "requestBody": {
        "required": True,
        "content": {ZIP_TYPE: {"schema": {"type": "string", "format": "binary"}}},
    }
}


class ZipResponse(Response):
    """An archive."""

    media_type = ZIP_TYPE


@router.post(
    "/import",
    summary="Import a course",
    status_code=status.HTTP_200_OK,
    response_model=CurriculumImportRead,
    responses=problems(
        AuthorRequiredError,
        BadCurriculumError,
        SlugTakenError,
        TooManyPartsError,
        CurriculaBusyError,
    ),
    openapi_extra=_ZIP_BODY,
)
async def import_course(
    course: UploadedCourse,
    curricula: CurriculumServiceDep,
    dry_run: Annotated[
        bool, Query(description="Tell what would change, and change nothing.")
    ] = False,
) -> CurriculumImportRead:
    """Bring a course to what the files in a ZIP archive say (at most 20 MiB), and publish it.

    The files are those of an export, or written by hand; the folder around them may be left out. Parts
    are found by their keys, so that learners keep their progress; what the files no longer have is
    archived. The same files again change nothing. Any error refuses the archive whole, and `problems`
    says where they are. For authors.
    """
    return _tell(await curricula.apply(course, dry_run=dry_run), dry_run=dry_run)


@router.get(
    "/{slug}/export",
    summary="Export a course",
    status_code=status.HTTP_200_OK,
    response_model=None,
    response_class=ZipResponse,
    responses=problems(
        AuthorRequiredError,
        CourseNotFoundError,
        CourseIncompleteError,
        TooManyPartsError,
        CurriculaBusyError,
    ),
)
async def export_course(
    course: ExportedCourse,
    quiz_format: Annotated[
        QuizFormat,
        Query(description="How to write quizzes; what GIFT can't express is written as YAML."),
    ] = QuizFormat.YAML,
) -> ZipResponse:
    """The published parts of a course (of a draft, all of it) as the files that an import takes.

    The same course gives the same bytes. For authors.
    """
    archive = await work_apart(_pack, course, quiz_format)
    headers = {"Content-Disposition": f'attachment; filename="{course.slug}.zip"'}
    return ZipResponse(archive, headers=headers)


def _pack(course: CourseDefinition, quiz_format: QuizFormat) -> bytes:
    return write_archive(write_course(course, quiz_format), course.slug)


def _tell(applied: Applied, *, dry_run: bool) -> CurriculumImportRead:
    counted = Counter(change.kind for change in applied.changes)
    return CurriculumImportRead(
        slug=applied.slug,
        created=applied.created,
        dry_run=dry_run,
        revision=applied.revision,
        counts=ChangeCountsRead(**{kind.value: counted[kind] for kind in ChangeKind}),
        changes=[
            CurriculumChangeRead.model_validate(change)
            for change in islice(applied.changes, MAX_SHOWN_CHANGES)
        ],
    )
