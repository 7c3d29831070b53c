"""Making, changing, moving and deleting the weeks of a course."""

from typing import Any

import pytest

from app.core.curriculum import MAX_WEEKS, ContentStatus
from tests.api.authoring_steps import WEEK, author, delete, patch, revision_of, write_draft
from tests.api.task_steps import check_refusal
from tests.support.courses import add_course, small_course
from tests.support.service import Learner, Service


async def list_keys(reader: Learner) -> list[str]:
    weeks = (await reader.get("/courses/python"))["weeks"]
    assert [week["position"] for week in weeks] == list(range(1, len(weeks) + 1))
    return [week["key"] for week in weeks]


async def start(service: Service, weeks: int = 4) -> tuple[Learner, list[int]]:
    """An author, and the ids of the weeks of a published course."""
    grace = await author(service)
    await add_course(service.parts.database, small_course(weeks=weeks, questions=0))
    return grace, [week["id"] for week in (await grace.get("/courses/python"))["weeks"]]


async def test_a_new_week_is_a_draft_at_the_end(service: Service) -> None:
    grace = await author(service)
    await write_draft(grace, weeks=1, days=0)

    week = await grace.post("/courses/python/weeks", {**WEEK, "boss": "The Sphinx"})

    assert week == {
        **WEEK,
        "id": week["id"],
        "key": "week-02",
        "position": 2,
        "boss": "The Sphinx",
        "status": "draft",
    }
    shown = (await grace.get("/courses/python"))["weeks"][1]
    assert shown == {**week, "days": []}
    assert await revision_of(grace) == 3


async def test_a_key_is_taken_as_given_or_made_free(service: Service) -> None:
    grace = await author(service)
    await write_draft(grace, weeks=0)

    for key in ("week-02", None, "week-03-2", None):
        await grace.post("/courses/python/weeks", {**WEEK, "key": key})

    assert await list_keys(grace) == ["week-02", "week-02-2", "week-03-2", "week-04"]


async def test_a_key_is_given_once_archived_weeks_included(service: Service) -> None:
    grace, ids = await start(service, weeks=2)
    await delete(grace, f"/weeks/{ids[0]}")
    revision = await revision_of(grace)

    for key in ("week-1", "week-2"):
        answer = await grace.client.post("/courses/python/weeks", json={**WEEK, "key": key})
        check_refusal(answer, 409, "key_taken")

    assert await list_keys(grace) == ["week-2"]
    assert await revision_of(grace) == revision


async def test_another_course_may_have_the_same_key(service: Service) -> None:
    grace = await author(service)
    for slug in ("a", "b"):
        tree = await write_draft(grace, slug, days=0)
        assert tree["weeks"][0]["key"] == "week-01"


async def test_a_course_holds_a_bounded_number_of_weeks(service: Service) -> None:
    grace = await author(service)
    given = small_course(weeks=MAX_WEEKS, questions=0)
    await add_course(service.parts.database, given, status=ContentStatus.DRAFT)

    answer = await grace.client.post("/courses/python/weeks", json=WEEK)

    check_refusal(answer, 409, "too_many_parts")
    last = (await grace.get("/courses/python"))["weeks"][-1]
    await delete(grace, f"/weeks/{last['id']}")
    week = await grace.post("/courses/python/weeks", WEEK)
    assert (week["position"], week["key"]) == (MAX_WEEKS, f"week-{MAX_WEEKS}")


@pytest.mark.parametrize(
    "fields",
    [
        {"title": ""}, {"title": None}, {"milestone": "x" * 201}, {"boss": ""}, {"boss": "x" * 101},
        {"position": 0}, {"position": MAX_WEEKS + 1}, {"position": "1"}, {"position": None}, {"days": []},
        {"status": "published"}, {"course_id": 1},
    ],
    ids=lambda fields: str(fields)[:30],
)  # fmt: skip
async def test_what_a_week_can_not_be_is_refused(service: Service, fields: dict[str, Any]) -> None:
    grace, ids = await start(service, weeks=1)

    created = await grace.client.post("/courses/python/weeks", json=WEEK | fields)
    changed = await grace.client.patch(f"/weeks/{ids[0]}", json=fields)

    check_refusal(created, 422, "validation_error")
    check_refusal(changed, 422, "validation_error")
    assert await revision_of(grace) == 1


@pytest.mark.parametrize("key", ["A", "a_b", "", "x" * 65, 5])
async def test_what_can_be_no_key_is_refused(service: Service, key: Any) -> None:
    grace, ids = await start(service, weeks=1)

    answer = await grace.client.post("/courses/python/weeks", json={**WEEK, "key": key})
    check_refusal(answer, 422, "validation_error")
    answer = await grace.client.patch(f"/weeks/{ids[0]}", json={"key": "other"})
    check_refusal(answer, 422, "validation_error")


@pytest.mark.parametrize(
    ("name", "value"), [("title", "New"), ("milestone", "New"), ("boss", "New"), ("boss", None)]
)
async def test_patch_changes_one_thing_for_learners_at_once(
    service: Service, name: str, value: Any
) -> None:
    ada = await service.learner()
    grace, ids = await start(service)
    before = (await ada.get("/courses/python"))["weeks"][1]

    changed = await patch(grace, f"/weeks/{ids[1]}", **{name: value})

    tree = await ada.get("/courses/python")
    assert tree["weeks"][1] == {**before, name: value}
    assert {**changed, "days": before["days"]} == tree["weeks"][1]
    assert tree["revision"] == 2


