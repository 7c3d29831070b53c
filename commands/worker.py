"""Do background jobs in a process of its own, until told to leave: what ``./start.sh worker`` runs.

Any number of workers may run, on any machine. Each waits until the database is migrated: serving does that.
"""

import asyncio
import signal
import sys
from collections.abc import Sequence

import structlog

from app.core.config import Settings, SettingsError, load_settings
from app.core.logging import configure_logging
from app.parts import open_parts
from app.worker.all import work
from commands.leaving import leaving_at_once
from commands.terminal import fail, take_no_options
from commands.waiting import wait_for_migrations

_log = structlog.get_logger(__name__)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command."""
    take_no_options(__doc__, arguments)
    try:
        settings = load_settings()
        configure_logging(settings.log_level)
        with leaving_at_once():
            asyncio.run(_work(settings))
    except SettingsError as error:
        return fail(str(error))
    return 0


async def _work(settings: Settings) -> None:
    await wait_for_migrations(settings)
    told_to_leave = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told_to_leave.set)
    async with open_parts(settings) as parts, work(parts):
        _log.info("worker_ready")
        await told_to_leave.wait()
        _log.info("worker_leaving")


if __name__ == "__main__":
    sys.exit(main())
