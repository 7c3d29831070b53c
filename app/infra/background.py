"""Work that goes on after the answer, in this process."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import structlog

_log = structlog.get_logger(__name__)


class Background:
    """Runs coroutines beside the requests, keeps hold of them, and waits for them at the end."""

    def __init__(self, at_most: int = 1000) -> None:
        self._tasks: set[asyncio.Task[None]] = set()
        self._at_most = at_most

    def spawn(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        """Begin ``work``. Its failure is logged by ``name``; beyond the limit it is dropped and logged."""
        if len(self._tasks) >= self._at_most:
            work.close()
            _log.error("background_work_dropped", work=name)
            return
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._finish)

    async def drain(self, seconds: float) -> None:
        """Wait for what is under way, and what that begins, at most so long; then cancel the rest."""
        clock = asyncio.get_running_loop().time
        end = clock() + seconds
        while self._tasks and (left := end - clock()) > 0:
            await asyncio.wait(self._tasks, timeout=left)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _finish(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            _log.error("background_work_failed", work=task.get_name(), exc_info=task.exception())
