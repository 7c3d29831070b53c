"""The tree of a course: what is in it, for whom, and when it is sent again."""

from typing import Any

import pytest
from sqlalchemy import update

from app.core.curriculum import ContentStatus
from app.core.roles import Role
from app.db.models import CourseTask, QuizQuestion, Week
from tests.api.authoring_steps import author, delete, list_days, patch
from tests.api.task_steps import check_refusal
from tests.support.courses import add_course, list_day_ids, small_course
from tests.support.service import Learner, Service

DRAFT = ContentStatus.DRAFT
ARCHIVED = ContentStatus.ARCHIVED


async def run(service: Service, *statements: Any) -> None:
    async with service.parts.database.writing() as transaction:
        for statement in statements:
            await transaction.uow._session.execute(statement)
        await transaction.commit()


async def get_tag(reader: Learner, path: str = "/courses/python") -> str:
    answer = await reader.client.get(path)
    assert answer.status_code == 200
    return str(answer.headers["etag"])


async def test_a_course_is_shown_with_its_weeks_and_days_in_order(service: Service) -> None:
    ada = await service.learner()
    database = service.parts.database
    course_id = await add_course(database, small_course(weeks=2, questions=3))

    tree = await ada.get("/courses/python")

    weeks = tree.pop("weeks")
    assert tree == {
        "id": course_id,
        "slug": "python",
        "title": "Python",
        "summary": "From zero.",
        "language": "en",
        "pacing": "self",
        "tags": ["beginner"],
        "status": "published",
        "revision": 1,
        "published_at": "2026-03-02T12:00:00Z",
        "updated_at": "2026-03-02T12:00:00Z",
    }
    days = weeks[1].pop("days")
    assert weeks[1] == {
        "id": weeks[1]["id"],
        "key": "week-2",
        "position": 2,
        "title": "Week 2",
        "milestone": "Milestone 2",
        "boss": "The Sphinx",
        "status": "published",
    }
    assert days[2] == {
        "id": days[2]["id"],
        "key": "day-3",
        "day": 3,
        "title": "Day 3 of week 2",
        "difficulty": "easy",
        "minutes": 30,
        "questions": 3,
        "pass_percent": 80,
        "status": "published",
    }
    shown = [day["id"] for day in [*weeks[0]["days"], *days]]
    assert shown == await list_day_ids(database, course_id)


async def test_the_tree_is_the_same_for_every_learner(service: Service) -> None:
    ada, eve = await service.learner(), await service.learner("eve@example.org")
    await add_course(service.parts.database)
    await ada.post("/courses/python/enrollment")

    assert await ada.get("/courses/python") == await eve.get("/courses/python")
    assert await get_tag(ada) == await get_tag(eve)


async def test_a_course_that_is_not_there_is_not_found(service: Service) -> None:
    ada = await service.learner()

    for slug in ("python", "import"):
        answer = await ada.client.get(f"/courses/{slug}")
        check_refusal(answer, 404, "course_not_found")


@pytest.mark.parametrize("slug", ["A", "a_b", "-", "a--b", "%00", "x" * 65, "ü"])
async def test_what_can_be_no_slug_is_refused(service: Service, slug: str) -> None:
    ada = await service.learner()

    check_refusal(await ada.client.get(f"/courses/{slug}"), 422, "validation_error")


async def test_a_draft_is_not_found_by_learners_and_shown_to_authors(service: Service) -> None:
    ada, grace = await service.learner(), await author(service)
    await add_course(service.parts.database, status=DRAFT, published_at=None)

    check_refusal(await ada.client.get("/courses/python"), 404, "course_not_found")
    assert len(list_days(await grace.get("/courses/python"))) == 7


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/courses/python"),
        ("POST", "/courses/python/enrollment"),
        ("DELETE", "/courses/python/enrollment"),
        ("GET", "/courses/python/progress"),
        ("GET", "/course-tasks/{day}"),
        ("POST", "/course-tasks/{day}/complete"),
        ("POST", "/course-tasks/{day}/undo"),
        ("GET", "/course-tasks/{day}/quiz"),
    ],
)
async def test_no_route_tells_a_learner_of_a_draft(
    service: Service, method: str, path: str
) -> None:
    ada = await service.learner()
    course_id = await add_course(service.parts.database, status=DRAFT, published_at=None)
    day = (await list_day_ids(service.parts.database, course_id))[0]

    answer = await ada.client.request(method, path.format(day=day))

    assert answer.status_code == 404
    assert "ython" not in answer.json()["detail"]


