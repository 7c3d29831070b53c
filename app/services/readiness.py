"""Readiness for whoever asks often: watchers of the service, which nobody limits."""

import asyncio
from datetime import datetime, timedelta

from app.core.clock import Clock
from app.services.system import SystemService

KEPT = timedelta(seconds=1)
"""How long it counts that the service can serve. That it can't is never kept: it may be over."""


class Readiness:
    """Whether this process can serve. The database is asked once a second at most while it answers well.

    Whoever asks while it is being asked gets the same answer, good or bad: however many ask, the database
    is asked one question at a time.
    """

    def __init__(self, system: SystemService, clock: Clock) -> None:
        self._system = system
        self._clock = clock
        self._was_well_at: datetime | None = None
        self._look: asyncio.Task[None] | None = None

    async def check(self) -> None:
        """Look whether requests can be served, and should be.

        Raises:
            UnavailableError: the process is leaving, or the database is out of reach, busy, or not
                migrated.
        """
        self._system.check_staying()
        if self._is_known():
            return
        if self._look is None:
            self._look = asyncio.create_task(self._ask(), name="readiness")
            self._look.add_done_callback(self._end)
        await asyncio.shield(self._look)

    def _is_known(self) -> bool:
        # Should the clock be put back, it is asked anew as well.
        return self._was_well_at is not None and abs(self._clock.now() - self._was_well_at) < KEPT

    async def _ask(self) -> None:
        asked_at = self._clock.now()
        await self._system.check_serving()
        self._was_well_at = asked_at

    def _end(self, look: asyncio.Task[None]) -> None:
        self._look = None
        if not look.cancelled():
            look.exception()  # whoever asked may be gone: then nobody else takes note of it
