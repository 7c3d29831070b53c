"""Requests with one ``Idempotency-Key`` that are under way at the same time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy import event, func, insert, select
from sqlalchemy.ext.asyncio import create_async_engine

from app.db.models import IdempotencyKey, Task
from tests.api.retry_steps import KEY, READ, count_tasks, send
from tests.api.task_steps import check_refusal, count_standing_rewards
from tests.support.clock import START
from tests.support.databases import POSTGRESQL
from tests.support.service import Service, run_service


async def test_ten_at_once_have_one_effect_and_one_answer(service: Service) -> None:
    ada = await service.learner()

    answers = await asyncio.gather(*(send(ada, "/tasks", READ) for _ in range(10)))

    assert {(answer.status_code, answer.content) for answer in answers} == {
        (201, answers[0].content)
    }
    assert sum("idempotency-replayed" not in answer.headers for answer in answers) == 1
    assert await count_tasks(ada) == 1


async def test_ten_toggles_at_once_with_one_key_toggle_once(service: Service) -> None:
    ada = await service.learner()
    task = await ada.create_task()
    path = f"/tasks/{task['id']}/complete"

    answers = await asyncio.gather(*(send(ada, path, method="PATCH") for _ in range(10)))

    assert {answer.content for answer in answers} == {answers[0].content}
    assert await count_standing_rewards(ada) == 1


@asynccontextmanager
async def held_by_another(url: str, user_id: int) -> AsyncIterator[None]:
    """Another process is at work on a request with the key, and does not come to its end."""
    engine = create_async_engine(url)
    async with engine.connect() as connection:
        claim = {"user_id": user_id, "key": KEY, "fingerprint": b"\0" * 32, "created_at": START}
        await connection.execute(insert(IdempotencyKey).values(**claim))
        yield
        await connection.rollback()
    await engine.dispose()


@asynccontextmanager
async def hurried_service(url: str, folder: Path) -> AsyncIterator[Service]:
    """A service of another process, that waits for locks no more than a moment."""
    async with run_service(url, folder) as service:
        engine = service.parts.database.engines.writing.sync_engine
        if engine.dialect.name == POSTGRESQL:
            event.listen(
                engine, "begin", lambda c: c.exec_driver_sql("SET LOCAL lock_timeout = '20ms'")
            )
        else:
            event.listen(
                engine,
                "begin",
                lambda c: c.exec_driver_sql("PRAGMA busy_timeout = 20"),
                insert=True,
            )
        yield service


async def test_a_request_that_stays_in_flight_is_told_to_come_again(
    service: Service, database_kind: str, database_url: str, tmp_path: Path
) -> None:
    """On SQLite it waits for the one writer, which may be at work on anything."""
    async with hurried_service(database_url, tmp_path) as hurried:
        ada = await hurried.learner()
        async with held_by_another(database_url, ada.id):
            answer = await send(ada, "/tasks", READ)

        if database_kind == POSTGRESQL:
            check_refusal(answer, 409, "request_in_flight")
        else:
            check_refusal(answer, 503, "database_busy")
        assert int(answer.headers["retry-after"]) >= 1
        assert (await send(ada, "/tasks", READ)).status_code == 201
        assert await count_rows(hurried) == (1, 1)


async def test_another_key_does_not_wait_on_postgresql_and_the_writer_is_busy_on_sqlite(
    service: Service, database_kind: str, database_url: str, tmp_path: Path
) -> None:
    async with hurried_service(database_url, tmp_path) as hurried:
        ada = await hurried.learner()
        async with held_by_another(database_url, ada.id):
            keyed = await send(ada, "/tasks", READ, key="another")
            plain = await ada.client.post("/tasks", json=READ)

    for answer in (keyed, plain):
        if database_kind == POSTGRESQL:
            assert answer.status_code == 201
        else:
            check_refusal(answer, 503, "database_busy")


async def count_rows(service: Service) -> tuple[int, int]:
    """Tasks and keys."""
    async with service.parts.database.engines.reading.connect() as connection:
        counts = [
            (await connection.execute(select(func.count()).select_from(model))).scalar_one()
            for model in (Task, IdempotencyKey)
        ]
    return counts[0], counts[1]
