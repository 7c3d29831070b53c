"""``Idempotency-Key``: however often a request is sent, it has one effect and one answer."""

import hashlib
from typing import Any

import pytest
from sqlalchemy import select

from app.db.models import IdempotencyKey
from tests.api.retry_steps import READ, check_replay, count_tasks, send
from tests.api.task_steps import check_refusal, count_standing_rewards, dump_tables, sleep
from tests.support.service import Service


async def test_a_creation_that_is_sent_again_makes_one_task(service: Service) -> None:
    ada = await service.learner()
    first = await send(ada, "/tasks", READ)
    service.clock.advance(minutes=5)

    again = await send(ada, "/tasks", READ)

    assert first.status_code == 201
    check_replay(again, first)
    assert await count_tasks(ada) == 1


MOVES = [("POST", "complete"), ("POST", "undo"), ("PATCH", "complete")]


@pytest.mark.parametrize(("method", "verb"), MOVES)
async def test_a_move_that_is_sent_again_is_made_once(
    service: Service, method: str, verb: str
) -> None:
    ada = await service.learner()
    task = await ada.create_task(recurrence="FREQ=DAILY")
    body = {"occurrence_on": "2026-03-02"}
    if verb == "undo":
        await ada.post(f"/tasks/{task['id']}/complete", body)
    first = await send(ada, f"/tasks/{task['id']}/{verb}", body, method=method)
    before = await dump_tables(service)

    again = await send(ada, f"/tasks/{task['id']}/{verb}", body, method=method)

    assert first.json()["outcome"]["xp"] in {10, -10}
    check_replay(again, first)
    assert await dump_tables(service) == before


async def test_a_late_retry_of_a_completion_does_not_redo_what_was_undone(service: Service) -> None:
    ada = await service.learner()
    task = await ada.create_task()
    first = await send(ada, f"/tasks/{task['id']}/complete")
    await ada.post(f"/tasks/{task['id']}/undo")

    check_replay(await send(ada, f"/tasks/{task['id']}/complete"), first)

    assert await count_standing_rewards(ada) == 0


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/tasks", {"title": "Write"}),
        ("POST", "/tasks", {"title": "Read", "tags": []}),
        ("POST", "/tasks?x=1", READ),
        ("POST", "/{user}/tasks", READ),
        ("POST", "/tasks/{task}/complete", None),
        ("PATCH", "/tasks/{task}/complete", None),
    ],
)
async def test_the_key_of_one_request_is_refused_with_another(
    service: Service, method: str, path: str, body: Any
) -> None:
    ada = await service.learner()
    first = await send(ada, "/tasks", READ)
    before = await dump_tables(service)
    path = path.format(user=ada.id, task=first.json()["id"])

    answer = await send(ada, path, body, method=method)

    check_refusal(answer, 422, "idempotency_key_reused")
    assert await dump_tables(service) == before


async def test_the_key_of_a_completion_is_refused_with_another_task_or_verb(
    service: Service,
) -> None:
    ada = await service.learner()
    task, other = await ada.create_task(), await ada.create_task()
    await send(ada, f"/tasks/{task['id']}/complete")

    for method, path in [
        ("POST", f"/tasks/{other['id']}/complete"),
        ("POST", f"/tasks/{task['id']}/undo"),
        ("PATCH", f"/tasks/{task['id']}/complete"),
    ]:
        check_refusal(await send(ada, path, method=method), 422, "idempotency_key_reused")


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/tasks", {"title": ""}, 422),
        ("/tasks", {"title": "Read", "recurrence": "FREQ=HOURLY"}, 422),
        ("/tasks/{missing}/complete", None, 404),
        ("/tasks/{daily}/complete", {"occurrence_on": "2026-03-03"}, 409),
    ],
)
async def test_a_refused_request_keeps_nothing_and_leaves_the_key_free(
    service: Service, path: str, body: Any, status: int
) -> None:
    ada = await service.learner()
    daily = await ada.create_task(recurrence="FREQ=DAILY")
    before = await dump_tables(service)

    refused = await send(ada, path.format(missing=daily["id"] + 1, daily=daily["id"]), body)

    check_refusal(refused, status, refused.json()["code"])
    assert await dump_tables(service) == before
    assert (await send(ada, "/tasks", READ)).status_code == 201


