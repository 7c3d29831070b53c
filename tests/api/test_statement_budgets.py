"""How many SQL statements a request costs, counted at the driver, authentication included.

The exact number is pinned for each database: one more is a decision, one less a reason to write it down.
The budget beside it is what the design allows at most, on both.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from tests.support.costs import Cost, cost_on
from tests.support.service import Learner, Service

CHECKLIST = [{"text": "Can", "done": True}, {"text": "Water"}]
OCCURRENCE = {"occurrence_on": "2026-03-02"}


@dataclass
class Prepared:
    """A learner with tasks, all of whose connections are open."""

    learner: Learner
    plain: int
    done: int
    recurring: int

    async def get(self, path: str) -> httpx.Response:
        return await self.learner.client.get(path)

    async def post(self, path: str, body: Any = None, key: str | None = None) -> httpx.Response:
        headers = {} if key is None else {"Idempotency-Key": key}
        return await self.learner.client.post(path, json=body, headers=headers)

    async def patch(self, path: str, body: Any = None) -> httpx.Response:
        return await self.learner.client.patch(path, json=body)


@pytest.fixture
async def prepared(service: Service) -> Prepared:
    learner = await service.learner()
    ids = [(await learner.create_task(checklist=CHECKLIST))["id"] for _ in range(20)]
    recurring = await learner.create_task(recurrence="FREQ=DAILY", checklist=CHECKLIST)
    done = ids[0]
    # Another one stands as well: who undoes the week's only reward leaves the league with it.
    for task_id in (done, ids[2]):
        await learner.post(f"/tasks/{task_id}/complete")
    await learner.get("/game/profile")
    await service.settle()
    return Prepared(learner, ids[1], done, recurring["id"])


Ask = Callable[[Prepared], Awaitable[httpx.Response]]

TABLE: dict[str, tuple[Cost | int, int, Ask]] = {
    "list of 20 tasks": (2, 2, lambda p: p.get("/tasks")),
    "list, filtered and sorted": (2, 2, lambda p: p.get("/tasks?q=task&status=open&sort=due_on")),
    "one task": (2, 2, lambda p: p.get(f"/tasks/{p.plain}")),
    "profile": (2, 2, lambda p: p.get("/game/profile")),
    "ledger": (2, 2, lambda p: p.get("/game/ledger")),
    "creation": (2, 3, lambda p: p.post("/tasks", {"title": "New"})),
    "creation with a key": (4, 5, lambda p: p.post("/tasks", {"title": "New"}, "k")),
    "change": (3, 3, lambda p: p.patch(f"/tasks/{p.plain}", {"title": "Other"})),
    "completion": (Cost(14, 9), 18, lambda p: p.post(f"/tasks/{p.plain}/complete")),
    "completion with a key": (
        Cost(16, 11), 20, lambda p: p.post(f"/tasks/{p.plain}/complete", key="k"),
    ),
    "repeated completion": (4, 4, lambda p: p.post(f"/tasks/{p.done}/complete")),
    "recurring completion with a key and a checklist": (
        Cost(18, 14), 20, lambda p: p.post(f"/tasks/{p.recurring}/complete", OCCURRENCE, "k"),
    ),
    "undo": (Cost(17, 13), 20, lambda p: p.post(f"/tasks/{p.done}/undo")),
    "undo with a key": (Cost(19, 15), 22, lambda p: p.post(f"/tasks/{p.done}/undo", key="k")),
    "repeated undo": (4, 4, lambda p: p.post(f"/tasks/{p.plain}/undo")),
    "toggle": (Cost(15, 10), 18, lambda p: p.patch(f"/tasks/{p.plain}/complete")),
}  # fmt: skip


@pytest.mark.parametrize("name", TABLE)
async def test_a_request_costs_its_statements(
    service: Service, prepared: Prepared, database_kind: str, name: str
) -> None:
    cost, budget, ask = TABLE[name]
    expected = cost_on(database_kind, cost)
    with service.statements.count() as statements:
        answer = await ask(prepared)
    assert answer.is_success, answer.text
    assert len(statements) == expected, f"{len(statements)} statements: {statements}"
    assert expected <= budget


async def test_a_replayed_answer_costs_the_look_up_alone(
    service: Service, prepared: Prepared
) -> None:
    await prepared.post(f"/tasks/{prepared.plain}/complete", key="k")
    with service.statements.count() as statements:
        answer = await prepared.post(f"/tasks/{prepared.plain}/complete", key="k")
    assert answer.headers["Idempotency-Replayed"] == "true"
    assert len(statements) == 3, "\n".join(statements)


async def test_a_list_costs_the_same_however_long_it_is(
    service: Service, prepared: Prepared
) -> None:
    for _ in range(30):
        await prepared.learner.create_task(recurrence="FREQ=WEEKLY", checklist=CHECKLIST)
    with service.statements.count() as statements:
        page = await prepared.learner.get("/tasks", limit=50)
    assert (len(page["items"]), len(statements)) == (50, 2)


async def test_an_undo_costs_the_same_after_many_days(
    service: Service, prepared: Prepared, database_kind: str
) -> None:
    learner = prepared.learner
    for _ in range(10):
        task = await learner.create_task()
        await learner.post(f"/tasks/{task['id']}/complete")
        service.clock.advance(days=1)
        learner.client = service.client(await service.open_session(learner.id))
    with service.statements.count() as statements:
        await prepared.post(f"/tasks/{prepared.done}/undo")
    assert len(statements) == cost_on(database_kind, Cost(16, 12)), "\n".join(statements)


@pytest.mark.parametrize("token", [None, "not-a-token"])
async def test_who_is_not_known_costs_nothing(service: Service, token: str | None) -> None:
    with service.statements.count() as statements:
        answer = await service.client(token).post("/tasks", json={"title": "New"})
    assert (answer.status_code, statements) == (401, [])
