"""Whose tasks: the caller's alone, also under ``/{user_id}/tasks`` with the caller's own id."""

from typing import Any

import pytest

from tests.api.task_steps import check_refusal, dump_tables
from tests.support.contract import check_problem
from tests.support.service import Service

OPERATIONS: list[tuple[str, str, Any]] = [
    ("GET", "", None),
    ("POST", "", {"title": "New"}),
    ("GET", "/{task}", None),
    ("PUT", "/{task}", {"title": "New"}),
    ("PATCH", "/{task}", {"title": "New"}),
    ("DELETE", "/{task}", None),
    ("POST", "/{task}/complete", None),
    ("POST", "/{task}/undo", None),
    ("PATCH", "/{task}/complete", None),
    ("GET", "/{task}/occurrences", None),
]


@pytest.mark.parametrize(("method", "suffix", "body"), OPERATIONS)
async def test_each_operation_does_the_same_under_the_own_id(
    service: Service, method: str, suffix: str, body: Any
) -> None:
    ada = await service.learner()
    answers = []
    for root in ("/tasks", f"/{ada.id}/tasks"):
        task = await ada.create_task()
        path = root + suffix.format(task=task["id"])
        answer = await ada.client.request(method, path, json=body)
        answers.append((answer.status_code, shape(answer.json() if answer.content else None)))
        await ada.client.delete(f"/tasks/{task['id']}")

    assert answers[0] == answers[1]
    assert answers[0][0] in {200, 201, 204}


def shape(value: Any) -> Any:
    """The answer but for its numbers: ids and running balances differ from task to task."""
    if isinstance(value, dict):
        return {
            key: shape(each) for key, each in value.items() if key not in {"source_id", "items"}
        }
    if isinstance(value, list):
        return [shape(each) for each in value]
    return type(value) if isinstance(value, int) else value


@pytest.mark.parametrize(("method", "suffix", "body"), OPERATIONS)
async def test_the_id_of_another_is_forbidden_whether_there_is_one_or_not(
    service: Service, method: str, suffix: str, body: Any
) -> None:
    ada = await service.learner()
    eve = await service.learner("eve@example.org")
    task = await ada.create_task()
    before = await dump_tables(service)
    path = suffix.format(task=task["id"])

    theirs = await eve.client.request(method, f"/{ada.id}/tasks{path}", json=body)
    nobodys = await eve.client.request(method, f"/{eve.id + 1000}/tasks{path}", json=body)

    refusal = check_refusal(theirs, 403, "forbidden")
    assert refusal | {"request_id": ""} == nobodys.json() | {"request_id": ""}
    assert await dump_tables(service) == before


@pytest.mark.parametrize(
    ("method", "suffix", "body"), [each for each in OPERATIONS if "{task}" in each[1]]
)
async def test_the_task_of_another_is_like_a_missing_one(
    service: Service, method: str, suffix: str, body: Any
) -> None:
    ada = await service.learner()
    eve = await service.learner("eve@example.org")
    task = await ada.create_task()
    before = await dump_tables(service)

    theirs, missing = [
        await eve.client.request(method, f"/tasks{suffix.format(task=task_id)}", json=body)
        for task_id in (task["id"], task["id"] + 1)
    ]

    refusal = check_refusal(theirs, 404, "task_not_found")
    assert refusal | {"request_id": ""} == missing.json() | {"request_id": ""}
    assert await dump_tables(service) == before


async def test_the_own_id_does_not_open_the_task_of_another(service: Service) -> None:
    ada = await service.learner()
    eve = await service.learner("eve@example.org")
    task = await ada.create_task()

    check_refusal(await eve.client.get(f"/{eve.id}/tasks/{task['id']}"), 404, "task_not_found")


WRONG_IDS = [
    "0{id}", "+{id}", "-{id}", "{id}.0", "{id}_0", "{id}%20", "%20{id}", "{id}%00", "0", "1e1", "٣", "²",
    "me", "null",
    "*", "9" * 30, "9" * 3000, "9223372036854775808", "auth0|x", "Game", "..", "%F0%9F%8C%B1",
]  # fmt: skip


@pytest.mark.parametrize("wrong", WRONG_IDS, ids=lambda wrong: wrong[:20])
async def test_nothing_but_the_own_id_as_it_is_written_counts(service: Service, wrong: str) -> None:
    ada = await service.learner()

    answer = await ada.client.get(f"/{wrong.format(id=ada.id)}/tasks")

    if wrong == "..":  # the client resolves it: /api/tasks, which is the newest version's
        assert answer.json() == {"items": [], "next_cursor": None}
    else:
        check_refusal(answer, 403, "forbidden")


@pytest.mark.parametrize(
    "word",
    [
        "auth", "courses", "course-tasks", "weeks", "questions", "reviews", "game", "health", "config",
        "metrics",
    ],
)  # fmt: skip
async def test_the_words_of_other_paths_are_nobodys_id(service: Service, word: str) -> None:
    ada = await service.learner()

    for method, suffix in [("GET", ""), ("POST", ""), ("GET", "/1"), ("POST", "/1/complete")]:
        answer = await ada.client.request(method, f"/{word}/tasks{suffix}")
        # What the word's own routes say of "tasks"; never 403, as for another's id.
        assert answer.status_code in {404, 405, 422}
        assert check_problem(answer)["code"] != "forbidden"


async def test_users_tasks_is_the_account_of_that_name(service: Service) -> None:
    ada = await service.learner()

    check_refusal(await ada.client.get("/users/tasks"), 403, "superuser_required")
    check_refusal(await ada.client.get("/users/tasks/1"), 404, "not_found")


@pytest.mark.parametrize(("method", "suffix", "body"), OPERATIONS)
async def test_without_a_token_nobody_is_known(
    service: Service, method: str, suffix: str, body: Any
) -> None:
    stranger = service.client()

    for root in ("/tasks", "/1/tasks"):
        answer = await stranger.request(method, root + suffix.format(task=1), json=body)
        check_refusal(answer, 401, "invalid_token")
        assert answer.headers["www-authenticate"] == "Bearer"
