"""A definition on its way back: what went in comes out, byte for byte, and nothing that is not there."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from sqlalchemy import text

from app.core.curriculum import ContentStatus
from app.db.session import Database
from app.schemas.curriculum import (
    CourseDefinition,
    TrueFalseQuestion,
    default_question_key,
    key_of,
)
from app.services.course_errors import CourseIncompleteError, CourseNotFoundError
from app.services.curriculum.exporting import CurriculumReadService
from app.services.curriculum.folder import find_courses, read_folder
from app.services.curriculum.reader import read_course
from app.services.curriculum.seeding import CurriculumService
from app.services.curriculum.writer import write_course as write_files
from commands.course_folders import BUNDLED
from tests.services.curriculum.course_strategies import courses
from tests.support.clock import FakeClock
from tests.support.courses import small_course, write_course
from tests.support.curricula import change_day

COURSE = small_course(weeks=2)


async def seed(database: Database, course: CourseDefinition) -> None:
    async with database.writing() as transaction:
        await CurriculumService(transaction.uow, FakeClock()).apply(course)
        await transaction.commit()


async def read(database: Database, slug: str = "python") -> CourseDefinition:
    async with database.snapshot() as uow:
        return await CurriculumReadService(uow).read(slug)


async def write(database: Database, course: CourseDefinition, status: ContentStatus) -> None:
    """Keep a course whose parts all have this status, as if it had never been published."""
    async with database.writing() as transaction:
        await write_course(transaction._session, course, status=status, published_at=None)
        await transaction.commit()


async def run(database: Database, statement: str) -> None:
    async with database.writing() as transaction:
        await transaction._session.execute(text(statement))
        await transaction.commit()


def has_no_key_of_its_own_for_nothing(course: CourseDefinition) -> bool:
    """Whether no question was given just the key that it would have anyway: that is not kept."""
    return all(
        question.key != default_question_key(question.kind, question.prompt)
        for week in course.weeks
        for day in week.days
        for question in day.questions
    )


@given(course=courses().filter(has_no_key_of_its_own_for_nothing))
@hypothesis_settings(max_examples=60)
async def test_what_goes_in_comes_out(database: Database, course: CourseDefinition) -> None:
    # Each over what the one before left: that must not shine through.
    course = course.model_copy(update={"slug": "python"})
    await seed(database, course)

    found = await read(database)

    assert write_files(found) == write_files(course)
    async with database.writing() as transaction:
        assert not (await CurriculumService(transaction.uow, FakeClock()).apply(found)).changes


@pytest.mark.parametrize("folder", find_courses(BUNDLED), ids=lambda folder: folder.name)
async def test_the_bundled_course_comes_out_as_it_went_in(database: Database, folder: Path) -> None:
    course = read_course(read_folder(folder))
    await seed(database, course)

    found = await read(database, course.slug)

    assert found == course
    assert write_files(found) == write_files(course)


async def test_keys_that_questions_have_anyway_are_left_out(database: Database) -> None:
    plain = TrueFalseQuestion(kind="true_false", prompt="Is it so?", answer=True)
    named = plain.model_copy(update={"prompt": "Or so?", "key": "or-so"})
    spelled = plain.model_copy(update={"prompt": "Or?"})
    spelled = spelled.model_copy(update={"key": key_of(spelled)})
    await seed(database, change_day(COURSE, 1, 1, questions=(plain, named, spelled)))

    keys = [question.key for question in (await read(database)).weeks[0].days[0].questions]

    assert keys == [None, "or-so", None]


async def test_of_a_published_course_drafts_and_archived_parts_are_left_out(
    database: Database,
) -> None:
    await seed(database, small_course(weeks=3, questions=3))
    await run(database, "UPDATE weeks SET status = 'draft' WHERE key = 'week-2'")
    await run(database, "UPDATE weeks SET status = 'archived' WHERE key = 'week-3'")
    await run(database, "UPDATE quiz_questions SET status = 'draft' WHERE key = 'q-2'")
    await run(database, "UPDATE quiz_questions SET status = 'archived' WHERE key = 'q-3'")

    assert await read(database) == small_course(weeks=1, questions=1)


async def test_of_a_draft_all_is_given_that_is_not_archived(database: Database) -> None:
    await write(database, small_course(weeks=2, questions=2), ContentStatus.DRAFT)
    await run(database, "UPDATE quiz_questions SET status = 'archived' WHERE key = 'q-2'")

    assert await read(database) == small_course(weeks=2, questions=1)


async def test_an_archived_course_is_still_given(database: Database) -> None:
    await seed(database, COURSE)
    await run(database, "UPDATE courses SET status = 'archived'")

    assert await read(database) == COURSE


async def test_weeks_and_days_come_in_their_order(database: Database) -> None:
    turned = COURSE.model_copy(update={"weeks": COURSE.weeks[::-1]})
    await seed(database, COURSE)
    await seed(database, turned)

    assert await read(database) == turned


async def test_no_such_course_is_not_found(database: Database) -> None:
    with pytest.raises(CourseNotFoundError):
        await read(database)


async def test_a_course_without_weeks_is_incomplete(database: Database) -> None:
    await write(database, COURSE, ContentStatus.DRAFT)
    await run(database, "UPDATE weeks SET status = 'archived'")

    with pytest.raises(CourseIncompleteError, match="no weeks"):
        await read(database)


@pytest.mark.parametrize(
    ("change", "days"),
    [
        ("UPDATE course_tasks SET status = 'archived' WHERE key = 'day-4'", "1, 2, 3, 5, 6, 7"),
        ("UPDATE course_tasks SET day = 6 WHERE key = 'day-7'", "1, 2, 3, 4, 5, 6, 6"),
        ("UPDATE course_tasks SET status = 'archived'", "none"),
    ],
)
async def test_a_week_of_other_days_is_incomplete(
    database: Database, change: str, days: str
) -> None:
    await seed(database, COURSE)
    await run(database, change)

    with pytest.raises(CourseIncompleteError, match=f"the week 'week-1' has {days}"):
        await read(database)
