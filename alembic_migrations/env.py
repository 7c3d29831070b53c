"""Runs migrations over the async engine, for Alembic's command line and for ``commands.migrate``."""

import asyncio
from typing import Any, Literal

from alembic import context
from sqlalchemy import Connection, event, make_url, pool, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.types import TypeDecorator

from app.core.config import load_settings
from app.db.models import User
from app.db.postgres_engines import create_postgres_engine

METADATA = User.metadata
"""Importing the models' package has registered every table."""

ONE_AT_A_TIME = 7_310_226_112_101
"""The advisory lock that servers starting together queue for. Any number that nobody else uses."""

LOCK_TIMEOUT = "4s"
"""A migration that waits for a busy table makes everybody behind it wait: rather fail and try again."""


def render_plainly(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Write our column types as what they are made of: a migration must outlive the code of its day."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl!r}"
    return False


def migrate(connection: Connection) -> None:
    """Run what Alembic was asked to, in one transaction: all of it or nothing, one process at a time."""
    context.configure(
        connection=connection,
        target_metadata=METADATA,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
        render_item=render_plainly,
        transactional_ddl=True,
        transaction_per_migration=False,
    )
    with context.begin_transaction():
        if connection.dialect.name == "postgresql":
            connection.execute(text(f"SELECT pg_advisory_xact_lock({ONE_AT_A_TIME})"))
            connection.execute(text(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'"))
        context.run_migrations()


async def migrate_url(url: str) -> None:
    """Connect, migrate and disconnect."""
    if make_url(url).get_backend_name() == "postgresql":
        engine = create_postgres_engine(url, None, poolclass=pool.NullPool)
    else:
        engine = create_async_engine(url, poolclass=pool.NullPool)
        # The driver's own transactions leave DDL out. Foreign keys stay unenforced here, as is the
        # driver's default: a table that is rebuilt is dropped, and its children's rows would go too.
        event.listen(engine.sync_engine, "connect", _leave_transactions_to_us)
        event.listen(engine.sync_engine, "begin", _begin_immediate)
    async with engine.connect() as connection:
        await connection.run_sync(migrate)
    await engine.dispose()


def _leave_transactions_to_us(connection: Any, _record: Any) -> None:
    connection.isolation_level = None


def _begin_immediate(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def main() -> None:
    """Migrate over the connection that the caller brought, or over one of our own."""
    brought = context.config.attributes.get("connection")
    if brought is not None:
        migrate(brought)
        return
    url = context.config.attributes.get("url") or load_settings().resolved_database_url
    asyncio.run(migrate_url(url))


if context.is_offline_mode():
    context.configure(
        url=load_settings().resolved_database_url, target_metadata=METADATA, literal_binds=True
    )
    with context.begin_transaction():
        context.run_migrations()
else:
    main()
