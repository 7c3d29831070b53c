"""Bring the database to this version's schema: ``python -m commands.migrate``."""

import asyncio
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from app.core.config import Settings, SettingsError, load_settings
from app.core.errors import UnavailableError
from app.db.connecting import explain_failure
from app.db.schema_version import MIGRATIONS
from app.db.session import Database
from app.services.system import SystemService
from commands.terminal import fail, take_no_options

if TYPE_CHECKING:
    from alembic.config import Config


def alembic_config(url: str) -> "Config":
    """Alembic's configuration for the database at ``url``."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["url"] = url
    return config


def migrate(settings: Settings) -> None:
    """Migrate to the newest revision; nothing happens where the database is there already.

    Raises:
        SettingsError: the database can't be reached or made with these settings.
    """
    try:
        _make_file(settings)
        if not asyncio.run(_is_migrated(settings)):
            _upgrade(settings)
    except Exception as error:
        reason = explain_failure(error)
        if reason is None:
            raise
        raise SettingsError(f"DATABASE_URL: {reason}") from None


async def _is_migrated(settings: Settings) -> bool:
    database = Database.from_url(settings.resolved_database_url, 1)
    try:
        await SystemService(database).check_ready()
    except UnavailableError:  # if it is out of reach, the migrations will say how
        return False
    finally:
        await database.dispose()
    return True


def _upgrade(settings: Settings) -> None:
    # Heavy, and most starts find the database migrated.
    from alembic import command
    from alembic.util.exc import CommandError

    try:
        command.upgrade(alembic_config(settings.resolved_database_url), "head")
    except CommandError as error:  # such as a revision that only a newer version knows
        raise SettingsError(f"DATABASE_URL: {str(error).splitlines()[0]}") from None


def _make_file(settings: Settings) -> None:
    """Make SQLite's file, for nobody else to read: it holds mail addresses and hashes of passwords.

    Its companions (the write-ahead log) get the same mode from SQLite.
    """
    file = settings.database_file
    if file is None:
        return
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
    except OSError:
        name = "DATABASE_URL" if settings.database_url.get_secret_value() else "DATA_DIR"
        raise SettingsError(f"{name}: the database's file can't be made") from None


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command."""
    take_no_options(__doc__, arguments)
    try:
        migrate(load_settings())
    except SettingsError as error:
        return fail(str(error))
    print("The database is migrated.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
