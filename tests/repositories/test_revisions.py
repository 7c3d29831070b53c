"""Revisions: read, locked and raised; and what is said of a database without them."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.db.session import Database


async def test_a_revision_begins_at_nothing_and_is_raised_by_one(database: Database) -> None:
    async with database.reading() as uow:
        assert await uow.revisions.get("config") == 0
    for number in range(3):
        async with database.writing() as transaction:
            assert await transaction.uow.revisions.lock("config") == number
            await transaction.uow.revisions.advance("config")
            await transaction.commit()
    async with database.reading() as uow:
        assert await uow.revisions.get("config") == 3
        assert await uow.revisions.get("other") == 0


async def test_what_is_not_committed_is_not_raised(database: Database) -> None:
    async with database.writing() as transaction:
        await transaction.uow.revisions.lock("config")
        await transaction.uow.revisions.advance("config")
    async with database.reading() as uow:
        assert await uow.revisions.get("config") == 0


async def test_before_the_migration_there_is_none(database: Database) -> None:
    async with database.writing() as transaction:
        await transaction.uow._session.execute(text("ALTER TABLE revisions RENAME TO others"))
        await transaction.commit()
    async with database.reading() as uow:
        assert await uow.revisions.get("config") is None


async def test_other_failures_are_not_taken_for_that(database: Database) -> None:
    async with database.writing() as transaction:
        await transaction.uow._session.execute(
            text("ALTER TABLE revisions RENAME COLUMN number TO figure")
        )
        await transaction.commit()
    with pytest.raises(DBAPIError):
        async with database.reading() as uow:
            await uow.revisions.get("config")
