"""Making, changing, publishing, archiving and deleting courses."""

from typing import Any

import pytest

from tests.api.authoring_steps import (
    TRUE_FALSE,
    WEEK,
    add_day,
    author,
    delete,
    list_days,
    patch,
    revision_of,
    write_draft,
)
from tests.api.task_steps import check_refusal
from tests.support.courses import add_course, small_course
from tests.support.service import Service

COURSE = {
    "slug": "python",
    "title": "Python",
    "summary": "From zero.",
    "language": "en-GB",
    "pacing": "daily",
    "tags": ["beginner", "Grün"],
}


async def test_a_new_course_is_a_draft_without_weeks(service: Service) -> None:
    grace = await author(service)

    answer = await grace.client.post("/courses", json=COURSE)

    assert answer.status_code == 201
    course = answer.json()
    assert course == {
        **COURSE,
        "id": course["id"],
        "status": "draft",
        "weeks": 0,
        "days": 0,
        "revision": 1,
        "updated_at": "2026-03-02T12:00:00Z",
    }
    found = await grace.client.get(f"http://testserver{answer.headers['location']}")
    assert found.json()["weeks"] == []
    assert found.json()["published_at"] is None


async def test_what_is_not_given_has_defaults(service: Service) -> None:
    grace = await author(service)

    course = await grace.post("/courses", {"slug": "python", "title": "Python"})

    assert {name: course[name] for name in COURSE} == {
        "slug": "python",
        "title": "Python",
        "summary": "",
        "language": "en",
        "pacing": "self",
        "tags": [],
    }


@pytest.mark.parametrize(
    "fields",
    [
        {"slug": "import"}, {"slug": "Python"}, {"slug": ""}, {"slug": "x" * 65}, {"title": " "},
        {"title": "x" * 201}, {"summary": "x" * 1001}, {"summary": "\x00"}, {"language": "English"},
        {"pacing": "fast"}, {"tags": ["x"] * 21}, {"tags": [""]}, {"status": "published"}, {"id": 5},
        {"revision": 7},
    ],
    ids=lambda fields: str(fields)[:30],
)  # fmt: skip
async def test_what_a_course_can_not_be_is_refused(
    service: Service, fields: dict[str, Any]
) -> None:
    grace = await author(service)
    await grace.post("/courses", COURSE | {"slug": "other"})

    created = await grace.client.post("/courses", json=COURSE | fields)
    changed = await grace.client.patch("/courses/other", json=fields)

    check_refusal(created, 422, "validation_error")
    check_refusal(changed, 422, "validation_error")
    assert await revision_of(grace, "other") == 1


async def test_a_slug_is_given_once(service: Service) -> None:
    grace = await author(service)
    await grace.post("/courses", COURSE)
    await grace.post("/courses", COURSE | {"slug": "other"})

    for answer in (
        await grace.client.post("/courses", json=COURSE),
        await grace.client.patch("/courses/other", json={"slug": "python", "title": "New"}),
    ):
        check_refusal(answer, 409, "slug_taken")
    assert (await grace.get("/courses/other"))["title"] == "Python"


async def test_a_retry_with_the_same_key_makes_no_second_course(service: Service) -> None:
    grace = await author(service)
    headers = {"Idempotency-Key": "k"}

    answers = [await grace.client.post("/courses", json=COURSE, headers=headers) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert answers[0].headers["location"] == answers[1].headers["location"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("slug", "snakes"), ("title", "New"), ("summary", "New"), ("language", "de"),
        ("pacing", "sequential"), ("tags", []),
    ],
)  # fmt: skip
async def test_patch_changes_one_thing_and_counts_it(
    service: Service, name: str, value: Any
) -> None:
    grace = await author(service)
    course = await grace.post("/courses", COURSE)
    service.clock.advance(minutes=5)

    changed = await patch(grace, "/courses/python", **{name: value})

    assert changed == {
        **course,
        name: value,
        "revision": 2,
        "updated_at": "2026-03-02T12:05:00Z",
    }


@pytest.mark.parametrize("changes", [{}, COURSE], ids=["nothing", "the same"])
async def test_a_patch_that_changes_nothing_counts_nothing(
    service: Service, changes: dict[str, Any]
) -> None:
    grace = await author(service)
    course = await grace.post("/courses", COURSE)
    service.clock.advance(minutes=5)

    assert await patch(grace, "/courses/python", **changes) == course


async def test_the_old_slug_is_free_again(service: Service) -> None:
    grace = await author(service)
    await grace.post("/courses", COURSE)
    await patch(grace, "/courses/python", slug="snakes")

    check_refusal(await grace.client.get("/courses/python"), 404, "course_not_found")
    await grace.post("/courses", COURSE)


async def test_deleting_a_draft_erases_it_with_all_that_is_in_it(service: Service) -> None:
    grace = await author(service)
    tree = await write_draft(grace)
    day = list_days(tree)[0]["id"]
    question = await grace.post(f"/course-tasks/{day}/questions", TRUE_FALSE)

    await delete(grace, "/courses/python")

    for path, code in [
        ("/courses/python", "course_not_found"),
        (f"/weeks/{tree['weeks'][0]['id']}", "week_not_found"),
        (f"/course-tasks/{day}", "course_task_not_found"),
        (f"/questions/{question['id']}", "question_not_found"),
    ]:
        check_refusal(await grace.client.delete(path), 404, code)
    assert (await grace.get("/courses", status="draft"))["items"] == []


