"""``/api/...`` answers as the newest version does."""

import pytest

from tests.support.contract import check_problem
from tests.support.service import Service

API = "http://testserver/api"


@pytest.mark.parametrize("path", ["health", "config", "users/me", "tasks?limit=1", "game/profile"])
async def test_the_unversioned_path_answers_as_the_newest(service: Service, path: str) -> None:
    client = (await service.learner()).client

    unversioned = await client.get(f"{API}/{path}")
    versioned = await client.get(f"{API}/v1/{path}")

    assert unversioned.status_code == 200
    assert unversioned.json() == versioned.json()


async def test_the_unversioned_path_takes_what_is_sent(service: Service) -> None:
    learner = await service.learner()

    answer = await learner.client.post(f"{API}/tasks", json={"title": "Water the plants"})

    assert answer.status_code == 201
    assert (await learner.get("/tasks"))["items"] == [answer.json()]


async def test_a_users_own_path_can_be_unversioned(service: Service) -> None:
    learner = await service.learner()

    answer = await learner.client.get(f"{API}/{learner.id}/tasks")

    assert answer.status_code == 200


async def test_a_retry_may_change_between_the_two(service: Service) -> None:
    learner = await service.learner()
    headers = {"Idempotency-Key": "k"}

    first = await learner.client.post("/tasks", json={"title": "Once"}, headers=headers)
    second = await learner.client.post(f"{API}/tasks", json={"title": "Once"}, headers=headers)

    assert second.json() == first.json()


@pytest.mark.parametrize("path", ["/v2/health", "/v0/health", "/v1", "/v11/health", "", "/"])
async def test_a_version_that_is_not_there_is_not_found(service: Service, path: str) -> None:
    answer = await service.client().get(f"{API}{path}")

    assert (answer.status_code, check_problem(answer)["code"]) == (404, "not_found")
