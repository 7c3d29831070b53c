"""``GET /game/ledger``: why one has what one has, newest first, a page at a time."""

from typing import Any

import pytest

from tests.support.service import Learner, Service

LEDGER = "/game/ledger"


async def complete_tasks(learner: Learner, count: int) -> list[str]:
    """Complete so many new tasks; gives their ids as the ledger writes them."""
    ids = [str((await learner.create_task())["id"]) for _ in range(count)]
    for task_id in ids:
        await learner.post(f"/tasks/{task_id}/complete")
    return ids


async def read_all(learner: Learner, limit: int) -> list[list[dict[str, Any]]]:
    """All pages."""
    pages, query = [], {"limit": limit}
    while True:
        page = await learner.get(LEDGER, **query)
        pages.append(page["items"])
        if page["next_cursor"] is None:
            return pages
        query = {"limit": limit, "cursor": page["next_cursor"]}


async def test_the_ledger_of_somebody_new_is_empty(service: Service) -> None:
    learner = await service.learner()
    assert await learner.get(LEDGER) == {"items": [], "next_cursor": None}


async def test_an_entry_says_why(service: Service) -> None:
    learner = await service.learner()
    task = await learner.create_task(difficulty="hard")
    done = await learner.post(f"/tasks/{task['id']}/complete")
    (entry,) = (await learner.get(LEDGER))["items"]
    assert done["outcome"]["entries"] == [entry]
    assert entry == {
        "id": entry["id"],
        "created_at": "2026-03-02T12:00:00Z",
        "reason": "task_completed",
        "source_type": "task",
        "source_id": str(task["id"]),
        "xp": 40,
        "gold": 8,
        "activity_id": 1,
        "reverses_id": None,
    }


async def test_an_occurrence_is_named_with_its_date(service: Service) -> None:
    learner = await service.learner()
    task = await learner.create_task(recurrence="FREQ=DAILY")
    await learner.post(f"/tasks/{task['id']}/complete", {"occurrence_on": "2026-03-02"})
    (entry,) = (await learner.get(LEDGER))["items"]
    assert (entry["source_type"], entry["source_id"]) == (
        "task_occurrence",
        f"{task['id']}/2026-03-02",
    )


async def test_a_reversal_stands_above_what_it_reverses(service: Service) -> None:
    learner = await service.learner()
    (task_id,) = await complete_tasks(learner, 1)
    await learner.post(f"/tasks/{task_id}/undo")
    reversal, paid = (await learner.get(LEDGER))["items"]
    assert (reversal["reason"], reversal["reverses_id"]) == ("undo", paid["id"])
    assert (reversal["xp"], reversal["gold"], reversal["activity_id"]) == (-10, -2, 2)
    assert reversal["source_id"] == paid["source_id"]


async def test_balances_are_the_sums_of_the_ledger(service: Service) -> None:
    learner = await service.learner()
    ids = await complete_tasks(learner, 4)
    await learner.post(f"/tasks/{ids[1]}/undo")
    rows = [row for page in await read_all(learner, 2) for row in page]
    profile = await learner.get("/game/profile")
    assert profile["xp"] == sum(row["xp"] for row in rows) == 30
    assert profile["gold"] == sum(row["gold"] for row in rows) == 6


@pytest.mark.parametrize(("limit", "sizes"), [(1, [1] * 5), (2, [2, 2, 1]), (5, [5]), (100, [5])])
async def test_pages_are_newest_first_and_leave_nothing_out(
    service: Service, limit: int, sizes: list[int]
) -> None:
    learner = await service.learner()
    ids = await complete_tasks(learner, 5)
    pages = await read_all(learner, limit)
    assert [len(page) for page in pages] == sizes
    assert [row["source_id"] for page in pages for row in page] == ids[::-1]


async def test_a_page_has_twenty_unless_told_otherwise(service: Service) -> None:
    learner = await service.learner()
    (task_id,) = await complete_tasks(learner, 1)
    for _ in range(10):
        await learner.post(f"/tasks/{task_id}/undo")
        await learner.post(f"/tasks/{task_id}/complete")
    assert [len((await learner.get(LEDGER))["items"]), len(await read_all(learner, 20))] == [20, 2]


async def test_what_is_added_meanwhile_moves_no_page(service: Service) -> None:
    learner = await service.learner()
    ids = await complete_tasks(learner, 4)
    first = await learner.get(LEDGER, limit=2)
    await complete_tasks(learner, 3)
    second = await learner.get(LEDGER, limit=2, cursor=first["next_cursor"])
    assert [row["source_id"] for row in [*first["items"], *second["items"]]] == ids[::-1]


async def test_a_deleted_task_stays_in_the_ledger(service: Service) -> None:
    learner = await service.learner()
    (task_id,) = await complete_tasks(learner, 1)
    assert (await learner.client.delete(f"/tasks/{task_id}")).status_code == 204
    (entry,) = (await learner.get(LEDGER))["items"]
    assert entry["source_id"] == task_id


async def test_others_see_nothing_of_it(service: Service) -> None:
    ada, bob = await service.learner(), await service.learner("bob@example.org")
    await complete_tasks(ada, 3)
    (mine,) = await complete_tasks(bob, 1)
    assert [row["source_id"] for row in (await bob.get(LEDGER))["items"]] == [mine]


async def test_a_cursor_of_anothers_ledger_shows_ones_own(service: Service) -> None:
    ada, bob = await service.learner(), await service.learner("bob@example.org")
    (older,) = await complete_tasks(bob, 1)
    await complete_tasks(ada, 3)
    cursor = (await ada.get(LEDGER, limit=1))["next_cursor"]
    rows = (await bob.get(LEDGER, cursor=cursor))["items"]
    assert [row["source_id"] for row in rows] == [older]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"cursor": "nonsense"}, "bad_cursor"),
        ({"cursor": ""}, "bad_cursor"),
        ({"cursor": "WyJsZWRnZXIiLC0xXQ"}, "bad_cursor"),
        ({"cursor": "WyJsZWRnZXIiLDkyMjMzNzIwMzY4NTQ3NzU4MDhd"}, "bad_cursor"),
        ({"cursor": "WyJsZWRnZXIiLCI1Il0"}, "bad_cursor"),
        ({"cursor": "WyJzZXNzaW9ucyIsNV0"}, "bad_cursor"),
        ({"cursor": "x" * 201}, "validation_error"),
        ({"limit": 0}, "validation_error"),
        ({"limit": 101}, "validation_error"),
        ({"limit": -1}, "validation_error"),
        ({"user_id": 1}, "validation_error"),
    ],
)
async def test_a_bad_query_is_refused(service: Service, query: dict[str, Any], code: str) -> None:
    learner = await service.learner()
    answer = await learner.client.get(LEDGER, params=query)
    assert (answer.status_code, answer.json()["code"]) == (422, code)


async def test_nobody_has_no_ledger(service: Service) -> None:
    answer = await service.client().get(LEDGER)
    assert (answer.status_code, answer.json()["code"]) == (401, "invalid_token")