@pytest.mark.parametrize(
    "fields", [{"role": Role.AUTHOR}, {"role": Role.ADMIN}, {"is_superuser": True}], ids=str
)
async def test_authors_admins_and_superusers_see_drafts(
    service: Service, fields: dict[str, Any]
) -> None:
    grace = await service.learner(**fields)
    await add_course(service.parts.database, status=DRAFT)

    assert (await grace.get("/courses/python"))["status"] == "draft"


async def test_parts_that_are_drafts_are_for_authors_only(service: Service) -> None:
    ada, grace = await service.learner(), await author(service)
    await add_course(service.parts.database, small_course(weeks=2, questions=2))
    await run(
        service,
        update(Week).where(Week.key == "week-1").values(status=DRAFT),
        update(CourseTask).where(CourseTask.title == "Day 2 of week 2").values(status=DRAFT),
        update(QuizQuestion).where(QuizQuestion.key == "q-1").values(status=DRAFT),
    )

    shown, whole = await ada.get("/courses/python"), await grace.get("/courses/python")

    assert [(week["key"], week["position"]) for week in shown["weeks"]] == [("week-2", 1)]
    assert [(day["day"], day["questions"]) for day in list_days(shown)] == [
        (day, 1) for day in (1, 3, 4, 5, 6, 7)
    ]
    assert [(week["key"], week["position"], week["status"]) for week in whole["weeks"]] == [
        ("week-1", 1, "draft"),
        ("week-2", 2, "published"),
    ]
    assert {day["questions"] for day in list_days(whole)} == {2}
    assert [day["status"] for day in whole["weeks"][1]["days"]][:3] == [
        "published",
        "draft",
        "published",
    ]


async def test_parts_that_are_archived_are_shown_to_nobody(service: Service) -> None:
    ada, grace = await service.learner(), await author(service)
    await add_course(service.parts.database, small_course(weeks=2, questions=2))
    await run(
        service,
        update(Week).where(Week.key == "week-1").values(status=ARCHIVED),
        update(CourseTask).where(CourseTask.title == "Day 2 of week 2").values(status=ARCHIVED),
        update(QuizQuestion).where(QuizQuestion.key == "q-1").values(status=ARCHIVED),
    )

    for reader in (ada, grace):
        tree = await reader.get("/courses/python")
        assert [week["key"] for week in tree["weeks"]] == ["week-2"]
        assert [(day["day"], day["questions"]) for day in list_days(tree)] == [
            (day, 1) for day in (1, 3, 4, 5, 6, 7)
        ]


async def test_an_archived_course_can_still_be_read(service: Service) -> None:
    ada, grace = await service.learner(), await author(service)
    await add_course(service.parts.database)
    before = await ada.get("/courses/python")
    await grace.post("/courses/python/archive")

    tree = await ada.get("/courses/python")

    assert tree["status"] == "archived"
    assert tree["weeks"] == before["weeks"]


async def test_a_draft_that_was_archived_stays_hidden(service: Service) -> None:
    ada, grace = await service.learner(), await author(service)
    await grace.post("/courses", {"slug": "python", "title": "Python"})
    await grace.post("/courses/python/archive")

    check_refusal(await ada.client.get("/courses/python"), 404, "course_not_found")


async def test_the_tag_is_made_of_id_and_revision(service: Service) -> None:
    ada, grace = await service.learner(), await author(service)
    course_id = await add_course(service.parts.database, revision=5)

    assert await get_tag(ada) == f'"{course_id}-5"'
    assert await get_tag(grace) == f'"{course_id}-5-author"'


