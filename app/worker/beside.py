"""Work that goes on beside the service for as long as it runs."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import structlog

from app.core.errors import QuestboardError

_log = structlog.get_logger(__name__)


@asynccontextmanager
async def run_beside(work: Coroutine[None, None, None], name: str) -> AsyncIterator[None]:
    """Let the work go on until the block is left; it ends then, wherever it is."""
    task = asyncio.create_task(work, name=name)
    task.add_done_callback(_log_end)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])


async def repeat(look: Callable[[], Awaitable[Any]], seconds: float, name: str) -> None:
    """Do something again and again, with pauses; whatever goes wrong is logged, and another time will do."""
    while True:
        await look_once(look, name)
        await asyncio.sleep(seconds)


async def look_once(look: Callable[[], Awaitable[Any]], name: str) -> Any:
    """Do it once; None if it failed. A database that is out of reach or busy is no defect, others are."""
    # gather hands back whatever goes wrong, bugs included: what goes on beside must outlive it.
    ended: Any = (await asyncio.gather(look(), return_exceptions=True))[0]
    if isinstance(ended, QuestboardError):
        _log.warning("work_put_off", work=name, code=ended.code)
    elif isinstance(ended, BaseException):
        _log.error("work_failed", work=name, exc_info=ended)
    else:
        return ended
    return None


def _log_end(task: asyncio.Task[None]) -> None:
    """Nobody waits for such work before the service leaves, so that its failure is told when it happens."""
    if not task.cancelled() and task.exception() is not None:
        _log.error("work_ended", work=task.get_name(), exc_info=task.exception())
