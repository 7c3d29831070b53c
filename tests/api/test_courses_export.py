"""``GET /courses/{slug}/export``: a course as an archive that an import takes."""

import io
import zipfile
from typing import Any

import pytest

from app.schemas.curriculum import CourseDefinition
from app.services.curriculum.reader import read_course
from tests.services.curriculum.zips import read
from tests.support.contract import check_problem
from tests.support.courses import add_course, small_course
from tests.support.curricula import pack
from tests.support.service import Learner, Service
from tests.support.state import read_state

ZIP = {"Content-Type": "application/zip"}
COURSE = small_course(weeks=2, questions=5)


@pytest.fixture
async def author(service: Service) -> Learner:
    return await service.learner("author@example.org", role="author")


async def fetch(author: Learner, **query: str) -> bytes:
    answer = await author.client.get("/courses/python/export", params=query)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/zip"
    return answer.content


def unpack(archive: bytes) -> CourseDefinition:
    return read_course(read(archive))


async def test_an_export_is_an_archive_to_be_saved(service: Service, author: Learner) -> None:
    await add_course(service.parts.database, COURSE)

    answer = await author.client.get("/courses/python/export")

    assert answer.headers["content-disposition"] == 'attachment; filename="python.zip"'
    assert answer.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
    assert {"python/course.yaml", "python/week-02/week.yaml", "python/week-02/day-7.md"} <= {*names}
    assert unpack(answer.content) == COURSE


async def test_the_same_course_gives_the_same_bytes(service: Service, author: Learner) -> None:
    await add_course(service.parts.database, COURSE)
    first = await fetch(author)
    service.clock.advance(minutes=5)

    assert await fetch(author) == first == pack(COURSE)


@pytest.mark.parametrize("quiz_format", ["yaml", "gift"])
async def test_quizzes_come_in_the_format_asked_for(
    service: Service, author: Learner, quiz_format: str
) -> None:
    await add_course(service.parts.database, small_course(questions=1))

    archive = await fetch(author, quiz_format=quiz_format)

    assert f"week-01/day-1.quiz.{quiz_format}" in read(archive)
    assert unpack(archive) == small_course(questions=1)


@pytest.mark.parametrize("quiz_format", ["yaml", "gift"])
async def test_an_import_of_an_export_changes_nothing(
    service: Service, author: Learner, quiz_format: str
) -> None:
    await add_course(service.parts.database, COURSE)
    archive = await fetch(author, quiz_format=quiz_format)
    state = await read_state(service.parts.database)

    answer = await author.client.post("/courses/import", content=archive, headers=ZIP)

    assert answer.json()["changes"] == []
    assert await read_state(service.parts.database) == state


@pytest.mark.parametrize(
    ("rights", "status"),
    [
        ({"role": "learner"}, 403),
        ({"role": "author"}, 200),
        ({"role": "admin"}, 200),
        ({"is_superuser": True}, 200),
    ],
)
async def test_authors_and_admins_export(
    service: Service, rights: dict[str, Any], status: int
) -> None:
    await add_course(service.parts.database, COURSE)
    caller = await service.learner(**rights)

    answer = await caller.client.get("/courses/python/export")

    assert answer.status_code == status
    if status == 403:
        assert check_problem(answer)["code"] == "author_required"


async def test_a_stranger_does_not_export(service: Service) -> None:
    await add_course(service.parts.database, COURSE)

    answer = await service.client().get("/courses/python/export")

    assert (answer.status_code, check_problem(answer)["code"]) == (401, "invalid_token")


async def test_a_draft_is_exported(service: Service, author: Learner) -> None:
    await add_course(service.parts.database, COURSE, status="draft", published_at=None)

    assert unpack(await fetch(author)) == COURSE


async def test_an_incomplete_course_is_a_conflict(service: Service, author: Learner) -> None:
    await add_course(service.parts.database, COURSE, status="archived")

    answer = await author.client.get("/courses/python/export")

    assert (answer.status_code, check_problem(answer)["code"]) == (409, "course_incomplete")


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/courses/nothing/export", 404, "course_not_found"),
        ("/courses/Nothing!/export", 422, "validation_error"),
        ("/courses/python/export?quiz_format=xml", 422, "validation_error"),
    ],
)
async def test_what_is_not_there_is_refused(
    service: Service, author: Learner, path: str, status: int, code: str
) -> None:
    await add_course(service.parts.database, COURSE)

    answer = await author.client.get(path)

    assert (answer.status_code, check_problem(answer)["code"]) == (status, code)


async def test_the_export_costs_five_statements(service: Service, author: Learner) -> None:
    await add_course(service.parts.database, COURSE)
    await fetch(author)

    with service.statements.count() as statements:
        await fetch(author)

    assert len(statements) == 5, statements
