"""Bring the database to this version's schema: ``python -m commands.migrate``."""

import sys

from alembic import command
from alembic.config import Config

from app.core.config import Settings, SettingsError, load_settings
from app.db.schema_version import MIGRATIONS
from commands.terminal import fail


def alembic_config(url: str) -> Config:
    """Alembic's configuration for the database at ``url``."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["url"] = url
    return config


def migrate(settings: Settings) -> None:
    """Migrate to the newest revision; nothing happens where the database is there already."""
    if settings.is_sqlite:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
    command.upgrade(alembic_config(settings.resolved_database_url), "head")


def main() -> int:
    """Run the command."""
    try:
        migrate(load_settings())
    except SettingsError as error:
        return fail(str(error))
    return 0


if __name__ == "__main__":
    sys.exit(main())
