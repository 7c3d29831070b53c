"""Steps and checks that the tests of ``Idempotency-Key`` share."""

from typing import Any

import httpx

from tests.api.task_steps import list_all
from tests.support.service import Learner

KEY = "6f1c0f2e-key"
READ = {"title": "Read"}


async def send(
    learner: Learner, path: str, body: Any = None, *, method: str = "POST", key: str = KEY
) -> httpx.Response:
    return await learner.client.request(method, path, json=body, headers={"Idempotency-Key": key})


def check_replay(answer: httpx.Response, first: httpx.Response) -> None:
    assert (answer.status_code, answer.content) == (first.status_code, first.content)
    for name in ("content-type", "location"):
        assert answer.headers.get(name) == first.headers.get(name)
    assert answer.headers["idempotency-replayed"] == "true"
    assert "idempotency-replayed" not in first.headers


async def count_tasks(learner: Learner) -> int:
    return len(await list_all(learner))
