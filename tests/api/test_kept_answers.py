"""Trees of courses and tables are kept, and are right all the same: in one process, and in two."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from app.core.roles import Role
from app.db.models import CourseTask
from app.db.repositories.course_rows import CourseHead
from app.services.catalogue import CatalogueService
from app.services.course_trees import CourseTreeService
from tests.api.authoring_steps import author, patch
from tests.api.table_steps import TABLE, list_rows, set_visibility
from tests.support.courses import add_course, small_course
from tests.support.databases import SQLITE
from tests.support.game import principal
from tests.support.redis import PrivateRedis, provide_redis
from tests.support.service import Learner, Service, run_service

PATH = "/courses/python"


@pytest.fixture(scope="module")
def shared_redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrivateRedis]:
    with provide_redis(tmp_path_factory.mktemp("redis")) as redis:
        yield redis


@dataclass
class Pair:
    """Two processes' worth of service on one database, and somebody who is a client of either."""

    here: Service
    there: Service

    async def learner(self, email: str, **fields: Any) -> tuple[Learner, Learner]:
        """The same account, as a client of the one and of the other."""
        ours = await self.here.learner(email, **fields)
        token = await self.here.open_session(ours.id)
        return ours, Learner(ours.id, email, self.there.client(token))


@pytest.fixture(params=["with redis", "without redis"])
async def pair(
    request: pytest.FixtureRequest, database_kind: str, database_url: str, tmp_path: Path
) -> AsyncIterator[Pair]:
    """Without Redis this is for PostgreSQL: SQLite is for a single process."""
    url = None
    if request.param == "with redis":
        url = request.getfixturevalue("shared_redis").url
    elif database_kind == SQLITE:
        pytest.skip("two processes on SQLite share a Redis, or keep tables for seconds")
    async with (
        run_service(database_url, tmp_path, redis_url=url) as here,
        run_service(database_url, tmp_path, redis_url=url) as there,
    ):
        yield Pair(here, there)
        await here.reset()
        await there.parts.caches.lasting.clear()


async def test_a_change_of_a_course_is_seen_at_once_everywhere(pair: Pair) -> None:
    ada, ada_there = await pair.learner("ada@example.org")
    grace = await author(pair.here)
    await add_course(pair.here.parts.database, small_course(weeks=2))
    for number in range(5):
        for reader in (ada, ada_there, grace):
            await reader.get(PATH)
        week = (await grace.get(PATH))["weeks"][1]
        await patch(grace, f"/weeks/{week['id']}", title=f"Title {number}")
        for reader in (ada_there, ada, grace):
            assert (await reader.get(PATH))["weeks"][1]["title"] == f"Title {number}"


async def test_a_course_that_is_taken_back_is_not_shown_from_what_is_kept(pair: Pair) -> None:
    ada, ada_there = await pair.learner("ada@example.org")
    grace = await author(pair.here)
    await add_course(pair.here.parts.database)
    await ada_there.get(PATH)

    await grace.post(f"{PATH}/archive")

    assert (await ada_there.get(PATH))["status"] == (await ada.get(PATH))["status"] == "archived"


async def test_scores_and_names_are_seen_at_once_everywhere(pair: Pair) -> None:
    """What is asked of the process that took the change is right; of the other once Redis has heard."""
    ada, ada_there = await pair.learner("ada@example.org", display_name="Ada")
    eve, eve_there = await pair.learner("eve@example.org", display_name="Eve")
    await ada.post(f"/tasks/{(await ada.create_task())['id']}/complete")
    task = (await eve.create_task(difficulty="hard"))["id"]
    before = [(1, "Ada", 10)]
    assert await list_rows(ada_there) == await list_rows(ada) == before

    await eve.post(f"/tasks/{task}/complete")
    after = [(1, "Eve", 40), (2, "Ada", 10)]
    assert await list_rows(ada) == after
    await settle(pair)
    assert await list_rows(ada_there) == after

    await set_visibility(eve_there, "hidden")
    assert await list_rows(ada_there) == before
    await settle(pair)
    assert await list_rows(ada) == before

    await patch(ada, "/users/me", display_name="Countess")
    assert await list_rows(ada) == [(1, "Countess", 10)]
    await settle(pair)
    assert await list_rows(ada_there) == [(1, "Countess", 10)]

    await set_visibility(eve, "shown")
    await eve.post(f"/tasks/{task}/undo")
    await settle(pair)
    assert await list_rows(ada_there) == [(1, "Countess", 10)]

    await eve.post(f"/tasks/{task}/complete")
    await settle(pair)
    assert len(await list_rows(ada_there)) == 2
    root = await pair.here.learner("root@example.org", is_superuser=True)
    assert (await root.client.delete(f"/users/{eve.id}")).status_code == 204
    assert await list_rows(ada) == [(1, "Countess", 10)]
    await settle(pair)
    assert await list_rows(ada_there) == [(1, "Countess", 10)]


async def settle(pair: Pair) -> None:
    """Wait until what both have changed is known to both."""
    for service in (pair.here, pair.there):
        groups = service.parts.caches.groups
        sending = getattr(groups, "_sending", None)
        if sending is not None:
            await sending


async def test_a_page_is_each_readers_own(service: Service) -> None:
    """The kept rows are the same, but not which of them is the reader's."""
    ada = await service.learner("ada@example.org", display_name="Ada")
    eve = await service.learner("eve@example.org", display_name="Eve")
    for learner in (ada, eve):
        await learner.post(f"/tasks/{(await learner.create_task())['id']}/complete")
    for learner, expected in ((ada, [False, True]), (eve, [True, False])):
        for _ in range(2):
            rows = (await learner.get(TABLE))["items"]
            assert [row["is_me"] for row in rows] == expected


async def test_what_two_statements_saw_of_two_revisions_is_not_kept(service: Service) -> None:
    """An author commits between a reader's look at the course and its look at the days."""
    ada = await service.learner()
    course_id = await add_course(service.parts.database)
    database, cache = service.parts.database, service.parts.caches.lasting
    reader = principal(ada.id)

    async with database.reading() as uow:
        course = await CatalogueService(uow).find(reader, "python")
    async with database.writing() as transaction:
        row = await transaction.uow.courses.lock("python")
        assert row is not None
        row.revision += 1
        await transaction.uow._session.execute(
            update(CourseTask).where(CourseTask.course_id == course_id).values(title="New")
        )
        await transaction.commit()
    async with database.reading() as uow:
        await CourseTreeService(uow, cache).show(reader, course)

    assert await read_kept(service, course) is None
    tree = await ada.get(PATH)
    assert {day["title"] for week in tree["weeks"] for day in week["days"]} == {"New"}


async def read_kept(service: Service, course: CourseHead) -> bytes | None:
    instant = course.updated_at.timestamp()
    key = f"tree:{course.id}:{course.revision}:{instant:.6f}"
    return await service.parts.caches.lasting.get(key)


async def test_authors_get_what_the_database_has(service: Service) -> None:
    """Even if somebody changed it by hand, and no revision tells."""
    course_id = await add_course(service.parts.database)
    readers = [await service.learner(f"{role}@example.org", role=role) for role in Role]
    for reader in readers:
        await reader.get(PATH)
    async with service.parts.database.writing() as transaction:
        await transaction.uow._session.execute(
            update(CourseTask).where(CourseTask.course_id == course_id).values(title="New")
        )
        await transaction.commit()

    shown = {
        role: (await reader.get(PATH))["weeks"][0]["days"][0]["title"]
        for role, reader in zip(Role, readers, strict=True)
    }

    assert shown.pop(Role.LEARNER) != "New"
    assert set(shown.values()) == {"New"}
