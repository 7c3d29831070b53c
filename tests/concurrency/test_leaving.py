"""A user who leaves while requests of theirs are under way: nothing stays, and nothing breaks."""

import asyncio
from datetime import timedelta

from sqlalchemy import text

from app.db.session import Database
from app.services.tasks import TaskService
from tests.support.databases import POSTGRESQL
from tests.support.game import count_rows_of, principal
from tests.support.service import PASSWORD, Service

TASK = {"title": "Private", "description": "", "tags": [], "checklist": [], "difficulty": "easy"}


async def test_everything_of_a_user_goes_with_the_account(service: Service) -> None:
    learner = await service.learner()
    plain = await learner.create_task()
    recurring = await learner.create_task(recurrence="FREQ=DAILY")
    for path in ("complete", "undo", "complete"):
        await learner.post(f"/tasks/{plain['id']}/{path}", **{"Idempotency-Key": path * 2})
    await learner.post(f"/tasks/{recurring['id']}/complete", {"occurrence_on": "2026-03-02"})
    had = await count_rows_of(service.parts.database, learner.id)
    assert had.keys() >= {"idempotency_keys", "task_occurrences", "reward_entries", "user_sessions"}
    gone = await learner.client.request("DELETE", "/users/me", json={"password": PASSWORD})
    assert gone.status_code == 204
    assert await count_rows_of(service.parts.database, learner.id) == {}


async def test_requests_under_way_leave_nothing_behind(service: Service) -> None:
    learner = await service.learner()
    tasks = [(await learner.create_task())["id"] for _ in range(30)]
    requests = []
    for n, task in enumerate(tasks):
        done, made = ({"Idempotency-Key": f"{kind}-{n}"} for kind in ("done", "made"))
        requests.append(learner.client.post(f"/tasks/{task}/complete", headers=done))
        requests.append(learner.client.post("/tasks", json={"title": "New"}, headers=made))
        requests.append(learner.client.patch(f"/tasks/{task}", json={"title": "Other"}))
    leave = learner.client.request("DELETE", "/users/me", json={"password": PASSWORD})
    requests.insert(20, leave)
    answers = await asyncio.gather(*requests)
    statuses = {answer.status_code for answer in answers}
    assert statuses <= {200, 201, 204, 401, 404, 503}
    assert answers[20].status_code == 204
    assert all("Retry-After" in a.headers for a in answers if a.status_code == 503)
    assert await count_rows_of(service.parts.database, learner.id) == {}


async def test_a_key_claimed_while_its_owner_leaves_goes_too(service: Service) -> None:
    """The creation has not been committed when the account is being erased, and is before that ends."""
    database = service.parts.database
    user_id = await service.add_user()
    store = service.parts.manager.user_db
    user = await store.get(user_id)
    assert user is not None
    now = service.clock.now()
    async with database.writing() as creation:
        await creation.uow.idempotency.claim(user_id, "key", b"print", now, now - timedelta(days=1))
        await TaskService(creation.uow, service.clock).create(principal(user_id), TASK)
        erasing = asyncio.create_task(store.delete(user))
        await wait_until_blocked(database, erasing)
        await creation.commit()
    await erasing
    assert await count_rows_of(database, user_id) == {}


async def wait_until_blocked(database: Database, task: asyncio.Task[None]) -> None:
    """Until the task waits for a lock (or is done, and never did). On SQLite it waits to begin at all."""
    if database.engines.reading.dialect.name != POSTGRESQL:
        return
    blocked = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
    waiting = 0
    while not waiting and not task.done():
        async with database.reading() as uow:
            waiting = (await uow._session.execute(blocked)).scalar_one()
