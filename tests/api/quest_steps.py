"""Steps that the tests of quests share."""

from typing import Any

import httpx

from tests.api.task_steps import list_all
from tests.support.service import Learner, Service

QUESTS = "/game/quests"
POOL = [f"daily-{number}" for number in range(8)]


async def accept(learner: Learner, key: str, **headers: str) -> httpx.Response:
    return await learner.client.post(f"{QUESTS}/{key}/accept", headers=headers)


async def abandon(learner: Learner, key: str, **headers: str) -> httpx.Response:
    return await learner.client.post(f"{QUESTS}/{key}/abandon", headers=headers)


async def read_quests(learner: Learner, **query: Any) -> dict[str, dict[str, Any]]:
    """All quests on the learner's list, by key, in the order of the list."""
    quests = await list_all(learner, QUESTS, **query)
    by_key = {quest["key"]: quest for quest in quests}
    assert len(by_key) == len(quests)
    return by_key


async def read_quest(learner: Learner, key: str) -> dict[str, Any]:
    """A quest as the list shows it."""
    return (await read_quests(learner))[key]


async def do_tasks(learner: Learner, count: int = 1, **fields: Any) -> list[dict[str, Any]]:
    """Complete so many new tasks; gives the answers."""
    done = []
    for _ in range(count):
        task = await learner.create_task(**fields)
        done.append(await learner.post(f"/tasks/{task['id']}/complete"))
    return done


async def undo(learner: Learner, done: dict[str, Any]) -> dict[str, Any]:
    """Take a completion back."""
    return await learner.post(f"/tasks/{done['task']['id']}/undo")


async def count_statements(service: Service, request: httpx.Request, learner: Learner) -> int:
    """What a request costs that was warmed up before."""
    await service.settle()
    with service.statements.count() as statements:
        answer = await learner.client.send(request)
    assert answer.is_success, answer.text
    return len(statements)