@pytest.mark.parametrize(
    "given", ["{tag}", "W/{tag}", '"a", {tag}', '"a","b" , W/{tag},"c"', "*", " {tag} ", '"a,b", {tag}']
)  # fmt: skip
async def test_who_has_the_present_tree_gets_none(service: Service, given: str) -> None:
    ada = await service.learner()
    await add_course(service.parts.database)
    tag = await get_tag(ada)

    answer = await ada.client.get(
        "/courses/python", headers={"If-None-Match": given.format(tag=tag)}
    )

    assert (answer.status_code, answer.content) == (304, b"")
    assert answer.headers["etag"] == tag
    assert answer.headers["cache-control"] == "private, no-cache"
    assert answer.headers["vary"] == "Authorization"
    assert "content-type" not in answer.headers


async def test_lines_of_the_header_count_together(service: Service) -> None:
    ada = await service.learner()
    await add_course(service.parts.database)
    lines = [("If-None-Match", '"x"'), ("If-None-Match", await get_tag(ada))]

    answer = await ada.client.get("/courses/python", headers=lines)

    assert answer.status_code == 304


@pytest.mark.parametrize(
    "given",
    ['"x"', "x", "", '"', "W/", '"*"', "{bare}", '"{bare}-author"', '"{bare}0"', '"{bare} "', '*, "x"'],
)  # fmt: skip
async def test_who_has_another_gets_the_whole_tree(service: Service, given: str) -> None:
    ada = await service.learner()
    await add_course(service.parts.database)
    tag = await get_tag(ada)

    header = given.format(bare=tag.strip('"'))
    answer = await ada.client.get("/courses/python", headers={"If-None-Match": header})

    assert answer.status_code == 200
    assert answer.headers["etag"] == tag


async def test_a_change_anywhere_in_the_course_brings_the_tree_again(service: Service) -> None:
    ada, grace = await service.learner(), await author(service)
    await add_course(service.parts.database, small_course(weeks=2))
    tree = await grace.get("/courses/python")
    week, day = tree["weeks"][0], tree["weeks"][0]["days"][0]
    question = (await grace.client.get(f"/course-tasks/{day['id']}/questions")).json()[0]

    changes: list[tuple[str, dict[str, Any]]] = [
        ("/courses/python", {"summary": "New"}),
        (f"/weeks/{week['id']}", {"title": "New"}),
        (f"/course-tasks/{day['id']}", {"body": "New"}),
        (f"/questions/{question['id']}", {"position": 2}),
    ]
    for path, change in changes:
        tag = await get_tag(ada)
        await patch(grace, path, **change)
        answer = await ada.client.get("/courses/python", headers={"If-None-Match": tag})
        assert answer.status_code == 200, path
        assert answer.headers["etag"] != tag


async def test_an_unseen_draft_does_not_answer_with_its_tag(service: Service) -> None:
    ada, grace = await service.learner(), await author(service)
    await add_course(service.parts.database, status=DRAFT)
    tag = await get_tag(grace)

    for given in (tag, "*"):
        answer = await ada.client.get("/courses/python", headers={"If-None-Match": given})
        check_refusal(answer, 404, "course_not_found")


@pytest.mark.parametrize("weeks", [1, 52])
async def test_a_tree_costs_the_same_statements_whatever_its_size(
    service: Service, weeks: int
) -> None:
    ada, grace = await service.learner(), await author(service)
    await add_course(service.parts.database, small_course(weeks=weeks, questions=5))

    for reader in (ada, grace):
        tag = await get_tag(reader)
        await service.parts.caches.lasting.clear()
        # The caller, the course, its weeks and days; for what is kept the course once more.
        for expected in (4, 4) if reader is grace else (5, 2):
            with service.statements.count() as statements:
                tree = await reader.get("/courses/python")
            assert len(statements) == expected, "\n".join(statements)
        assert {day["questions"] for day in list_days(tree)} == {5}
        assert len(list_days(tree)) == weeks * 7

        with service.statements.count() as statements:
            await reader.client.get("/courses/python", headers={"If-None-Match": tag})
        assert len(statements) == 2, "\n".join(statements)


async def test_an_erased_course_is_gone(service: Service) -> None:
    grace = await author(service)
    await grace.post("/courses", {"slug": "python", "title": "Python"})
    await delete(grace, "/courses/python")

    check_refusal(await grace.client.get("/courses/python"), 404, "course_not_found")
