"""The changeable settings as this process has them."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

import structlog

from app.core.live_settings import (
    CONFIG_REVISION,
    DEFAULT_LIVE_SETTINGS,
    LiveSettings,
    apply_rates,
    combine_settings,
)
from app.core.rate_limits import DEFAULT_RATE_LIMITS, RateLimits
from app.db.unit_of_work import ReadUnitOfWork

OpenReading = Callable[[], AbstractAsyncContextManager[ReadUnitOfWork]]

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Known:
    """``revision`` is None before anything was read: then these are the defaults."""

    revision: int | None
    settings: LiveSettings
    rates: RateLimits


class LiveConfig:
    """Gives the settings in force without asking the database.

    Who changed them calls ``refresh`` after the commit; for changes by other processes somebody has to
    call it from time to time.
    """

    def __init__(self, open_reading: OpenReading) -> None:
        self._open_reading = open_reading
        self._known = _Known(None, DEFAULT_LIVE_SETTINGS, DEFAULT_RATE_LIMITS)
        # One at a time: an older answer that comes late must not replace a newer one.
        self._turn = asyncio.Lock()

    @property
    def settings(self) -> LiveSettings:
        """The settings as they were last read; the defaults before that."""
        return self._known.settings

    def find_rates(self) -> RateLimits:
        """The rates in force now."""
        return self._known.rates

    async def get(self) -> LiveSettings:
        """The settings; read now if they never were, so that nothing closed is open for a moment.

        Raises:
            UnavailableError: they never were, and the database is out of reach or busy.
        """
        if self._known.revision is None:
            await self.refresh()
        return self._known.settings

    async def refresh(self) -> None:
        """Look at the revision, by one statement, and read the settings by another if it is not the known.

        Raises:
            UnavailableError: the database is out of reach or busy; what is known stays.
        """
        async with self._turn, self._open_reading() as uow:
            # In this order: a change in between is then found the next time.
            revision = await uow.revisions.get(CONFIG_REVISION)
            if revision is None or revision == self._known.revision:
                return
            stored = {row.name: row.value for row in await uow.app_settings.list_all()}
        settings = combine_settings(stored)
        if settings != self._known.settings:
            _log.info("settings_changed", revision=revision)
        self._known = _Known(revision, settings, apply_rates(settings))
