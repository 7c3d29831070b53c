"""Steps that the tests of changeable settings share."""

from typing import Any

import httpx

from app.core.roles import Role
from tests.support.service import Learner, Service

PATH = "/config/settings"


async def admin(service: Service, email: str = "root@example.org") -> Learner:
    """Somebody who may change settings."""
    return await service.learner(email, role=Role.ADMIN)


async def send(learner: Learner, revision: Any, **changes: Any) -> httpx.Response:
    return await learner.client.patch(PATH, json={"revision": revision, **changes})


async def change(learner: Learner, **changes: Any) -> dict[str, Any]:
    """The settings after a change that has to succeed."""
    answer = await send(learner, (await learner.get(PATH))["revision"], **changes)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def read_config(service: Service) -> dict[str, Any]:
    """What clients may know."""
    answer = await service.client().get("/config")
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body
