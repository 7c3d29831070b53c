"""The catalogue: which courses are listed, to whom, in what pages, and when it is sent again."""

from typing import Any

import pytest
from sqlalchemy import update

from app.core.curriculum import ContentStatus
from app.db.models import Course, CourseTask, Week
from tests.api.authoring_steps import author, patch
from tests.api.task_steps import check_refusal, iterate_pages, list_all
from tests.support.courses import add_course, list_day_ids, small_course
from tests.support.service import Learner, Service

DRAFT = ContentStatus.DRAFT
ARCHIVED = ContentStatus.ARCHIVED


async def list_slugs(reader: Learner, **query: Any) -> list[str]:
    return [course["slug"] for course in await list_all(reader, "/courses", **query)]


async def add(service: Service, slug: str, *, status: str = "published", **fields: Any) -> int:
    given = small_course(slug=slug, questions=0, **fields)
    return await add_course(service.parts.database, given, status=status)


async def test_a_course_is_listed_with_all_that_tells_what_it_is(service: Service) -> None:
    ada = await service.learner()
    course_id = await add_course(service.parts.database, small_course(weeks=2))

    page = await ada.get("/courses")

    assert page == {
        "items": [
            {
                "id": course_id,
                "slug": "python",
                "title": "Python",
                "summary": "From zero.",
                "language": "en",
                "pacing": "self",
                "tags": ["beginner"],
                "status": "published",
                "weeks": 2,
                "days": 14,
                "revision": 1,
                "updated_at": "2026-03-02T12:00:00Z",
            }
        ],
        "next_cursor": None,
    }


async def test_without_courses_the_catalogue_is_empty(service: Service) -> None:
    assert await (await service.learner()).get("/courses") == {"items": [], "next_cursor": None}


async def test_only_published_courses_are_listed(service: Service) -> None:
    ada, grace = await service.learner(), await author(service)
    for status in ContentStatus:
        await add(service, status.value, status=status)

    assert await list_slugs(ada) == await list_slugs(grace) == ["published"]


@pytest.mark.parametrize("status", list(ContentStatus))
async def test_an_author_may_ask_for_any_status(service: Service, status: ContentStatus) -> None:
    grace = await author(service)
    for other in ContentStatus:
        await add(service, other.value, status=other)

    assert await list_slugs(grace, status=status.value) == [status.value]


async def test_a_learner_may_ask_for_what_is_published(service: Service) -> None:
    ada = await service.learner()
    await add(service, "published")
    assert await list_slugs(ada, status="published") == ["published"]


@pytest.mark.parametrize("status", [ContentStatus.DRAFT, ContentStatus.ARCHIVED])
async def test_a_learner_may_not_ask_for_what_is_hidden(
    service: Service, status: ContentStatus
) -> None:
    ada = await service.learner()

    answer = await ada.client.get("/courses", params={"status": status.value})

    check_refusal(answer, 403, "author_required")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"language": "de"}, ["b"]),
        ({"language": "fr"}, []),
        ({"tag": "data"}, ["c", "b"]),
        ({"tag": "dat"}, []),
        ({"q": "PYTHON"}, ["b", "a"]),
        ({"q": "50%"}, ["c"]),
        ({"q": "%"}, ["c"]),
        ({"q": "_"}, []),
        ({"q": "\\"}, []),
        ({"q": "python", "language": "en", "tag": "web"}, ["a"]),
    ],
    ids=str,
)
async def test_filters_narrow_the_list(
    service: Service, query: dict[str, str], expected: list[str]
) -> None:
    ada = await service.learner()
    await add(service, "a", title="Python for the web", tags=["web"])
    await add(service, "b", title="Daten mit python", language="de", tags=["data"])
    await add(service, "c", title="50% less code", tags=["data", "web"])

    assert await list_slugs(ada, **query) == expected


@pytest.mark.parametrize(
    "query",
    [
        {"language": "Deutsch"}, {"tag": ""}, {"tag": "x" * 31}, {"q": ""}, {"q": "x" * 101},
        {"status": "new"}, {"limit": "0"}, {"limit": "101"}, {"order": "title"},
    ],
    ids=str,
)  # fmt: skip
async def test_a_query_that_means_nothing_is_refused(
    service: Service, query: dict[str, str]
) -> None:
    grace = await author(service)

    answer = await grace.client.get("/courses", params=query)

    check_refusal(answer, 422, "validation_error")


