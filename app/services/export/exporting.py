"""Writing all that is kept of a user to a file, as it is at one moment."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager, suppress
from datetime import datetime
from typing import Any, BinaryIO, ParamSpec, TypeVar

import structlog

from app.core.clock import Clock
from app.core.errors import UnauthenticatedError
from app.db.repositories.export import ACCOUNT, EXPORT_TABLES
from app.db.unit_of_work import ReadUnitOfWork
from app.services.export.archive import ExportArchive, ExportPart, write_document
from app.services.export.errors import ExportAbandonedError, ExportUnwritableError
from app.services.export.readme import (
    CONTENTS_FILE,
    README_FILE,
    list_contents,
    write_readme,
)

OpenSnapshot = Callable[[], AbstractAsyncContextManager[ReadUnitOfWork]]
HasLeft = Callable[[], Awaitable[bool]]
"""Whether who asked for the export is no longer there."""

_RETRY_AFTER_SECONDS = 60

P = ParamSpec("P")
T = TypeVar("T")

_log = structlog.get_logger(__name__)


@asynccontextmanager
async def provide_file() -> AsyncIterator[BinaryIO]:
    """An empty file on the disk that has no name, and is gone at the end of the block.

    Raises:
        ExportUnwritableError: none can be made.
    """
    file = await _apart(tempfile.TemporaryFile)
    try:
        yield file
    finally:
        with suppress(OSError):  # what could not be written is wanted no more
            file.close()


class ExportService:
    """Writes exports. It opens its own unit of work, and holds it only for as long as it reads."""

    def __init__(self, open_snapshot: OpenSnapshot, clock: Clock) -> None:
        self._open_snapshot = open_snapshot
        self._clock = clock

    async def write(self, user_id: int, file: BinaryIO, has_left: HasLeft) -> datetime:
        """Write the export of a user to an empty file; when it was made.

        The file is an archive only if this succeeds. ``has_left`` is asked after each batch of rows.

        Raises:
            ExportAbandonedError: who asked for it has left.
            ExportUnwritableError: there is no room for the file.
            UnauthenticatedError: the account was deleted meanwhile.
            UnavailableError: the database is out of reach or busy.
        """
        made_at = self._clock.now()
        archive = ExportArchive(file, made_at)
        try:
            await _apart(archive.write_text, README_FILE, write_readme())
            rows = await self._write_tables(user_id, archive, has_left)
            contents = write_document(list_contents(user_id, made_at, rows))
            await _apart(archive.write_text, CONTENTS_FILE, contents)
            await _apart(archive.finish)
            await _apart(file.flush)
        finally:
            archive.abandon()  # which leaves one that is finished as it is
        return made_at

    async def _write_tables(
        self, user_id: int, archive: ExportArchive, has_left: HasLeft
    ) -> list[int]:
        """Write all parts; how many rows each has."""
        counts = []
        async with self._open_snapshot() as uow:
            reader = uow.exports
            for table in EXPORT_TABLES:
                part = await _apart(archive.begin, table)
                async with aclosing(reader.read(table, user_id)) as batches:
                    await _write_rows(batches, part, has_left)
                counts.append(await _apart(part.end))
                if table is ACCOUNT and counts[-1] == 0:
                    raise UnauthenticatedError("This account is no more.")
        return counts


async def _write_rows(
    batches: AsyncIterator[Sequence[Any]], part: ExportPart, has_left: HasLeft
) -> None:
    async for rows in batches:
        await _apart(part.write, rows)
        if await has_left():
            raise ExportAbandonedError


async def _apart(function: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
    """Run what blocks in a worker thread. Nobody touches the file before that is over, come what may.

    Raises:
        ExportUnwritableError: the file can't be written.
    """
    work = asyncio.ensure_future(asyncio.to_thread(function, *arguments, **named))
    try:
        return await asyncio.shield(work)
    except asyncio.CancelledError:
        await asyncio.wait([work])
        raise
    except OSError as error:
        # Said here: inside the unit of work it would be taken for an error of the database.
        _log.warning("export_unwritable", reason=error.strerror)
        raise ExportUnwritableError(retry_after=_RETRY_AFTER_SECONDS) from error
