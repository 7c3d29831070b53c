"""Making, changing, swapping and deleting the days of a week."""

from typing import Any

import pytest

from tests.api.authoring_steps import add_day, author, delete, list_days, patch, revision_of
from tests.api.authoring_steps import write_draft as write
from tests.api.task_steps import check_refusal
from tests.support.courses import add_course, small_course
from tests.support.service import Learner, Service

DAY = {
    "day": 3,
    "title": "Loops",
    "difficulty": "hard",
    "minutes": 45,
    "pass_percent": 60,
    "body": "# Loops\n\nRound and round 🐍.",
}


async def start(service: Service) -> tuple[Learner, list[int]]:
    """An author, and the ids of the days of a published course."""
    grace = await author(service)
    await add_course(service.parts.database)
    return grace, [day["id"] for day in list_days(await grace.get("/courses/python"))]


async def start_draft(service: Service, days: int = 0) -> tuple[Learner, int]:
    """An author, and the id of the week of a draft."""
    grace = await author(service)
    tree = await write(grace, days=days)
    week_id: int = tree["weeks"][0]["id"]
    return grace, week_id


async def list_titles(reader: Learner) -> list[tuple[int, str]]:
    return [(day["day"], day["title"]) for day in list_days(await reader.get("/courses/python"))]


async def test_a_new_task_is_a_draft_with_all_that_was_given(service: Service) -> None:
    grace, week_id = await start_draft(service)

    task = await grace.post(f"/weeks/{week_id}/tasks", DAY)

    assert task == {
        **DAY,
        "id": task["id"],
        "week_id": week_id,
        "key": "day-3",
        "status": "draft",
        "quiz_revision": 1,
    }
    (shown,) = list_days(await grace.get("/courses/python"))
    assert shown.items() <= {**task, "questions": 0}.items()
    assert await revision_of(grace) == 3


async def test_what_is_not_given_has_defaults(service: Service) -> None:
    grace, week_id = await start_draft(service)

    task = await add_day(grace, week_id, 1)

    assert (task["difficulty"], task["pass_percent"], task["body"]) == ("easy", 80, "")


async def test_days_are_listed_by_number_whatever_came_first(service: Service) -> None:
    grace, week_id = await start_draft(service)
    for day in (3, 1, 7):
        await add_day(grace, week_id, day)

    assert [day for day, _ in await list_titles(grace)] == [1, 3, 7]


async def test_a_day_has_one_task(service: Service) -> None:
    grace, week_id = await start_draft(service, days=2)
    revision = await revision_of(grace)

    answer = await grace.client.post(f"/weeks/{week_id}/tasks", json={**DAY, "day": 2})

    check_refusal(answer, 409, "key_taken")
    assert await revision_of(grace) == revision


async def test_a_week_has_no_eighth_day(service: Service) -> None:
    grace, week_id = await start_draft(service, days=7)

    answer = await grace.client.post(f"/weeks/{week_id}/tasks", json=DAY)

    check_refusal(answer, 409, "too_many_parts")


async def test_a_key_is_taken_as_given_or_made_free(service: Service) -> None:
    grace, week_id = await start_draft(service)
    first = await add_day(grace, week_id, 1, key="day-2")
    second = await add_day(grace, week_id, 2)

    answer = await grace.client.post(f"/weeks/{week_id}/tasks", json={**DAY, "key": "day-2"})

    assert (first["key"], second["key"]) == ("day-2", "day-2-2")
    check_refusal(answer, 409, "key_taken")
    assert len(await list_titles(grace)) == 2


@pytest.mark.parametrize(
    "fields",
    [
        {"day": 0}, {"day": 8}, {"day": "3"}, {"day": 1.5}, {"day": None}, {"title": ""}, {"title": "a\nb"},
        {"minutes": 0}, {"minutes": 601}, {"minutes": None}, {"pass_percent": 0}, {"pass_percent": 101},
        {"difficulty": "huge"}, {"body": "x" * 50_001}, {"body": "\x00"}, {"body": None},
        {"status": "published"}, {"week_id": 1}, {"quiz_revision": 9}, {"questions": []},
    ],
    ids=lambda fields: str(fields)[:30],
)  # fmt: skip
async def test_what_a_task_can_not_be_is_refused(service: Service, fields: dict[str, Any]) -> None:
    grace, week_id = await start_draft(service, days=1)
    day = list_days(await grace.get("/courses/python"))[0]

    created = await grace.client.post(f"/weeks/{week_id}/tasks", json=DAY | fields)
    changed = await grace.client.patch(f"/course-tasks/{day['id']}", json=fields)

    check_refusal(created, 422, "validation_error")
    check_refusal(changed, 422, "validation_error")
    assert list_days(await grace.get("/courses/python")) == [day]


