"""Bring the database to this version's schema: ``python -m commands.migrate``."""

import sys
from collections.abc import Sequence

from alembic import command
from alembic.config import Config

from app.core.config import Settings, SettingsError, load_settings
from app.db.connecting import explain_failure
from app.db.schema_version import MIGRATIONS
from commands.terminal import fail, take_no_options


def alembic_config(url: str) -> Config:
    """Alembic's configuration for the database at ``url``."""
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
        command.upgrade(alembic_config(settings.resolved_database_url), "head")
    except Exception as error:
        reason = explain_failure(error)
        if reason is None:
            raise
        raise SettingsError(f"DATABASE_URL: {reason}") from None


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
