"""All of one's own data, to take along."""

from fastapi import status
from fastapi.responses import StreamingResponse

from app.api.docs import problems
from app.api.export_deps import ExportDep
from app.api.resource import ResourceRouter
from app.api.uploads import ZIP_TYPE
from app.core.errors import UnauthenticatedError
from app.services.export.errors import (
    ExportRunningError,
    ExportsBusyError,
    ExportUnwritableError,
)

router = ResourceRouter("/users/me", tag="users")


class ExportResponse(StreamingResponse):
    """An archive that is sent in parts."""

    media_type = ZIP_TYPE


@router.get(
    "/export",
    summary="Export your data",
    status_code=status.HTTP_200_OK,
    response_model=None,
    response_class=ExportResponse,
    responses=problems(
        UnauthenticatedError, ExportRunningError, ExportsBusyError, ExportUnwritableError
    ),
)
async def export_me(export: ExportDep) -> ExportResponse:
    """All that is kept of you, as it is at one moment: a zip of JSON files.

    `README.txt` in it explains the files and their units, `contents.json` tells how many rows each has.
    Secrets and what belongs to others are not in it. One at a time, three an hour; a long history takes
    some seconds before the answer begins.
    """
    headers = {
        "Content-Disposition": (
            f'attachment; filename="questboard-export-{export.made_at.date().isoformat()}.zip"'
        ),
        "Content-Length": str(export.size),
        "Cache-Control": "no-store",
    }
    return ExportResponse(export.read(), headers=headers)
