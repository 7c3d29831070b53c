"""Who may write courses, and that learners find out nothing by trying."""

from typing import Any

import pytest

from app.core.curriculum import ContentStatus
from app.core.roles import Role
from tests.api.authoring_steps import TRUE_FALSE, WEEK, list_days, write_draft
from tests.api.task_steps import check_refusal, dump_tables
from tests.support.courses import add_course, list_questions
from tests.support.service import Service

ROUTES: list[tuple[str, str, Any]] = [
    ("POST", "/courses", {"slug": "new", "title": "New"}),
    ("PATCH", "/courses/python", {"title": "New"}),
    ("DELETE", "/courses/python", None),
    ("POST", "/courses/python/publish", None),
    ("POST", "/courses/python/archive", None),
    ("POST", "/courses/python/weeks", WEEK),
    ("PATCH", "/weeks/{week}", {"title": "New"}),
    ("DELETE", "/weeks/{week}", None),
    ("POST", "/weeks/{week}/tasks", {"day": 1, "title": "New", "minutes": 5}),
    ("PATCH", "/course-tasks/{day}", {"day": 2}),
    ("DELETE", "/course-tasks/{day}", None),
    ("GET", "/course-tasks/{day}/questions", None),
    ("POST", "/course-tasks/{day}/questions", TRUE_FALSE),
    ("PATCH", "/questions/{question}", {"position": 2}),
    ("DELETE", "/questions/{question}", None),
]
each_route = pytest.mark.parametrize(("method", "path", "body"), ROUTES)


@each_route
@pytest.mark.parametrize("status", [ContentStatus.DRAFT, ContentStatus.PUBLISHED])
async def test_a_learner_may_write_nothing(
    service: Service, method: str, path: str, body: Any, status: ContentStatus
) -> None:
    ada = await service.learner()
    course_id = await add_course(service.parts.database, status=status)
    grace = await service.learner("grace@example.org", role=Role.ADMIN)
    tree = await grace.get("/courses/python")
    day = list_days(tree)[0]["id"]
    question = (await list_questions(service.parts.database, day))[0].id
    before = await dump_tables(service, without={"user_sessions"})

    named = path.format(week=tree["weeks"][0]["id"], day=day, question=question)
    answer = await ada.client.request(method, named, json=body)

    check_refusal(answer, 403, "author_required")
    assert await dump_tables(service, without={"user_sessions"}) == before
    assert tree["id"] == course_id


@each_route
async def test_a_learner_is_refused_alike_whether_it_is_there_or_not(
    service: Service, method: str, path: str, body: Any
) -> None:
    ada = await service.learner()

    for wrong in (body, {"x": 1}):
        named = path.format(week=1, day=2**63 - 1, question=3)
        headers = {"Idempotency-Key": "k"} if method == "POST" else {}
        with service.statements.count() as statements:
            answer = await ada.client.request(method, named, json=wrong, headers=headers)
        check_refusal(answer, 403, "author_required")
        assert len(statements) == 1


@each_route
async def test_who_is_not_known_is_refused_before_all(
    service: Service, method: str, path: str, body: Any
) -> None:
    named = path.format(week=1, day=2, question=3)

    answer = await service.client().request(method, named, json=body)

    assert answer.status_code == 401


@pytest.mark.parametrize(
    "fields", [{"role": Role.AUTHOR}, {"role": Role.ADMIN}, {"is_superuser": True}], ids=str
)
async def test_authors_admins_and_superusers_write(
    service: Service, fields: dict[str, Any]
) -> None:
    grace = await service.learner(**fields)

    tree = await write_draft(grace)

    assert len(list_days(tree)) == 7


async def test_an_author_may_change_the_course_of_another(service: Service) -> None:
    grace = await service.learner("grace@example.org", role=Role.AUTHOR)
    alan = await service.learner("alan@example.org", role=Role.AUTHOR)
    await write_draft(grace)

    await alan.post("/courses/python/publish")

    assert (await grace.get("/courses/python"))["status"] == "published"
