"""The databases that the suite runs on: migrated once by Alembic, cleaned by DELETE."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import text

from app.core.database_url import POSTGRESQL_SCHEME, SQLITE_SCHEME
from app.db.base import Base
from app.db.session import Database
from commands.migrate import alembic_config
from tests.support.postgres import PostgresUnavailableError, PrivatePostgres, start_postgres

SQLITE = "sqlite"
POSTGRESQL = "postgresql"


@contextmanager
def provide_url(kind: str, folder: Path) -> Iterator[str]:
    """The address of an empty database of this kind."""
    if kind == SQLITE:
        yield f"{SQLITE_SCHEME}:///{folder / 'test.sqlite3'}"
        return
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield f"{POSTGRESQL_SCHEME}://{given.partition('://')[2]}"
        return
    with provide_server() as server:
        server.create_database("questboard_test")
        yield server.url("questboard_test")


@contextmanager
def provide_server() -> Iterator[PrivatePostgres]:
    """A PostgreSQL of our own. Without one a test is skipped, but in CI it fails."""
    try:
        server = start_postgres()
    except PostgresUnavailableError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"no PostgreSQL could be started: {error}")
    try:
        yield server
    finally:
        server.stop()


def migrate_url(url: str, revision: str = "head") -> None:
    """Migrate, in a thread of its own: Alembic's env.py starts an event loop."""
    failures: list[BaseException] = []

    def upgrade() -> None:
        try:
            command.upgrade(alembic_config(url), revision)
        except BaseException as error:  # noqa: BLE001 - handed to the caller's thread
            failures.append(error)

    thread = threading.Thread(target=upgrade)
    thread.start()
    thread.join()
    if failures:
        raise failures[0]


async def delete_all_rows(database: Database) -> None:
    """Empty every table: what a test committed is gone for the next."""
    async with database.engines.writing.begin() as connection:
        for table in reversed(Base.metadata.sorted_tables):
            await connection.execute(text(f'DELETE FROM "{table.name}"'))
