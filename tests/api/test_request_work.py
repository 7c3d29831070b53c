"""The units of work of a request: opened when they are asked for, over before the answer is sent."""

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, contextmanager

import httpx
import pytest
from sqlalchemy import QueuePool, event
from starlette.types import Message, Receive, Scope, Send

from app.api.work import RequestWork
from app.db.session import Database
from tests.support.databases import delete_all_rows
from tests.support.game import add_player
from tests.support.service import BASE_URL, Learner, Service

KEY = {"Idempotency-Key": "k"}


@pytest.fixture
async def learner(service: Service) -> Learner:
    return await service.learner()


@contextmanager
def counting(service: Service, name: str) -> Iterator[list[str]]:
    """How often something happened to the engine that writes: ``begin``, ``commit``, ``rollback``."""
    heard: list[str] = []

    def hear(*_: object) -> None:
        heard.append(name)

    engine = service.parts.database.engines.writing.sync_engine
    event.listen(engine, name, hear)
    yield heard
    event.remove(engine, name, hear)


def count_held(service: Service) -> int:
    """How many connections are out of their pools."""
    engines = service.parts.database.engines
    held = 0
    for pool in {engines.reading.sync_engine.pool, engines.writing.sync_engine.pool}:
        assert isinstance(pool, QueuePool)
        held += pool.checkedout()
    return held


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/tasks"), ("POST", "/tasks"), ("GET", "/tasks/4711"), ("POST", "/tasks/4711/undo")],
)
async def test_nothing_is_held_any_more_when_the_answer_begins(
    service: Service, learner: Learner, method: str, path: str
) -> None:
    held = []

    async def watched(scope: Scope, receive: Receive, send: Send) -> None:
        async def look_and_send(message: Message) -> None:
            held.append(count_held(service))
            await send(message)

        await service.app(scope, receive, look_and_send)

    transport = httpx.ASGITransport(watched)
    body = {"title": "A task"} if path == "/tasks" and method == "POST" else None
    async with httpx.AsyncClient(transport=transport, base_url=BASE_URL) as client:
        client.headers.update(learner.client.headers)
        await client.request(method, path, json=body)
    assert set(held) == {0}


async def test_who_asks_for_nothing_takes_no_connection(service: Service, learner: Learner) -> None:
    taken = []

    def take(*_: object) -> None:
        taken.append(1)

    engines = service.parts.database.engines
    pools = {engines.reading.sync_engine.pool, engines.writing.sync_engine.pool}
    for pool in pools:
        event.listen(pool, "checkout", take)
    await service.client().get("/health")
    await service.client().get("/tasks")  # without a token
    assert taken == []
    await learner.get("/tasks")
    assert taken
    for pool in pools:
        event.remove(pool, "checkout", take)


async def test_reading_begins_no_transaction(service: Service, learner: Learner) -> None:
    task = await learner.create_task()
    with counting(service, "begin") as begun:
        await learner.get("/tasks")
        await learner.get(f"/tasks/{task['id']}")
        await learner.get("/game/profile")
    assert begun == []


async def test_a_request_is_committed_once_and_its_replay_not_at_all(
    service: Service, learner: Learner
) -> None:
    with counting(service, "commit") as committed:
        await learner.post("/tasks", {"title": "A task"}, **KEY)
        assert len(committed) == 1
        answer = await learner.client.post("/tasks", json={"title": "A task"}, headers=KEY)
        assert answer.headers["Idempotency-Replayed"] == "true"
        assert len(committed) == 1


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/tasks/4711/undo", None, 404),
        ("/tasks", {"title": ""}, 422),
        ("/tasks", {"title": "A task", "recurrence": "FREQ=HOURLY"}, 422),
    ],
)
async def test_what_is_refused_is_not_committed(
    service: Service, learner: Learner, path: str, body: dict[str, str] | None, status: int
) -> None:
    for headers in ({}, KEY):
        with counting(service, "commit") as committed:
            answer = await learner.client.post(path, json=body, headers=headers)
        assert (answer.status_code, committed) == (status, [])
        assert count_held(service) == 0
        # Neither does the key stay claimed.
        assert await learner.post("/tasks", {"title": "A task"}, **headers)


@pytest.fixture
async def real(database_url: str) -> AsyncIterator[Database]:
    database = Database.from_url(database_url, 1)
    yield database
    await delete_all_rows(database)
    await database.dispose()


async def count_players(database: Database) -> int:
    async with database.reading() as uow:
        return await uow.players.count()


async def test_of_each_kind_there_is_one(real: Database) -> None:
    async with AsyncExitStack() as stack:
        work = RequestWork(lambda: real, stack)
        assert await work.read() is await work.read()
    async with AsyncExitStack() as stack:
        work = RequestWork(lambda: real, stack)
        assert await work.write() is await work.write()


async def test_without_a_commit_all_is_taken_back(real: Database) -> None:
    async with AsyncExitStack() as stack:
        await add_player(await RequestWork(lambda: real, stack).write())
    assert await count_players(real) == 0


async def test_an_error_takes_all_back(real: Database) -> None:
    async def fail() -> None:
        async with AsyncExitStack() as stack:
            work = RequestWork(lambda: real, stack)
            await add_player(await work.write())
            raise LookupError

    with pytest.raises(LookupError):
        await fail()
    assert await count_players(real) == 0


async def test_a_commit_keeps_all_and_is_harmless_where_nothing_was_written(real: Database) -> None:
    async with AsyncExitStack() as stack:
        work = RequestWork(lambda: real, stack)
        await add_player(await work.write())
        await work.commit()
    async with AsyncExitStack() as stack:
        work = RequestWork(lambda: real, stack)
        await work.read()
        await work.commit()
    assert await count_players(real) == 1
