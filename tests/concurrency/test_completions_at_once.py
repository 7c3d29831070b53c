"""Many completions at the same time: each source pays once, and nobody is left without an answer."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Iterable, Sequence
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.services.verification import VerificationService
from tests.support.service import PASSWORD, Learner, Service, run_service


async def gather(requests: Iterable[Awaitable[httpx.Response]]) -> list[httpx.Response]:
    return list(await asyncio.gather(*requests))


def count_statuses(answers: Sequence[httpx.Response]) -> dict[int, int]:
    return dict(Counter(answer.status_code for answer in answers))


async def assert_sound(service: Service) -> None:
    checked = [part async for part in VerificationService(service.parts.database).check()]
    assert [found for part in checked for found in part.differences] == []


async def create_tasks(learner: Learner, count: int) -> list[int]:
    return [(await learner.create_task())["id"] for _ in range(count)]


async def test_fifty_completions_of_one_task_pay_once(service: Service) -> None:
    learner = await service.learner()
    (task,) = await create_tasks(learner, 1)
    answers = await gather(learner.client.post(f"/tasks/{task}/complete") for _ in range(50))
    assert count_statuses(answers) == {200: 50}
    assert sorted(answer.json()["outcome"]["xp"] for answer in answers) == [0] * 49 + [10]
    assert len((await learner.get("/game/ledger"))["items"]) == 1
    await assert_sound(service)


async def test_fifty_completions_of_one_occurrence_pay_once(service: Service) -> None:
    learner = await service.learner()
    task = await learner.create_task(recurrence="FREQ=DAILY")
    path, body = f"/tasks/{task['id']}/complete", {"occurrence_on": "2026-03-02"}
    answers = await gather(learner.client.post(path, json=body) for _ in range(50))
    assert count_statuses(answers) == {200: 50}
    assert sum(answer.json()["outcome"]["xp"] for answer in answers) == 10
    await assert_sound(service)


async def test_fifty_undos_of_one_task_take_back_once(service: Service) -> None:
    learner = await service.learner()
    kept, undone = await create_tasks(learner, 2)
    for task in (kept, undone):
        await learner.post(f"/tasks/{task}/complete")
    answers = await gather(learner.client.post(f"/tasks/{undone}/undo") for _ in range(50))
    assert count_statuses(answers) == {200: 50}
    assert (await learner.get("/game/profile"))["xp"] == 10
    await assert_sound(service)


async def test_a_hundred_toggles_at_once_leave_no_reward(service: Service) -> None:
    learner = await service.learner()
    (task,) = await create_tasks(learner, 1)
    answers = await gather(learner.client.patch(f"/tasks/{task}/complete") for _ in range(100))
    assert count_statuses(answers) == {200: 100}
    profile = await learner.get("/game/profile")
    assert (profile["xp"], profile["gold"], profile["streak"]) == (0, 0, 0)
    await assert_sound(service)


async def test_of_two_hundred_tasks_at_once_twenty_are_paid(service: Service) -> None:
    learner = await service.learner()
    tasks = await create_tasks(learner, 200)
    answers = await gather(learner.client.post(f"/tasks/{task}/complete") for task in tasks)
    assert count_statuses(answers) == {200: 200}
    paid = [answer for answer in answers if answer.json()["outcome"]["entries"]]
    assert len(paid) == 20
    assert (await learner.get("/game/profile"))["xp"] == 200
    assert len((await learner.get("/tasks", status="open"))["items"]) == 0
    await assert_sound(service)


def plan_moves(tasks: Sequence[int]) -> list[tuple[str, str, Any]]:
    """A hundred and fifty requests that get in each other's way."""
    kinds: list[tuple[str, str, Any]] = [
        ("POST", "/tasks/{}/complete", None),
        ("PATCH", "/tasks/{}/complete", None),
        ("POST", "/tasks/{}/undo", None),
        ("PATCH", "/tasks/{}", {"title": "Other", "difficulty": "hard"}),
        ("GET", "/tasks/{}", None),
        ("PATCH", "/tasks/{}/complete", None),
        ("PUT", "/tasks/{}", {"title": "Anew"}),
        ("POST", "/tasks/{}/complete", None),
        ("PATCH", "/users/me", {"timezone": "Pacific/Kiritimati"}),
        ("GET", "/game/profile", None),
        ("DELETE", "/tasks/{}", None),
    ]
    moves = [(*kind, task) for kind, task in zip(cycle(kinds), islice(cycle(tasks), 150))]
    return [(method, path.format(task), body) for method, path, body, task in moves]


async def test_a_mix_of_moves_by_several_clients_stays_sound(service: Service) -> None:
    learner = await service.learner()
    tasks = await create_tasks(learner, 6)
    clients = [service.client(await service.open_session(learner.id)) for _ in range(5)]
    answers = await gather(
        client.request(method, path, json=body)
        for client, (method, path, body) in zip(cycle(clients), plan_moves(tasks))
    )
    assert set(count_statuses(answers)) <= {200, 204, 404}
    assert count_statuses(answers)[200] > 30
    await assert_sound(service)


async def test_learners_at_once_are_paid_each_for_themselves(service: Service) -> None:
    learners = [await service.learner(f"{n}@example.org") for n in range(10)]
    plan = [(learner, task) for learner in learners for task in await create_tasks(learner, 5)]
    answers = await gather(learner.client.post(f"/tasks/{task}/complete") for learner, task in plan)
    assert count_statuses(answers) == {200: 50}
    assert {(await learner.get("/game/profile"))["xp"] for learner in learners} == {50}
    await assert_sound(service)


async def test_sixty_callers_share_two_connections(
    service: Service, database_url: str, tmp_path: Path
) -> None:
    learner = await service.learner()
    tasks = await create_tasks(learner, 3)
    async with run_service(database_url, tmp_path, database_pool_size=2) as small:
        client = small.client(await small.open_session(learner.id))
        paths = [f"/tasks/{task}/complete" for task in tasks]
        answers = await gather(
            client.post(path) if n % 2 else client.get("/tasks")
            for n, path in zip(range(60), cycle(paths))
        )
    assert count_statuses(answers) == {200: 60}
    await assert_sound(service)


@pytest.mark.parametrize("token", [None, "forged"])
async def test_who_is_not_known_takes_no_connection(
    service: Service, database_url: str, tmp_path: Path, token: str | None
) -> None:
    """With all connections taken, those without a token are still refused at once."""
    async with run_service(database_url, tmp_path, database_pool_size=1) as small:
        database = small.parts.database
        async with database.reading() as uow:
            assert await uow.users.get(0) is None
            answer = await small.client(token).post("/tasks", json={"title": "New"})
    assert (answer.status_code, answer.json()["code"]) == (401, "invalid_token")


async def test_a_user_who_leaves_during_fifty_completions(service: Service) -> None:
    learner = await service.learner()
    tasks = await create_tasks(learner, 50)
    leave = learner.client.request("DELETE", "/users/me", json={"password": PASSWORD})
    requests = [learner.client.post(f"/tasks/{task}/complete") for task in tasks]
    requests.insert(15, leave)
    answers = await gather(requests)
    assert answers[15].status_code == 204
    for answer in answers:
        assert answer.status_code in {200, 204, 401, 404} or "Retry-After" in answer.headers
        assert answer.status_code < 500 or answer.status_code == 503
    assert (await learner.client.get("/game/profile")).status_code == 401
    await assert_sound(service)
