"""Steps that the tests of the shop share."""

from typing import Any

import httpx

from tests.api.task_steps import sleep
from tests.support.service import Learner, Service

SHOP = "/game/shop"
TASKS_A_DAY = 20
GOLD_OF_A_TASK = 8


async def earn(service: Service, learner: Learner, gold: int) -> list[int]:
    """Earn so much, a multiple of 8, in hard tasks, 20 a day; gives the tasks."""
    tasks: list[int] = []
    while len(tasks) < gold // GOLD_OF_A_TASK:
        if tasks and len(tasks) % TASKS_A_DAY == 0:
            await sleep(service, learner, days=1)
        tasks.append((await learner.create_task(difficulty="hard"))["id"])
        await learner.post(f"/tasks/{tasks[-1]}/complete")
    return tasks


async def buy(learner: Learner, item: str, key: str | None = None) -> httpx.Response:
    headers = {} if key is None else {"Idempotency-Key": key}
    return await learner.client.post(f"{SHOP}/{item}/purchase", headers=headers)


async def list_hindrances(learner: Learner) -> dict[str, Any]:
    """What stands against each item, after a look whether the shop agrees with itself."""
    items = (await learner.get(SHOP))["items"]
    assert all(item["available"] == (item["hindrance"] is None) for item in items)
    return {item["item"]: item["hindrance"] for item in items}
