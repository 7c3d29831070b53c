"""Work that goes on beside the service for as long as it runs."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager, suppress


@asynccontextmanager
async def run_beside(work: Coroutine[None, None, None], name: str) -> AsyncIterator[None]:
    """Let the work go on until the block is left; it ends then, wherever it is."""
    task = asyncio.create_task(work, name=name)
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
