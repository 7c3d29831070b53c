"""Waiting, at the start, for the parts that a process can't do without: the database, and nothing else."""

import asyncio
import time
from collections.abc import Awaitable, Callable

import structlog

from app.core.config import Settings, SettingsError
from app.core.errors import QuestboardError
from app.db.probing import ConnectionFailure, find_connection_failure
from app.db.session import Database
from commands.readiness import find_hindrance

TRY_SECONDS = 0.5
"""From one try to the next."""

TELL_SECONDS = 10.0
"""From one line in the log to the next."""

_log = structlog.get_logger(__name__)

_Look = Callable[[Settings], Awaitable[ConnectionFailure | None]]


async def wait_for_server(settings: Settings) -> None:
    """Wait until the database's server lets us in. SQLite has none.

    Raises:
        SettingsError: it does not within ``START_WAIT_SECONDS``, or never will.
    """
    if not settings.is_sqlite:
        await _wait(settings, _look_for_server)


async def wait_for_migrations(settings: Settings) -> None:
    """Wait until somebody has migrated the database as this version wants it.

    Raises:
        SettingsError: nobody has within ``START_WAIT_SECONDS``, or the server never lets us in.
    """
    await _wait(settings, _look_for_migrations)


async def _wait(settings: Settings, look: _Look) -> None:
    begun = time.monotonic()
    told_at = -TELL_SECONDS
    while (failure := await look(settings)) is not None:
        waited = time.monotonic() - begun
        if not failure.may_pass or waited >= settings.start_wait_seconds:
            raise SettingsError(f"DATABASE_URL: {failure.reason}{_say_how_long(waited)}")
        if waited - told_at >= TELL_SECONDS:
            told_at = waited
            left = round(settings.start_wait_seconds - waited)
            _log.warning("waiting_for_database", reason=failure.reason, seconds_left=left)
        await asyncio.sleep(TRY_SECONDS)


def _say_how_long(seconds: float) -> str:
    return f"; waited {round(seconds)} s for it (START_WAIT_SECONDS)" if seconds >= 1 else ""


async def _look_for_server(settings: Settings) -> ConnectionFailure | None:
    return await find_connection_failure(settings.resolved_database_url)


async def _look_for_migrations(settings: Settings) -> ConnectionFailure | None:
    if not settings.is_sqlite:
        failure = await _look_for_server(settings)
        if failure is not None:
            return failure
    database = Database.from_url(settings.resolved_database_url, 1)
    try:
        hindrance = await find_hindrance(database, settings)
    except QuestboardError as error:
        hindrance = str(error.detail)
    finally:
        await database.dispose()
    return None if hindrance is None else ConnectionFailure(hindrance, may_pass=True)
