"""The annotated aliases of exports: made as a file on the disk before the answer begins."""

import asyncio
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, BinaryIO

from fastapi import Depends, Request

from app.api.deps import CurrentUser, PartsDep
from app.api.standings import note_standing
from app.core.errors import TooManyRequestsError
from app.services.export.exporting import ExportService, provide_file
from app.services.export.places import ExportPlaces

_KEPT, _MADE, _WAIT_SECONDS = 50, 2, 10.0
_SENT_AT_ONCE = 64 * 1024

_places = ExportPlaces(_KEPT, _MADE, _WAIT_SECONDS)


@dataclass(frozen=True, slots=True)
class Export:
    """A finished export, which is gone when the answer has ended."""

    made_at: datetime
    size: int
    _file: BinaryIO

    async def read(self) -> AsyncIterator[bytes]:
        """Its bytes, in parts."""
        while chunk := await asyncio.to_thread(self._file.read, _SENT_AT_ONCE):
            yield chunk


async def open_export(
    request: Request, caller: CurrentUser, parts: PartsDep
) -> AsyncIterator[Export]:
    """The caller's export. The connection of the database is given back before anything is sent."""
    with _places.keep(caller.user_id):
        rate = parts.limiter.rates.exports_of_user
        standing = await parts.limiter.count(rate, str(caller.user_id))
        if standing.is_exceeded:
            raise TooManyRequestsError(standing=standing)
        note_standing(request.scope, standing)
        async with provide_file() as file:
            async with _places.make():
                service = ExportService(parts.database.snapshot, parts.clock)
                made_at = await service.write(caller.user_id, file, request.is_disconnected)
            size = await asyncio.to_thread(file.seek, 0, os.SEEK_END)
            await asyncio.to_thread(file.seek, 0)
            yield Export(made_at, size, file)


ExportDep = Annotated[Export, Depends(open_export)]
