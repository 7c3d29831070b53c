"""Large bodies: to disk as they come, and worked on apart from the event loop."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import BinaryIO, ParamSpec, TypeVar

from fastapi import HTTPException, Request, status
from starlette.requests import ClientDisconnect

from app.services.course_errors import CurriculaBusyError

ZIP_TYPE = "application/zip"
_ZIP_TYPES = {ZIP_TYPE, "application/x-zip-compressed", "application/octet-stream"}
"""What browsers call it, by the system that they run on."""

_WRITTEN_AT_ONCE = 256 * 1024
_RETRY_AFTER_SECONDS = 5
_curricula = ThreadPoolExecutor(1, "curriculum")
"""One at a time: a large course takes a second of a processor, and tens of megabytes."""
_places = asyncio.Semaphore(8)
"""Of those that wait for it, and the one that is at work."""

P = ParamSpec("P")
T = TypeVar("T")


async def work_apart(function: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
    """Run what takes long with a curriculum, after what others gave to be run.

    Raises:
        CurriculaBusyError: too many wait already.
    """
    if _places.locked():
        raise CurriculaBusyError(retry_after=_RETRY_AFTER_SECONDS)
    async with _places:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(_curricula, lambda: function(*arguments, **named))


@asynccontextmanager
async def receive_zip(request: Request) -> AsyncIterator[BinaryIO]:
    """The body of a request as a temporary file, from its beginning on; gone at the end of the block.

    Raises:
        HTTPException: 415, it says to be no ZIP archive; 400, its sender left.
    """
    given = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if given not in _ZIP_TYPES:
        detail = f"The body should be {ZIP_TYPE}."
        raise HTTPException(status.HTTP_415_UNSUPPORTED_MEDIA_TYPE, detail)
    file = await asyncio.to_thread(tempfile.TemporaryFile)
    try:
        await _receive(request, file)
        yield file
    finally:
        file.close()


async def _receive(request: Request, file: BinaryIO) -> None:
    waiting = bytearray()
    try:
        async for chunk in request.stream():
            waiting += chunk
            if len(waiting) >= _WRITTEN_AT_ONCE:
                await asyncio.to_thread(file.write, bytes(waiting))
                waiting.clear()
    except ClientDisconnect:
        detail = "There was an error parsing the body"
        raise HTTPException(status.HTTP_400_BAD_REQUEST, detail) from None
    await asyncio.to_thread(file.write, bytes(waiting))
    await asyncio.to_thread(file.seek, 0)