@pytest.mark.parametrize("limit", [1, 2, 5])
async def test_pages_give_each_course_once_newest_first(service: Service, limit: int) -> None:
    ada = await service.learner()
    for number in range(5):
        await add(service, f"c-{number}", status="draft" if number == 1 else "published")

    pages = [page async for page in iterate_pages(ada, "/courses", limit=limit)]

    slugs = [course["slug"] for page in pages for course in page]
    assert slugs == ["c-4", "c-3", "c-2", "c-0"]
    assert all(len(page) <= limit for page in pages)


async def test_the_cursor_of_another_list_is_refused(service: Service) -> None:
    ada = await service.learner()
    for _ in range(2):
        await ada.create_task()
    cursor = (await ada.get("/tasks", limit=1))["next_cursor"]

    answer = await ada.client.get("/courses", params={"cursor": cursor})

    check_refusal(answer, 422, "bad_cursor")


async def test_what_is_not_published_in_a_course_is_not_counted(service: Service) -> None:
    ada = await service.learner()
    database = service.parts.database
    course_id = await add_course(database, small_course(weeks=3, questions=0))
    days = await list_day_ids(database, course_id)
    async with database.writing() as transaction:
        for statement in (
            update(Week).where(Week.key == "week-2").values(status=DRAFT),
            update(Week).where(Week.key == "week-3").values(status=ARCHIVED),
            update(CourseTask).where(CourseTask.id == days[0]).values(status=ARCHIVED),
        ):
            await transaction.uow._session.execute(statement)
        await transaction.commit()

    (course,) = (await ada.get("/courses"))["items"]

    assert (course["weeks"], course["days"]) == (1, 6)


async def test_an_unchanged_list_is_not_sent_again(service: Service) -> None:
    ada = await service.learner()
    await add(service, "a")
    first = await ada.client.get("/courses")

    again = await ada.client.get("/courses", headers={"If-None-Match": first.headers["etag"]})

    assert (again.status_code, again.content) == (304, b"")
    for name in ("etag", "cache-control", "vary"):
        assert again.headers[name] == first.headers[name]
    assert first.headers["cache-control"] == "private, no-cache"
    assert first.headers["vary"] == "Authorization"


async def test_a_changed_list_is_sent_again(service: Service) -> None:
    ada, grace = await service.learner(), await author(service)
    await add(service, "a")
    await add(service, "b")

    async def changed_since(tag: str | None) -> str:
        headers = {} if tag is None else {"If-None-Match": tag}
        answer = await ada.client.get("/courses", headers=headers)
        assert answer.status_code == 200
        return str(answer.headers["etag"])

    tag = await changed_since(None)
    await patch(grace, "/courses/a", title="Another title")
    tag = await changed_since(tag)
    await add(service, "c")
    tag = await changed_since(tag)
    await grace.post("/courses/b/archive")
    await changed_since(tag)


async def test_a_page_that_another_now_follows_is_sent_again(service: Service) -> None:
    ada = await service.learner()
    await add(service, "older", status=ARCHIVED)
    await add(service, "newer")
    query = {"limit": 1}
    first = await ada.client.get("/courses", params=query)
    async with service.parts.database.writing() as transaction:
        statement = update(Course).where(Course.slug == "older").values(status="published")
        await transaction.uow._session.execute(statement)
        await transaction.commit()

    headers = {"If-None-Match": first.headers["etag"]}
    again = await ada.client.get("/courses", params=query, headers=headers)

    assert again.status_code == 200
    assert again.json()["items"] == first.json()["items"]
    assert again.json()["next_cursor"] != first.json()["next_cursor"]


async def test_pages_and_filters_have_tags_of_their_own(service: Service) -> None:
    ada = await service.learner()
    await add(service, "a", language="de")
    await add(service, "b")

    tags = {
        (await ada.client.get("/courses", params=query)).headers["etag"]
        for query in ({}, {"limit": 1}, {"language": "de"}, {"language": "fr"})
    }

    assert len(tags) == 4


async def test_the_catalogue_takes_two_statements(service: Service) -> None:
    ada = await service.learner()
    for number in range(20):
        await add(service, f"c-{number}")
    tag = (await ada.client.get("/courses")).headers["etag"]

    for headers in ({}, {"If-None-Match": tag}):
        with service.statements.count() as statements:
            await ada.client.get("/courses", params={"tag": "beginner"}, headers=headers)
        assert len(statements) == 2, "\n".join(statements)


async def test_who_is_not_known_sees_no_course(service: Service) -> None:
    await add(service, "a")

    for path in ("/courses", "/courses/a"):
        assert (await service.client().get(path)).status_code == 401
