"""What ends a stream, and that it can be gone on with."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from app.core.errors import UnauthenticatedError
from app.db.session import Database
from app.db.unit_of_work import ReadUnitOfWork
from app.infra.events import InProcessEvents
from app.services.live_events import Check, LiveEvents, LiveEventService
from tests.support.service import Service
from tests.support.streams import tell

SHORT = 0.01
LONG = 60.0


async def let_go_on() -> None:
    """Refuses nobody."""


def refuse_after(times: int) -> Check:
    """Lets the follower go on so many times."""
    left: Iterator[int] = iter(range(times))

    async def check() -> None:
        if next(left, None) is None:
            raise UnauthenticatedError

    return check


async def ids_of(events: LiveEvents) -> list[int]:
    return [event.id async for event in events.follow()]


@pytest.fixture
def database(service: Service) -> Database:
    return service.parts.database


@pytest.fixture
async def user_id(service: Service) -> int:
    """Somebody who was told 150 things."""
    user_id = await service.add_user()
    await tell(service.parts.database, user_id, 150)
    return user_id


async def test_who_follows_is_checked_from_time_to_time(database: Database, user_id: int) -> None:
    """Nothing happens, and nobody wakes it: it ends all the same."""
    service = LiveEventService(database.reading, InProcessEvents(), SHORT)
    async with service.open(user_id, None, refuse_after(3)) as events:
        assert await ids_of(events) == []


async def test_who_follows_is_checked_before_each_batch(database: Database, user_id: int) -> None:
    service = LiveEventService(database.reading, InProcessEvents(), LONG)
    async with service.open(user_id, 0, refuse_after(1)) as events:
        assert await ids_of(events) == list(range(1, 101))


async def test_the_service_ends_it_when_it_leaves(database: Database, user_id: int) -> None:
    hub = InProcessEvents()
    service = LiveEventService(database.reading, hub, LONG)
    async with service.open(user_id, 149, let_go_on) as events:
        following = events.follow()
        assert (await anext(following)).id == 150
        hub.close()
        assert [event async for event in following] == []


async def test_a_lost_database_ends_it_and_it_can_be_gone_on_with(
    database: Database, user_id: int, tmp_path: Path
) -> None:
    lost = Database.from_url(f"sqlite+aiosqlite:///{tmp_path / 'nowhere' / 'file'}", 1)
    present = database

    @asynccontextmanager
    async def open_reading() -> AsyncIterator[ReadUnitOfWork]:
        async with present.reading() as uow:
            yield uow

    service = LiveEventService(open_reading, InProcessEvents(), LONG)
    async with service.open(user_id, 0, let_go_on) as events:
        following = events.follow()
        ids = [(await anext(following)).id]
        present = lost
        ids += [event.id async for event in following]
    assert ids == list(range(1, 101))

    present = database
    async with service.open(user_id, ids[-1], let_go_on) as events:
        following = events.follow()
        assert [(await anext(following)).id for _ in range(50)] == list(range(101, 151))
    await lost.dispose()


async def test_somebody_who_is_no_player_begins_at_0(database: Database) -> None:
    service = LiveEventService(database.reading, InProcessEvents(), LONG)
    async with service.open(4711, 5, let_go_on) as events:
        assert events.start_id == 0


async def test_what_happens_after_the_end_is_not_told(database: Database, user_id: int) -> None:
    """Also where the session ends, and something happens, just before it is looked for."""
    has_ended = False

    async def check() -> None:
        if has_ended:
            raise UnauthenticatedError

    @asynccontextmanager
    async def end_and_tell() -> AsyncIterator[ReadUnitOfWork]:
        nonlocal has_ended
        if not has_ended:
            has_ended = True
            await tell(database, user_id)
        async with database.reading() as uow:
            yield uow

    async with LiveEventService(database.reading, InProcessEvents(), LONG).open(
        user_id, 150, check
    ) as events:
        looking = LiveEvents(events._follower, events._subscription, end_and_tell, LONG)
        assert await ids_of(looking) == []
