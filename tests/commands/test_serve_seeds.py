"""``python -m commands.serve`` brings the bundled courses to a database that has none, once."""

import re
from contextlib import ExitStack
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import text

from app.core.config import Settings
from app.core.curriculum import ContentStatus
from app.core.database_url import SQLITE_SCHEME
from app.db.session import Database
from app.schemas.curriculum import CourseDefinition
from app.services.curriculum.folder import find_courses
from app.services.curriculum.writer import write_course
from commands.course_folders import BUNDLED, BadCoursesError
from commands.course_seeding import seed_first
from commands.first_courses import seed_or_warn
from tests.support.courses import add_course, small_course
from tests.support.curricula import list_parts
from tests.support.databases import provide_server
from tests.support.logs import listen
from tests.support.process import Server, serve
from tests.support.service import Service
from tests.support.state import read_state

SEEDED = "Seeded the course "


def lay(folder: Path, course: CourseDefinition) -> Path:
    for path, data in write_course(course).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    return folder


async def read_slugs(url: str) -> list[str]:
    database = Database.from_url(url, 1)
    try:
        async with database.reading() as uow:
            found = await uow._session.execute(text("SELECT slug FROM courses ORDER BY slug"))
            return list(found.scalars())
    finally:
        await database.dispose()


@pytest.fixture(scope="module")
def bundled() -> list[str]:
    return [folder.name for folder in find_courses(BUNDLED)]


async def test_the_first_start_seeds_and_the_second_does_not(
    tmp_path: Path, bundled: list[str]
) -> None:
    with serve(DATA_DIR=str(tmp_path)) as first:
        assert first.end() == 0
    url = f"{SQLITE_SCHEME}:///{tmp_path}/questboard.sqlite3"
    slugs = await read_slugs(url)
    with serve(DATA_DIR=str(tmp_path)) as second:
        assert second.end() == 0

    said = [line for line in first.printed if line.startswith(SEEDED)]
    assert [line.removeprefix(SEEDED).partition(":")[0] for line in said] == bundled == slugs
    assert "tasks" in said[0]
    assert said[0].endswith(" added\n")
    assert SEEDED not in "".join(second.printed)
    assert await read_slugs(url) == slugs


async def test_servers_that_start_at_once_seed_once(tmp_path: Path, bundled: list[str]) -> None:
    with provide_server() as database, ExitStack() as stack:
        database.create_database("many")
        url = database.url("many")
        settings = {"DATABASE_URL": url.replace("+asyncpg", "")}
        servers = [
            Server("127.0.0.1", DATA_DIR=str(tmp_path / workers), WORKERS=workers, **settings)
            for workers in "12"
        ]
        for server in servers:
            stack.callback(server.process.communicate)
            stack.callback(server.process.kill)
        for workers, server in enumerate(servers, 1):
            server.read_until("Application startup complete", times=workers)
        statuses = [server.end() for server in servers]
        slugs = await read_slugs(url)

    printed = [line for server in servers for line in server.printed]
    assert statuses == [0, 0]
    assert sum(line.startswith(SEEDED) for line in printed) == len(bundled)
    assert not [line for line in printed if line.startswith("warning")]
    assert slugs == bundled


@pytest.fixture
def settings(service: Service) -> Settings:
    return service.parts.settings


@pytest.mark.parametrize("status", ContentStatus)
async def test_a_database_with_any_course_is_left_alone(
    service: Service, settings: Settings, tmp_path: Path, status: ContentStatus
) -> None:
    await add_course(service.parts.database, small_course(slug="mine"), status=status)
    state = await read_state(service.parts.database)

    assert not await seed_first(settings, lay(tmp_path, small_course()))

    assert await read_state(service.parts.database) == state


async def test_all_courses_of_the_folder_are_seeded(
    service: Service, settings: Settings, tmp_path: Path
) -> None:
    lay(tmp_path / "b", small_course())
    lay(tmp_path / "a", small_course(slug="other"))

    done = await seed_first(settings, tmp_path)

    assert [applied.slug for applied in done] == ["other", "python"]
    for slug in ("other", "python"):
        assert (await list_parts(service.parts.database, slug))[slug]["status"] == "published"


async def test_a_broken_file_seeds_nothing(
    service: Service, settings: Settings, tmp_path: Path
) -> None:
    lay(tmp_path / "a", small_course(slug="other"))
    file = lay(tmp_path / "b", small_course()) / "week-01" / "week.yaml"
    file.write_text("title: [")
    state = await read_state(service.parts.database)

    with pytest.raises(BadCoursesError, match=re.escape(f"{file}:")):
        await seed_first(settings, tmp_path)

    assert await read_state(service.parts.database) == state


def test_without_its_courses_the_service_starts_and_says_so(
    capsys: pytest.CaptureFixture[str],
) -> None:
    settings = Settings(database_url=SecretStr("postgresql://nobody@127.0.0.1:1/questboard"))

    with listen():
        seed_or_warn(settings)

    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("warning: no course was seeded: The database is out of reach")
    assert "commands.seed" in printed.err
