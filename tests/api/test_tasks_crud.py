"""Making, reading, changing and deleting a task."""

from typing import Any

import pytest

from tests.api.task_steps import EDITABLE, check_refusal, sleep
from tests.support.service import Learner, Service

START = "2026-03-02T12:00:00Z"

FULL = {
    "title": "Water the plants 🌱",
    "description": "All of them,\nthe ones upstairs too.",
    "difficulty": "hard",
    "due_on": "2026-03-05",
    "due_time": "18:30:00",
    "tags": ["home", "Grün"],
    "checklist": [{"text": "Cactus", "done": True}, {"text": "Fern", "done": False}],
    "recurrence": None,
}
DEFAULTS: dict[str, Any] = {
    "description": "",
    "difficulty": "easy",
    "due_on": None,
    "due_time": None,
    "tags": [],
    "checklist": [],
    "recurrence": None,
}


def editable(task: dict[str, Any]) -> dict[str, Any]:
    return {name: task[name] for name in EDITABLE}


async def change(learner: Learner, task_id: int, **changes: Any) -> dict[str, Any]:
    answer = await learner.client.patch(f"/tasks/{task_id}", json=changes)
    assert answer.status_code == 200, answer.text
    task: dict[str, Any] = answer.json()
    return task


async def replace(learner: Learner, task_id: int, body: dict[str, Any]) -> dict[str, Any]:
    answer = await learner.client.put(f"/tasks/{task_id}", json=body)
    assert answer.status_code == 200, answer.text
    task: dict[str, Any] = answer.json()
    return task


async def test_a_task_keeps_all_that_it_was_given(service: Service) -> None:
    ada = await service.learner()

    task = await ada.create_task(**FULL)

    assert editable(task) == FULL
    assert await ada.get(f"/tasks/{task['id']}") == task


async def test_what_is_not_given_has_defaults(service: Service) -> None:
    ada = await service.learner()

    task = await ada.create_task(title="Read")

    assert task == {
        "id": task["id"],
        "title": "Read",
        **DEFAULTS,
        "due_at": None,
        "current_occurrence_on": None,
        "completed": False,
        "completed_at": None,
        "created_at": START,
        "updated_at": START,
    }


async def test_creating_says_where_the_task_is(service: Service) -> None:
    ada = await service.learner()

    answer = await ada.client.post("/tasks", json={"title": "Read"})

    assert answer.status_code == 201
    found = await ada.client.get(f"http://testserver{answer.headers['location']}")
    assert found.json() == answer.json()


async def test_space_around_a_title_is_taken_off(service: Service) -> None:
    ada = await service.learner()

    assert (await ada.create_task(title="  Read \t"))["title"] == "Read"


async def test_repeated_tags_are_kept_once_and_in_order(service: Service) -> None:
    ada = await service.learner()

    task = await ada.create_task(tags=["b", "a", " b "])

    assert task["tags"] == ["b", "a"]


async def test_put_replaces_the_whole(service: Service) -> None:
    ada = await service.learner()
    task = await ada.create_task(**FULL)

    replaced = await replace(ada, task["id"], {"title": "Something else"})

    assert editable(replaced) == {"title": "Something else", **DEFAULTS}
    assert await ada.get(f"/tasks/{task['id']}") == replaced


@pytest.mark.parametrize("fields", [FULL, {"title": "Read"}], ids=["full", "plain"])
async def test_putting_what_get_gave_changes_nothing(
    service: Service, fields: dict[str, Any]
) -> None:
    ada = await service.learner()
    task = await ada.create_task(**fields)

    assert await replace(ada, task["id"], editable(task)) == task


@pytest.mark.parametrize("recurrence", ["FREQ=DAILY;COUNT=3", "FREQ=WEEKLY;BYDAY=MO,TH"])
@pytest.mark.parametrize("completions", [0, 1, 2, 3])
async def test_putting_a_recurring_task_back_changes_nothing_at_any_stage(
    service: Service, recurrence: str, completions: int
) -> None:
    ada = await service.learner()
    task = await ada.create_task(
        recurrence=recurrence, checklist=[{"text": "One", "done": True}], due_time="09:00"
    )
    path = f"/tasks/{task['id']}"
    for _ in range(completions):
        body = {"occurrence_on": task["due_on"]}
        await ada.post(f"{path}/complete", body)
        await sleep(service, ada, days=7)
        task = await ada.get(path)

    before = await ada.get(path)
    after = await replace(ada, task["id"], editable(before))

    assert after == before | {"updated_at": after["updated_at"]}


async def test_patch_leaves_the_rest(service: Service) -> None:
    ada = await service.learner()
    task = await ada.create_task(**FULL)

    for name, value in [("title", "New"), ("tags", []), ("difficulty", "trivial")]:
        task = {**task, name: value}
        assert await change(ada, task["id"], **{name: value}) == task


async def test_an_empty_patch_changes_no_field(service: Service) -> None:
    ada = await service.learner()
    task = await ada.create_task(**FULL)

    assert await change(ada, task["id"]) == task


@pytest.mark.parametrize(("name", "value"), [("due_time", None), ("description", "")])
async def test_patch_takes_single_things_away(service: Service, name: str, value: Any) -> None:
    ada = await service.learner()
    task = await ada.create_task(**FULL)

    assert editable(await change(ada, task["id"], **{name: value})) == FULL | {name: value}


async def test_patch_takes_date_and_time_away_together(service: Service) -> None:
    ada = await service.learner()
    task = await ada.create_task(**FULL)

    bare = await change(ada, task["id"], due_on=None, due_time=None)

    assert (bare["due_on"], bare["due_time"], bare["due_at"]) == (None, None, None)


@pytest.mark.parametrize("name", ["title", "description", "difficulty", "tags", "checklist"])
async def test_patch_refuses_null_for_what_every_task_has(service: Service, name: str) -> None:
    ada = await service.learner()
    task = await ada.create_task(**FULL)

    answer = await ada.client.patch(f"/tasks/{task['id']}", json={name: None})

    check_refusal(answer, 422, "validation_error")
    assert await ada.get(f"/tasks/{task['id']}") == task


async def test_a_time_can_not_be_left_without_a_date(service: Service) -> None:
    ada = await service.learner()
    task = await ada.create_task(**FULL)

    answer = await ada.client.patch(f"/tasks/{task['id']}", json={"due_on": None})

    check_refusal(answer, 422, "time_without_date")
    assert await ada.get(f"/tasks/{task['id']}") == task


async def test_a_deleted_task_is_gone(service: Service) -> None:
    ada = await service.learner()
    task = await ada.create_task()

    answer = await ada.client.delete(f"/tasks/{task['id']}")

    assert (answer.status_code, answer.content) == (204, b"")
    check_refusal(await ada.client.get(f"/tasks/{task['id']}"), 404, "task_not_found")
    check_refusal(await ada.client.delete(f"/tasks/{task['id']}"), 404, "task_not_found")


async def test_updated_at_moves_by_edits(service: Service) -> None:
    ada = await service.learner()
    task = await ada.create_task()
    await sleep(service, ada, hours=1)

    changed = await change(ada, task["id"], title="New")

    assert changed["created_at"] == START
    assert changed["updated_at"] == "2026-03-02T13:00:00Z"


async def test_completing_and_undoing_leave_updated_at(service: Service) -> None:
    ada = await service.learner()
    task = await ada.create_task()
    await sleep(service, ada, hours=1)

    for move in ("complete", "undo"):
        answer = await ada.post(f"/tasks/{task['id']}/{move}")
        assert answer["task"]["updated_at"] == START