@pytest.mark.parametrize(
    ("week", "place", "expected"),
    [
        (1, 2, [2, 1, 3, 4]),
        (1, 4, [2, 3, 4, 1]),
        (1, 99, [2, 3, 4, 1]),
        (4, 1, [4, 1, 2, 3]),
        (3, 2, [1, 3, 2, 4]),
        (2, 3, [1, 3, 2, 4]),
    ],
)
async def test_a_week_moves_and_the_others_shift(
    service: Service, week: int, place: int, expected: list[int]
) -> None:
    ada = await service.learner()
    grace, ids = await start(service)

    moved = await patch(grace, f"/weeks/{ids[week - 1]}", position=place)

    assert moved["position"] == min(place, 4)
    assert await list_keys(ada) == [f"week-{number}" for number in expected]
    assert await revision_of(grace) == 2


@pytest.mark.parametrize(
    "changes", [{}, {"position": 2}, {"title": "Week 2", "boss": "The Sphinx", "position": 2}]
)
async def test_a_patch_that_changes_nothing_counts_nothing(
    service: Service, changes: dict[str, Any]
) -> None:
    grace, ids = await start(service)

    await patch(grace, f"/weeks/{ids[1]}", **changes)

    assert await revision_of(grace) == 1


async def test_a_move_and_a_change_together_count_once(service: Service) -> None:
    grace, ids = await start(service)

    changed = await patch(grace, f"/weeks/{ids[3]}", position=1, title="New", boss=None)

    assert (changed["position"], changed["title"], changed["boss"]) == (1, "New", None)
    assert await revision_of(grace) == 2


async def test_places_are_counted_without_archived_weeks(service: Service) -> None:
    grace, ids = await start(service)
    await delete(grace, f"/weeks/{ids[1]}")

    moved = await patch(grace, f"/weeks/{ids[3]}", position=2)

    assert moved["position"] == 2
    assert await list_keys(grace) == ["week-1", "week-4", "week-3"]
    added = await grace.post("/courses/python/weeks", WEEK)
    assert (added["position"], added["key"]) == (4, "week-04")
    assert await list_keys(grace) == ["week-1", "week-4", "week-3", "week-04"]


async def test_a_new_week_comes_last_whatever_was_deleted_before(service: Service) -> None:
    grace, ids = await start(service)
    for week_id in ids[:2]:
        await delete(grace, f"/weeks/{week_id}")

    await grace.post("/courses/python/weeks", {**WEEK, "key": "new"})

    assert await list_keys(grace) == ["week-3", "week-4", "new"]


async def test_deleting_a_draft_erases_it_and_frees_its_key(service: Service) -> None:
    grace, _ = await start(service, weeks=1)
    week = await grace.post("/courses/python/weeks", {**WEEK, "key": "new"})

    await delete(grace, f"/weeks/{week['id']}")

    check_refusal(await grace.client.delete(f"/weeks/{week['id']}"), 404, "week_not_found")
    assert await revision_of(grace) == 3
    again = await grace.post("/courses/python/weeks", {**WEEK, "key": "new"})
    assert again["id"] != week["id"]


async def test_deleting_a_published_week_archives_it_with_its_days(service: Service) -> None:
    ada = await service.learner()
    grace, ids = await start(service)
    day = (await grace.get("/courses/python"))["weeks"][0]["days"][0]["id"]

    await delete(grace, f"/weeks/{ids[0]}")

    assert await list_keys(ada) == ["week-2", "week-3", "week-4"]
    assert await revision_of(grace) == 2
    for method, path, code in [
        ("DELETE", f"/weeks/{ids[0]}", "week_not_found"),
        ("PATCH", f"/weeks/{ids[0]}", "week_not_found"),
        ("POST", f"/weeks/{ids[0]}/tasks", "week_not_found"),
        ("PATCH", f"/course-tasks/{day}", "course_task_not_found"),
        ("GET", f"/course-tasks/{day}/questions", "course_task_not_found"),
    ]:
        body = {"day": 1, "title": "New", "minutes": 5} if method == "POST" else {"title": "New"}
        answer = await grace.client.request(method, path, json=body)
        check_refusal(answer, 404, code)


async def test_the_only_week_of_a_published_course_stays(service: Service) -> None:
    grace, ids = await start(service, weeks=2)
    await grace.post("/courses/python/weeks", WEEK)
    await delete(grace, f"/weeks/{ids[0]}")

    answer = await grace.client.delete(f"/weeks/{ids[1]}")

    check_refusal(answer, 409, "course_incomplete")
    assert await list_keys(grace) == ["week-2", "week-03"]
    await grace.post("/courses/python/archive")
    await delete(grace, f"/weeks/{ids[1]}")


@pytest.mark.parametrize("week_id", [1, 2**63 - 1])
async def test_a_week_that_is_not_there_is_not_found(service: Service, week_id: int) -> None:
    grace = await author(service)

    for answer in (
        await grace.client.patch(f"/weeks/{week_id}", json={}),
        await grace.client.delete(f"/weeks/{week_id}"),
    ):
        check_refusal(answer, 404, "week_not_found")
