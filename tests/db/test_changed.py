"""Which kept answers a commit makes wrong is known once it is made, and not before."""

import asyncio
from collections.abc import Collection

import pytest

from app.core.cache import TABLES
from app.db.session import Database, Listeners
from app.game.week import week_of
from tests.support.clock import START
from tests.support.service import Service
from tests.support.standings import record


@pytest.fixture
def heard() -> list[Collection[str]]:
    return []


@pytest.fixture
def database(service: Service, heard: list[Collection[str]]) -> Database:
    """The service's database, with a listener of ours."""
    return Database(service.parts.database.engines, listeners=Listeners(on_changed=heard.append))


async def test_scores_names_and_departures_change_tables(
    service: Service, database: Database, heard: list[Collection[str]]
) -> None:
    user_id = await service.add_user()

    await record(database, user_id, 10)
    assert {TABLES} in heard
    heard.clear()
    for changes, expected in (
        ({"display_name": "Ada"}, [{TABLES}]),
        ({"timezone": "Asia/Tokyo"}, []),
    ):
        async with database.writing() as transaction:
            user = await transaction.uow.users.lock(user_id)
            assert user is not None
            await transaction.uow.users.update(user, changes)
            await transaction.commit()
        assert heard == expected
        heard.clear()
    async with database.writing() as transaction:
        await transaction.uow.scores.show(user_id, week_of(START), shown=False)
        await transaction.commit()
    async with database.writing() as transaction:
        user = await transaction.uow.users.lock(user_id)
        assert user is not None
        await transaction.uow.users.delete(user)
        await transaction.commit()
    assert heard == [{TABLES}, {TABLES}]


async def test_nothing_is_heard_of_what_was_taken_back(
    database: Database, heard: list[Collection[str]]
) -> None:
    async with database.writing() as transaction:
        transaction.uow.changed.add(TABLES)
    async with database.writing() as transaction:
        await transaction.commit()

    assert heard == []


async def test_a_commit_that_is_given_up_may_have_been_made(
    database: Database, heard: list[Collection[str]]
) -> None:
    begun = asyncio.Event()

    async def commit() -> None:
        async with database.writing() as transaction:
            await transaction.uow.revisions.lock("config")
            transaction.uow.changed.add(TABLES)
            begun.set()
            await transaction.commit()

    task = asyncio.create_task(commit())
    await begun.wait()
    assert heard == []
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)

    assert heard == [{TABLES}]