@pytest.mark.parametrize(
    ("name", "value", "quiz_revision"),
    [
        ("title", "New", 1), ("difficulty", "trivial", 1), ("minutes", 600, 1), ("pass_percent", 100, 2),
        ("body", "New", 1), ("body", "", 1),
    ],
)  # fmt: skip
async def test_patch_changes_one_thing_at_once(
    service: Service, name: str, value: Any, quiz_revision: int
) -> None:
    grace, ids = await start(service)
    before = await patch(grace, f"/course-tasks/{ids[2]}")

    changed = await patch(grace, f"/course-tasks/{ids[2]}", **{name: value})

    assert changed == {**before, name: value, "quiz_revision": quiz_revision}
    assert await patch(grace, f"/course-tasks/{ids[2]}") == changed
    assert await revision_of(grace) == 2


@pytest.mark.parametrize(
    "changes",
    [{}, {"day": 3}, {"title": "Day 3 of week 1", "pass_percent": 80, "difficulty": "easy"}],
)
async def test_a_patch_that_changes_nothing_counts_nothing(
    service: Service, changes: dict[str, Any]
) -> None:
    grace, ids = await start(service)

    task = await patch(grace, f"/course-tasks/{ids[2]}", **changes)

    assert task["quiz_revision"] == 1
    assert await revision_of(grace) == 1


@pytest.mark.parametrize(("day", "other"), [(2, 5), (7, 1)])
async def test_moving_to_a_taken_day_swaps_the_two(service: Service, day: int, other: int) -> None:
    ada = await service.learner()
    grace, ids = await start(service)

    moved = await patch(grace, f"/course-tasks/{ids[day - 1]}", day=other, title="Moved")

    assert moved["day"] == other
    titles = [f"Day {number} of week 1" for number in range(1, 8)]
    titles[day - 1], titles[other - 1] = titles[other - 1], "Moved"
    assert await list_titles(ada) == list(enumerate(titles, 1))
    assert await revision_of(grace) == 2


async def test_moving_to_a_free_day_leaves_the_others(service: Service) -> None:
    grace, week_id = await start_draft(service, days=2)
    day = list_days(await grace.get("/courses/python"))[0]

    await patch(grace, f"/course-tasks/{day['id']}", day=5)

    assert await list_titles(grace) == [(2, "Day 2"), (5, "Day 1")]
    check = await grace.client.post(f"/weeks/{week_id}/tasks", json={**DAY, "day": 1})
    assert check.json()["key"] == "day-1-2"


async def test_days_of_other_weeks_are_left_alone(service: Service) -> None:
    grace = await author(service)
    await add_course(service.parts.database, small_course(weeks=2))
    before = (await grace.get("/courses/python"))["weeks"][1]

    day = list_days(await grace.get("/courses/python"))[0]
    await patch(grace, f"/course-tasks/{day['id']}", day=7)

    assert (await grace.get("/courses/python"))["weeks"][1] == before


async def test_deleting_a_draft_erases_it(service: Service) -> None:
    grace, week_id = await start_draft(service, days=2)
    day = list_days(await grace.get("/courses/python"))[0]
    revision = await revision_of(grace)

    await delete(grace, f"/course-tasks/{day['id']}")

    assert await revision_of(grace) == revision + 1
    assert await list_titles(grace) == [(2, "Day 2")]
    answer = await grace.client.delete(f"/course-tasks/{day['id']}")
    check_refusal(answer, 404, "course_task_not_found")
    assert (await add_day(grace, week_id, 1))["key"] == "day-1"


@pytest.mark.parametrize("archived", [False, True])
async def test_a_published_day_stays(service: Service, archived: bool) -> None:
    grace, ids = await start(service)
    if archived:
        await grace.post("/courses/python/archive")
    revision = await revision_of(grace)

    answer = await grace.client.delete(f"/course-tasks/{ids[0]}")

    check_refusal(answer, 409, "course_incomplete")
    assert len(await list_titles(grace)) == 7
    assert await revision_of(grace) == revision


async def test_what_is_not_there_is_not_found(service: Service) -> None:
    grace = await author(service)

    for answer in (
        await grace.client.patch("/course-tasks/1", json={"day": 2}),
        await grace.client.delete("/course-tasks/1"),
        await grace.client.get("/course-tasks/1/questions"),
    ):
        check_refusal(answer, 404, "course_task_not_found")
    answer = await grace.client.post("/weeks/1/tasks", json=DAY)
    check_refusal(answer, 404, "week_not_found")
