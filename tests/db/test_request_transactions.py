"""One request, one transaction: what is not answered well has not happened."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Connection, event, text
from sqlalchemy.exc import OperationalError

from tests.support.game import count_rows_of
from tests.support.service import Learner, Service


@pytest.fixture
async def learner(service: Service) -> Learner:
    return await service.learner()


@contextmanager
def failing_commits(service: Service) -> Iterator[None]:
    """Until the end of the block a commit is a rollback that raises, as with a full disk."""

    def fail(connection: Connection) -> None:
        connection.connection.rollback()
        raise OperationalError("COMMIT", None, Exception("the disk is gone"))

    engine = service.parts.database.engines.writing.sync_engine
    event.listen(engine, "commit", fail)
    try:
        yield
    finally:
        event.remove(engine, "commit", fail)


async def spoil_task(service: Service, task_id: int) -> None:
    """Store what no answer can show: a tag that is no text."""
    async with service.parts.database.engines.writing.begin() as connection:
        await connection.execute(
            text("UPDATE tasks SET tags = '[1]' WHERE id = :id"), {"id": task_id}
        )


async def read_titles(service: Service) -> list[str]:
    async with service.parts.database.reading() as uow:
        return list((await uow._session.execute(text("SELECT title FROM tasks"))).scalars())


async def test_a_commit_that_fails_is_not_answered_as_done(
    service: Service, learner: Learner
) -> None:
    with failing_commits(service):
        answer = await learner.client.post("/tasks", json={"title": "A task"})
    assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")
    assert (await learner.get("/tasks"))["items"] == []
    assert (await learner.create_task())["title"] == "A task"


async def test_a_completion_whose_commit_fails_pays_nothing(
    service: Service, learner: Learner
) -> None:
    task = await learner.create_task()
    path, key = f"/tasks/{task['id']}/complete", {"Idempotency-Key": "k"}
    with failing_commits(service):
        assert (await learner.client.post(path, headers=key)).status_code == 500
    assert (await learner.get("/game/profile"))["xp"] == 0
    assert "idempotency_keys" not in await count_rows_of(service.parts.database, learner.id)
    assert (await learner.post(path, **key))["outcome"]["xp"] == 10


async def test_a_change_whose_answer_is_invalid_is_taken_back(
    service: Service, learner: Learner
) -> None:
    task = await learner.create_task(title="Before")
    await spoil_task(service, task["id"])
    answer = await learner.client.patch(f"/tasks/{task['id']}", json={"title": "After"})
    assert answer.status_code == 500
    assert await read_titles(service) == ["Before"]


async def test_a_completion_whose_answer_is_invalid_pays_nothing(
    service: Service, learner: Learner
) -> None:
    task = await learner.create_task()
    await spoil_task(service, task["id"])
    answer = await learner.client.post(f"/tasks/{task['id']}/complete")
    assert answer.status_code == 500
    assert (await learner.get("/game/ledger"))["items"] == []
    assert "activities" not in await count_rows_of(service.parts.database, learner.id)


async def test_a_refusal_after_writing_takes_everything_back(
    service: Service, learner: Learner
) -> None:
    """The title would fit, the rule does not: neither is kept."""
    task = await learner.create_task(title="Before")
    changes = {"title": "After", "recurrence": "FREQ=HOURLY"}
    answer = await learner.client.patch(f"/tasks/{task['id']}", json=changes)
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_recurrence")
    assert await read_titles(service) == ["Before"]
