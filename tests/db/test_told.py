"""Who was told something is known once it is committed, and not before."""

from collections.abc import Collection

import pytest

from app.db.session import Database, Listeners
from tests.support.clock import START
from tests.support.service import Service
from tests.support.streams import notices, tell


@pytest.fixture
def heard() -> list[Collection[int]]:
    return []


@pytest.fixture
def database(service: Service, heard: list[Collection[int]]) -> Database:
    """The service's database, with a listener of ours."""
    return Database(service.parts.database.engines, listeners=Listeners(on_told=heard.append))


async def test_a_commit_tells(
    service: Service, database: Database, heard: list[Collection[int]]
) -> None:
    user_id = await service.add_user()
    await tell(database, user_id, 3)

    assert heard == [{user_id}]


async def test_nothing_is_heard_of_what_was_taken_back(
    service: Service, database: Database, heard: list[Collection[int]]
) -> None:
    user_id = await service.add_user()
    async with database.writing() as transaction:
        player = await transaction.uow.players.lock(user_id)
        assert player is not None
        await transaction.uow.notifications.add(player, notices(1), START)
        await transaction.uow.players.save(player)

    assert heard == []
    async with database.reading() as uow:
        assert await uow.notifications.list_after(user_id, 0, 10) == []


async def test_a_commit_that_tells_nobody_is_not_heard(
    service: Service, database: Database, heard: list[Collection[int]]
) -> None:
    async with database.writing() as transaction:
        await transaction.commit()

    assert heard == []
