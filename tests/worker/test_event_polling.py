"""Looking for what no wake-up told."""

from dataclasses import replace
from pathlib import Path

import pytest

from app.db.session import Database
from app.infra.events import InProcessEvents
from app.parts import Parts
from app.worker.event_polling import look_for_news
from tests.support.process import free_port
from tests.support.service import Service, run_service
from tests.support.streams import tell

LONG = 60.0


@pytest.fixture
def parts(service: Service) -> Parts:
    """Parts with waiters of their own, whom the service does not look for by itself."""
    return replace(service.parts, events=InProcessEvents())


async def tell_from_elsewhere(parts: Parts, user_id: int) -> None:
    """As another process does, whose wake-ups are not heard here."""
    other = Database.from_url(parts.settings.resolved_database_url, 1)
    await tell(other, user_id)
    await other.dispose()


async def test_what_another_process_told_is_found(service: Service, parts: Parts) -> None:
    ada, eve = await service.add_user(), await service.add_user("eve@example.org")
    async with parts.events.subscribe(ada) as theirs, parts.events.subscribe(eve) as other:
        known = await look_for_news(parts, {ada: 0, eve: 0})
        assert known == {ada: 0, eve: 0}

        await tell_from_elsewhere(parts, ada)
        known = await look_for_news(parts, known)
        assert known == {ada: 1, eve: 0}
        assert await theirs.wait(0)
        assert not await other.wait(0)

        assert await look_for_news(parts, known) == known
        assert not await theirs.wait(0)


async def test_who_has_just_come_is_woken_once(service: Service, parts: Parts) -> None:
    """Something may have been told between their first look and ours."""
    user_id = await service.add_user()
    async with parts.events.subscribe(user_id) as waiter:
        known = await look_for_news(parts, {})
        assert await waiter.wait(0)
        await look_for_news(parts, known)
        assert not await waiter.wait(0)


async def test_all_are_looked_for_by_one_statement(service: Service, parts: Parts) -> None:
    users = [await service.add_user(f"u{n}@example.org") for n in range(3)]
    events = parts.events
    async with (
        events.subscribe(users[0]),
        events.subscribe(users[1]),
        events.subscribe(users[2]),
        events.subscribe(users[2]),
    ):
        with service.statements.count() as statements:
            known = await look_for_news(parts, {})

    assert set(known) == set(users)
    assert len(statements) == 1, statements


async def test_the_service_looks_by_itself(service: Service) -> None:
    user_id = await service.add_user()
    async with service.parts.events.subscribe(user_id) as waiter:
        assert await waiter.wait(LONG)  # who has just come
        await tell_from_elsewhere(service.parts, user_id)
        assert await waiter.wait(LONG)


async def test_a_lost_database_is_survived(tmp_path: Path) -> None:
    url = f"postgresql+asyncpg://nobody@127.0.0.1:{free_port()}/nothing"
    async with run_service(url, tmp_path) as service, service.parts.events.subscribe(1):
        known = {1: 5}
        assert await look_for_news(service.parts, known) == known
