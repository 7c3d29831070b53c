"""Databases that are named on the command line."""

import os
import re
from urllib.parse import urlsplit

from app.core.config import Settings, SettingsError, load_settings

DATABASE_URL = "DATABASE_URL"
ADDRESS_HELP = (
    "an address such as sqlite:///path or postgresql://user@host/name, or the name of an environment"
    " variable that holds one: what stands on a command line is seen by everybody on the machine, its"
    f" password too. {DATABASE_URL} is the database of the settings"
)

_VARIABLE = re.compile(r"[A-Z][A-Z0-9_]*")


def read_address(given: str, label: str) -> Settings:
    """The settings, with the database that was named.

    Raises:
        SettingsError: it is no address; the line begins with the label.
    """
    # A command is one process, however many serve.
    if given == DATABASE_URL:
        return load_settings(workers=1)
    address = given
    if _VARIABLE.fullmatch(given):
        address = os.environ.get(given, "")
        if not address:
            raise SettingsError(f"{label}: there is no environment variable {given}")
    try:
        return load_settings(database_url=address, workers=1)
    except SettingsError as error:
        raise SettingsError(str(error).replace(DATABASE_URL, label, 1)) from None


def describe_address(settings: Settings) -> str:
    """The database, without user and password."""
    if settings.database_file is not None:
        return f"SQLite {settings.database_file}"
    parts = urlsplit(settings.resolved_database_url)
    place = parts.netloc.rpartition("@")[2]
    return f"PostgreSQL {place or '(host in the query)'}{parts.path}"