async def test_the_same_key_of_another_user_is_another_key(service: Service) -> None:
    ada, eve = await service.learner(), await service.learner("eve@example.org")
    first = await send(ada, "/tasks", READ)

    other = await send(eve, "/tasks", READ)

    assert "idempotency-replayed" not in other.headers
    assert other.json()["id"] != first.json()["id"]


async def test_other_keys_have_effects_of_their_own(service: Service) -> None:
    ada = await service.learner()

    for key in ("a", "A", "a b", "~" * 255, '"quoted"', "%00"):
        assert (await send(ada, "/tasks", READ, key=key)).status_code == 201

    assert await count_tasks(ada) == 6


@pytest.mark.parametrize(
    "key",
    [b"", b"x" * 256, b"x" * 8000, b"a\x01b", b"\x7f", b"a\tb", "é".encode(), b"\xff"],
    ids=repr,
)
async def test_a_key_that_is_none_is_refused(service: Service, key: bytes) -> None:
    ada = await service.learner()

    answer = await ada.client.post("/tasks", json=READ, headers={b"Idempotency-Key": key})

    check_refusal(answer, 422, "validation_error")
    assert await count_tasks(ada) == 0


async def test_a_key_is_free_again_after_a_day(service: Service) -> None:
    ada = await service.learner()
    first = await send(ada, "/tasks", READ)
    await sleep(service, ada, hours=24)
    check_replay(await send(ada, "/tasks", READ), first)
    await sleep(service, ada, seconds=1)

    fresh = await send(ada, "/tasks", READ)

    assert "idempotency-replayed" not in fresh.headers
    assert fresh.json()["id"] != first.json()["id"]
    check_replay(await send(ada, "/tasks", READ), fresh)


async def test_an_expired_key_can_go_with_another_request(service: Service) -> None:
    ada = await service.learner()
    await send(ada, "/tasks", READ)
    await sleep(service, ada, hours=25)

    assert (await send(ada, "/tasks", {"title": "Write"})).status_code == 201


async def test_reading_does_not_look_at_the_key(service: Service) -> None:
    ada = await service.learner()
    task = (await send(ada, "/tasks", READ)).json()

    for _ in range(2):
        answer = await send(ada, f"/tasks/{task['id']}", method="GET")
        assert answer.json() == task
        assert "idempotency-replayed" not in answer.headers


@pytest.mark.parametrize(("method", "status"), [("PUT", 200), ("PATCH", 200), ("DELETE", 204)])
async def test_what_is_idempotent_by_itself_does_not_look_at_the_key(
    service: Service, method: str, status: int
) -> None:
    ada = await service.learner()
    task = (await send(ada, "/tasks", READ)).json()

    answer = await send(
        ada, f"/tasks/{task['id']}", None if method == "DELETE" else READ, method=method
    )

    assert answer.status_code == status


async def test_what_is_kept_of_a_request_can_t_be_guessed_at_without_the_server_s_key(
    service: Service,
) -> None:
    ada = await service.learner()
    body = b'{"title": "A secret"}'
    headers = {"Idempotency-Key": "once", "Content-Type": "application/json"}
    answer = await ada.client.post("/tasks", content=body, headers=headers)
    assert answer.status_code == 201

    async with service.parts.database.reading() as uow:
        kept = (await uow._session.execute(select(IdempotencyKey.fingerprint))).scalar_one()
    for prefix in (b"", b"idempotency\n"):
        plain = prefix + b"POST\n/api/v1/tasks\n\n" + body
        assert kept != hashlib.sha256(plain).digest()
