"""Runs migrations over the async engine, for Alembic's command line and for ``commands.migrate``."""

import asyncio
from typing import Any, Literal

from alembic import context
from sqlalchemy import Connection, pool, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.types import TypeDecorator

from app.core.config import load_settings
from app.db import models  # noqa: F401 - registers every table
from app.db.base import Base

LOCK_TIMEOUT = "4s"
"""A migration that waits for a busy table makes everybody behind it wait: rather fail and try again."""


def render_plainly(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Write our column types as what they are made of: a migration must outlive the code of its day."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl!r}"
    return False


def migrate(connection: Connection) -> None:
    """Run what Alembic was asked to, in one transaction."""
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
        render_item=render_plainly,
        transaction_per_migration=False,
    )
    with context.begin_transaction():
        if connection.dialect.name == "postgresql":
            connection.execute(text(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'"))
        context.run_migrations()


async def migrate_url(url: str) -> None:
    """Connect, migrate and disconnect."""
    engine = create_async_engine(url, poolclass=pool.NullPool)
    async with engine.connect() as connection:
        await connection.run_sync(migrate)
    await engine.dispose()


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
        url=load_settings().resolved_database_url, target_metadata=Base.metadata, literal_binds=True
    )
    with context.begin_transaction():
        context.run_migrations()
else:
    main()
