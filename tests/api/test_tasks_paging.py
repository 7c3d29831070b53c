"""Keyset pages: each task once, whatever happens between two pages; and cursors nobody gave out."""

import base64
import json
from typing import Any

import pytest

from tests.api.task_steps import check_refusal, iterate_pages, list_all
from tests.support.service import Learner, Service

SORTS = ["created_at", "-created_at", "due_on", "-due_on", "difficulty", "-difficulty"]
DATES = [None, "2026-03-05", "2026-03-01", None, "2026-03-05", "2026-03-05", "9000-12-31"]
DIFFICULTIES = ["easy", "hard", "easy", "trivial"]


async def make_tasks(learner: Learner, count: int = 23) -> list[int]:
    """Tasks with many ties in every order."""
    made = [
        await learner.create_task(
            due_on=DATES[n % len(DATES)], difficulty=DIFFICULTIES[n % len(DIFFICULTIES)]
        )
        for n in range(count)
    ]
    return [task["id"] for task in made]


def cursor_of(*position: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(position).encode()).decode().rstrip("=")


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("limit", [1, 5, 23])
async def test_pages_give_each_task_once_and_in_order(
    service: Service, sort: str, limit: int
) -> None:
    ada = await service.learner()
    ids = await make_tasks(ada)

    paged = await list_all(ada, sort=sort, limit=limit)

    assert paged == (await ada.get("/tasks", sort=sort, limit=100))["items"]
    assert sorted(task["id"] for task in paged) == ids


@pytest.mark.parametrize("sort", SORTS)
async def test_tasks_that_come_and_go_between_pages_disturb_no_other(
    service: Service, sort: str
) -> None:
    ada = await service.learner()
    ids = await make_tasks(ada)

    seen: list[int] = []
    async for page in iterate_pages(ada, sort=sort, limit=4):
        seen += [task["id"] for task in page]
        await ada.client.delete(f"/tasks/{seen[-1]}")
        for due_on, difficulty in [("1970-01-01", "trivial"), ("2026-03-05", "easy")]:
            await ada.create_task(due_on=due_on, difficulty=difficulty)
        if len(seen) > 40:
            break  # new tasks come in at the end of this order

    assert [task_id for task_id in sorted(seen) if task_id in ids] == ids
    assert len(seen) == len(set(seen))


@pytest.mark.parametrize("sort", SORTS)
async def test_filters_hold_on_every_page(service: Service, sort: str) -> None:
    ada = await service.learner()
    await make_tasks(ada)

    found = await list_all(ada, sort=sort, limit=2, difficulty="easy", due_to="2026-03-31")

    assert {task["difficulty"] for task in found} == {"easy"}
    assert {task["due_on"] for task in found} == {"2026-03-05", "2026-03-01"}
    assert len(found) == 7


@pytest.mark.parametrize("sort", SORTS)
async def test_the_cursor_of_one_order_is_refused_by_every_other(
    service: Service, sort: str
) -> None:
    ada = await service.learner()
    await make_tasks(ada, 3)
    cursor = (await ada.get("/tasks", sort=sort, limit=1))["next_cursor"]

    for other in SORTS:
        answer = await ada.client.get("/tasks", params={"sort": other, "cursor": cursor})
        if other == sort:
            assert len(answer.json()["items"]) == 2
        else:
            check_refusal(answer, 422, "bad_cursor")


async def test_the_cursor_of_another_list_is_refused(service: Service) -> None:
    ada = await service.learner()
    for task_id in await make_tasks(ada, 2):
        await ada.post(f"/tasks/{task_id}/complete")
    cursor = (await ada.get("/game/ledger", limit=1))["next_cursor"]

    answer = await ada.client.get("/tasks", params={"cursor": cursor})

    check_refusal(answer, 422, "bad_cursor")


async def test_the_cursor_of_another_learner_shows_nothing_of_theirs(service: Service) -> None:
    ada, eve = await service.learner(), await service.learner("eve@example.org")
    await make_tasks(ada, 3)
    cursor = (await ada.get("/tasks", limit=1))["next_cursor"]

    assert await eve.get("/tasks", cursor=cursor) == {"items": [], "next_cursor": None}


async def test_every_cut_of_a_cursor_is_refused(service: Service) -> None:
    ada = await service.learner()
    await make_tasks(ada, 2)
    cursor = (await ada.get("/tasks", limit=1))["next_cursor"]

    for end in range(len(cursor)):
        answer = await ada.client.get("/tasks", params={"cursor": cursor[:end]})
        check_refusal(answer, 422, "bad_cursor")


FORGED = [
    ["-created_at"], ["-created_at", "5"], ["-created_at", -1], ["-created_at", 2**63],
    ["-created_at", 10**100],
    ["-created_at", 1.5], ["-created_at", True], ["-created_at", None], ["-created_at", [5]],
    ["-created_at", {"id": 5}], ["-created_at", 5, 5], ["-created_at", "x", 5],
    ["due_on", 5], ["due_on", "2026-02-30", 5], ["due_on", 5, 5], ["due_on", "\ud800", 5], ["due_on", "",
    ""],
    ["due_on", "99999-01-01", 5], ["due_on", "2026-03-01", 5, 5], ["due_on", True, 5], ["due_on",
    "\x00", 5],
    ["difficulty", 5], ["difficulty", "huge", 5], ["difficulty", 0, 5], ["difficulty", "", 5],
    ["difficulty", "easy", 2**64],
]  # fmt: skip


@pytest.mark.parametrize("position", FORGED, ids=repr)
async def test_a_forged_cursor_is_refused(service: Service, position: list[Any]) -> None:
    ada = await service.learner()
    query = {"sort": position[0], "cursor": cursor_of(*position)}

    check_refusal(await ada.client.get("/tasks", params=query), 422, "bad_cursor")


@pytest.mark.parametrize(
    "cursor",
    ["x", "!", "%%%", "é", "W10", "bnVsbA", "MQ", "eyJhIjoxfQ", "-_-_", "W" * 200],
    ids=repr,
)
async def test_what_was_never_a_cursor_is_refused(service: Service, cursor: str) -> None:
    ada = await service.learner()

    check_refusal(await ada.client.get("/tasks", params={"cursor": cursor}), 422, "bad_cursor")


@pytest.mark.parametrize(
    "position",
    [
        ["due_on", "", 0], ["due_on", "0001-01-01", 0], ["due_on", "9999-12-31", 2**63 - 1],
        ["-due_on", "", 2**63 - 1], ["-due_on", "0001-01-01", 1], ["difficulty", "hard", 2**63 - 1],
        ["created_at", 0], ["-created_at", 2**63 - 1],
    ],
    ids=repr,
)  # fmt: skip
async def test_a_position_at_the_ends_of_the_calendar_and_of_ids_is_taken(
    service: Service, position: list[Any]
) -> None:
    ada = await service.learner()
    await make_tasks(ada, 4)

    page = await ada.get("/tasks", sort=position[0], cursor=cursor_of(*position))

    assert page["next_cursor"] is None
