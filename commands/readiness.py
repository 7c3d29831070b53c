"""Whether the database is one that a command can work on."""

from pathlib import Path

from app.core.config import Settings
from app.db.session import Database
from app.services.system import NotReadyError, SystemService

HOW_TO_MIGRATE = "run: .venv/bin/python -m commands.migrate (./start.sh does it as well)"


def find_missing_file(settings: Settings) -> Path | None:
    """The SQLite file, if it is not there: connecting would make an empty one."""
    path = settings.database_file
    return None if path is None or path.exists() else path


async def find_hindrance(database: Database, settings: Settings) -> str | None:
    """Why a command can't work on the database, and what to run; None if it can.

    Raises:
        UnavailableError: the database is out of reach or busy.
    """
    if (path := find_missing_file(settings)) is not None:
        return f"there is no database at {path}; {HOW_TO_MIGRATE}"
    try:
        await SystemService(database).check_ready()
    except NotReadyError:
        return f"the database is not migrated as this version wants it; {HOW_TO_MIGRATE}"
    return None