async def test_deleting_what_was_published_archives_it(service: Service) -> None:
    ada, grace = await service.learner(), await author(service)
    await add_course(service.parts.database)
    await ada.post("/courses/python/enrollment")

    await delete(grace, "/courses/python")
    await delete(grace, "/courses/python")

    tree = await ada.get("/courses/python")
    assert (tree["status"], tree["revision"]) == ("archived", 2)
    assert len(list_days(tree)) == 7


async def test_archiving_twice_counts_once(service: Service) -> None:
    grace = await author(service)
    await add_course(service.parts.database)

    first = await grace.post("/courses/python/archive")

    assert (first["status"], first["revision"]) == ("archived", 2)
    assert await grace.post("/courses/python/archive") == first


async def test_publishing_shows_all_drafts_to_learners(service: Service) -> None:
    ada, grace = await service.learner(), await author(service)
    draft = await write_draft(grace, weeks=2)
    day = list_days(draft)[0]["id"]
    await grace.post(f"/course-tasks/{day}/questions", TRUE_FALSE)
    service.clock.advance(minutes=5)

    tree = await grace.post("/courses/python/publish")

    assert (tree["status"], tree["published_at"]) == ("published", "2026-03-02T12:05:00Z")
    assert tree["revision"] == draft["revision"] + 2
    shown = await ada.get("/courses/python")
    assert shown == tree
    assert {week["status"] for week in shown["weeks"]} == {"published"}
    assert {day["status"] for day in list_days(shown)} == {"published"}
    assert [day["questions"] for day in list_days(shown)] == [1] + [0] * 13


async def test_publishing_twice_counts_once(service: Service) -> None:
    grace = await author(service)
    await write_draft(grace)
    first = await grace.post("/courses/python/publish")
    service.clock.advance(minutes=5)

    assert await grace.post("/courses/python/publish") == first


async def test_publishing_brings_back_what_was_archived(service: Service) -> None:
    grace = await author(service)
    await add_course(service.parts.database)
    await grace.post("/courses/python/archive")
    service.clock.advance(minutes=5)

    tree = await grace.post("/courses/python/publish")

    assert (tree["status"], tree["revision"]) == ("published", 3)
    assert tree["published_at"] == "2026-03-02T12:00:00Z"


async def test_a_course_without_weeks_is_not_published(service: Service) -> None:
    grace = await author(service)
    await grace.post("/courses", COURSE)

    refusal = await grace.client.post("/courses/python/publish")

    assert check_refusal(refusal, 409, "course_incomplete")["detail"] == "The course has no weeks."


async def test_a_week_that_lacks_days_keeps_the_course_from_being_published(
    service: Service,
) -> None:
    ada, grace = await service.learner(), await author(service)
    await write_draft(grace)
    week = await grace.post("/courses/python/weeks", WEEK)
    for day in (1, 2, 4, 6, 7):
        await add_day(grace, week["id"], day)
    revision = await revision_of(grace)

    refusal = check_refusal(
        await grace.client.post("/courses/python/publish"), 409, "course_incomplete"
    )

    assert refusal["detail"] == 'The week "week-02" lacks days 3, 5.'
    assert (await grace.get("/courses/python"))["status"] == "draft"
    assert await revision_of(grace) == revision
    check_refusal(await ada.client.get("/courses/python"), 404, "course_not_found")

    await add_day(grace, week["id"], 3)
    refusal = check_refusal(
        await grace.client.post("/courses/python/publish"), 409, "course_incomplete"
    )
    assert refusal["detail"] == 'The week "week-02" lacks day 5.'


async def test_a_new_week_of_a_published_course_waits_for_publishing(service: Service) -> None:
    ada, grace = await service.learner(), await author(service)
    await add_course(service.parts.database)
    week = await grace.post("/courses/python/weeks", WEEK)
    await add_day(grace, week["id"], 1)

    assert len((await ada.get("/courses/python"))["weeks"]) == 1
    refusal = await grace.client.post("/courses/python/publish")
    check_refusal(refusal, 409, "course_incomplete")

    for day in range(2, 8):
        await add_day(grace, week["id"], day)
    await grace.post("/courses/python/publish")
    assert [len(week["days"]) for week in (await ada.get("/courses/python"))["weeks"]] == [7, 7]


async def test_drafts_in_an_archived_week_stay_drafts(service: Service) -> None:
    grace = await author(service)
    database = service.parts.database
    await add_course(database, small_course(weeks=2, questions=1))
    tree = await grace.get("/courses/python")
    day = tree["weeks"][1]["days"][0]["id"]
    question = await grace.post(f"/course-tasks/{day}/questions", TRUE_FALSE)
    await delete(grace, f"/weeks/{tree['weeks'][1]['id']}")
    before = await revision_of(grace)

    after = await grace.post("/courses/python/publish")

    assert after["revision"] == before
    async with database.reading() as uow:
        found = {row.id: row.status for row in await uow.courses.list_questions(day)}
    assert found[question["id"]] == "draft"


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
async def test_a_course_that_is_not_there_can_not_be_changed(service: Service, method: str) -> None:
    grace = await author(service)
    body = {"title": "New"} if method == "PATCH" else None

    check_refusal(
        await grace.client.request(method, "/courses/python", json=body), 404, "course_not_found"
    )


@pytest.mark.parametrize("move", ["publish", "archive", "weeks"])
async def test_nor_can_anything_be_done_with_it(service: Service, move: str) -> None:
    grace = await author(service)

    answer = await grace.client.post(f"/courses/python/{move}", json=WEEK)

    check_refusal(answer, 404, "course_not_found")
