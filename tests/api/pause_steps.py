"""Steps that the tests of the pause share."""

from typing import Any

import httpx
from sqlalchemy import select

from app.db.models import ActivityRow
from tests.support.service import Learner, Service

PAUSE = "/game/pause"
PROFILE = "/game/profile"


async def put(learner: Learner, days: Any) -> httpx.Response:
    return await learner.client.put(PAUSE, json={"days": days})


async def pause(learner: Learner, days: int) -> dict[str, Any]:
    answer = await put(learner, days)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    assert body == await learner.get(PAUSE)
    return body


async def resume(learner: Learner) -> dict[str, Any]:
    answer = await learner.client.delete(PAUSE)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    assert body == await learner.get(PAUSE)
    return body


async def complete_one(learner: Learner) -> tuple[int, dict[str, Any]]:
    task_id = (await learner.create_task())["id"]
    return task_id, (await learner.post(f"/tasks/{task_id}/complete"))["outcome"]


async def list_rows(service: Service) -> list[ActivityRow]:
    async with service.parts.database.reading() as uow:
        found = await uow._session.execute(
            select(ActivityRow)
            .where(ActivityRow.source_type == "pause")
            .order_by(ActivityRow.sequence)
        )
        return list(found.scalars())


def state(from_on: str | None, until_on: str | None, used: int) -> dict[str, Any]:
    return {
        "paused": until_on is not None,
        "from_on": from_on,
        "until_on": until_on,
        "days_used_this_year": used,
        "days_left_this_year": 30 - used,
    }
