"""What the course repository reads and writes, and what a change of a course takes with it."""

import pytest
from sqlalchemy import func, select

from app.core.curriculum import MAX_QUESTIONS, ContentStatus
from app.core.errors import ConflictError
from app.db.models import Course, CourseTask, QuizQuestion, Week
from app.db.repositories.courses import CourseFilter
from app.db.session import Transaction
from app.db.unit_of_work import UnitOfWork
from tests.support.clock import START
from tests.support.courses import small_course, write_course

DRAFT = ContentStatus.DRAFT
PUBLISHED = ContentStatus.PUBLISHED
ARCHIVED = ContentStatus.ARCHIVED
ALL = list(ContentStatus)


class TakenError(ConflictError):
    """What the caller wants to be told."""


async def add(transaction: Transaction, slug: str = "python", *, weeks: int = 1, questions: int = 2,
              status: str = PUBLISHED) -> Course:  # fmt: skip
    definition = small_course(weeks, questions, slug)
    return await write_course(transaction._session, definition, status=status)


async def load_all(uow: UnitOfWork, course: Course) -> tuple[list[Week], list[CourseTask]]:
    weeks = list(await uow.courses.load_weeks(course.id))
    return weeks, [day for week in weeks for day in await uow.courses.load_days(week.id)]


async def count(transaction: Transaction, table: type[Course | Week | CourseTask]) -> int:
    found = await transaction._session.execute(select(func.count()).select_from(table))
    return found.scalar_one()


async def test_a_course_is_read_as_it_was_written(transaction: Transaction) -> None:
    uow = transaction.uow
    course = await add(transaction, weeks=2)

    head, item = await uow.courses.get_head("python"), await uow.courses.get_item(course.id)

    assert head is not None
    for name in ("id", "slug", "title", "summary", "language", "pacing", "tags", "status"):
        assert getattr(head, name) == getattr(item, name) == getattr(course, name)
    assert head.published_at == START
    assert (item.weeks, item.days) == (2, 14)


async def test_the_weeks_and_days_of_another_course_are_not_listed(
    transaction: Transaction,
) -> None:
    uow = transaction.uow
    course, other = await add(transaction), await add(transaction, "other", weeks=2)

    assert len(await uow.courses.list_weeks(course.id, ALL)) == 1
    assert len(await uow.courses.list_days(course.id, ALL)) == 7
    assert len(await uow.courses.list_days(other.id, ALL)) == 14
    assert len(await uow.courses.list_day_numbers(course.id)) == 7


async def test_weeks_come_by_position_then_by_id(transaction: Transaction) -> None:
    uow = transaction.uow
    course = await add(transaction, weeks=3, questions=0)
    weeks = await uow.courses.load_weeks(course.id)
    for week, position in zip(weeks, (900, 3, 3), strict=True):
        week.position = position
    await uow.courses.save(course, taken=TakenError)

    expected = ["week-2", "week-3", "week-1"]
    assert [week.key for week in await uow.courses.list_weeks(course.id, ALL)] == expected
    assert [week.key for week in await uow.courses.load_weeks(course.id)] == expected


async def test_days_count_the_questions_that_their_reader_sees(transaction: Transaction) -> None:
    uow = transaction.uow
    course = await add(transaction, questions=3)
    _, days = await load_all(uow, course)
    questions = await uow.courses.load_questions(days[0].id)
    questions[0].status, questions[1].status = DRAFT, ARCHIVED
    await uow.courses.save(course, taken=TakenError)

    async def counts(*statuses: str) -> list[int]:
        return [day.questions for day in await uow.courses.list_days(course.id, statuses)]

    assert await counts(PUBLISHED) == [1, 3, 3, 3, 3, 3, 3]
    assert await counts(DRAFT, PUBLISHED) == [2, 3, 3, 3, 3, 3, 3]


async def test_a_page_is_bounded_and_begins_beyond_the_position(transaction: Transaction) -> None:
    uow = transaction.uow
    ids = [(await add(transaction, f"c-{n}", questions=0)).id for n in range(4)]
    await add(transaction, "draft", questions=0, status=DRAFT)

    async def page(before_id: int, count: int) -> list[int]:
        rows = await uow.courses.list_page(CourseFilter(), before_id, count)
        return [row.id for row in rows]

    assert await page(2**63 - 1, 2) == [ids[3], ids[2]]
    assert await page(ids[2], 10) == [ids[1], ids[0]]


async def test_the_course_is_locked_by_any_of_its_parts(transaction: Transaction) -> None:
    uow = transaction.uow
    await add(transaction, "other")
    course = await add(transaction)
    weeks, days = await load_all(uow, course)
    (question, _) = await uow.courses.load_questions(days[3].id)

    assert await uow.courses.lock("python") is course
    assert await uow.courses.lock_by_week(weeks[0].id) is course
    assert await uow.courses.lock_by_task(days[3].id) is course
    assert await uow.courses.lock_by_question(question.id) is course


async def test_what_is_not_there_locks_nothing(transaction: Transaction) -> None:
    courses = transaction.uow.courses

    assert await courses.lock("python") is None
    for lock in (courses.lock_by_week, courses.lock_by_task, courses.lock_by_question):
        assert await lock(2**63 - 1) is None


@pytest.mark.parametrize("archived", ["week", "day", "question"])
async def test_what_lies_below_something_archived_is_not_loaded(
    transaction: Transaction, archived: str
) -> None:
    uow = transaction.uow
    course = await add(transaction)
    (week,), (day, *_) = await load_all(uow, course)
    question, _ = await uow.courses.load_questions(day.id)
    parts: dict[str, Week | CourseTask | QuizQuestion]
    parts = {"week": week, "day": day, "question": question}
    parts[archived].status = ARCHIVED
    await uow.courses.save(course, taken=TakenError)

    is_week, is_day = archived == "week", archived in {"week", "day"}
    assert (await uow.courses.load_week(week.id) is None) == is_week
    assert (await uow.courses.load_task(day.id) is None) == is_day
    assert await uow.courses.has_task(day.id) != is_day
    assert await uow.courses.load_question(question.id) is None
    assert len(await uow.courses.list_day_numbers(course.id)) == {"week": 0, "day": 6}.get(
        archived, 7
    )


async def test_taken_keys_are_those_of_the_same_parent_archived_ones_included(
    transaction: Transaction,
) -> None:
    uow = transaction.uow
    await add(transaction, "other", weeks=3, questions=0)
    course = await add(transaction, weeks=2, questions=0)
    weeks, days = await load_all(uow, course)
    weeks[0].status = days[7].status = ARCHIVED
    await uow.courses.save(course, taken=TakenError)

    keys = ["week-1", "week-2", "week-3", "day-1", "new"]
    assert set(await uow.courses.list_week_keys(course.id, keys)) == {"week-1", "week-2"}
    assert await uow.courses.list_task_keys(weeks[1].id, keys) == ["day-1"]


@pytest.mark.parametrize("part", ["week", "day", "question"])
async def test_a_key_that_is_taken_is_refused_as_the_caller_says(
    transaction: Transaction, part: str
) -> None:
    uow = transaction.uow
    course = await add(transaction)
    (week,), (day, *_) = await load_all(uow, course)
    new: Week | CourseTask | QuizQuestion
    if part == "week":
        new = Week(
            course_id=course.id, key="week-1", position=2, title="", milestone="", status=DRAFT
        )
    elif part == "day":
        new = CourseTask(
            course_id=course.id, week_id=week.id, key="day-1", day=1, title="", minutes=1, body="",
            difficulty=day.difficulty, pass_percent=80, status=DRAFT, quiz_revision=1,
        )  # fmt: skip
    else:
        new = QuizQuestion(
            course_task_id=day.id, key="q-1", position=9, kind="true_false", prompt="?", body={},
            explanation="", status=DRAFT, revision=1,
        )  # fmt: skip

    with pytest.raises(TakenError):
        await uow.courses.save(course, new, taken=TakenError)


async def test_a_slug_that_is_taken_is_refused_as_the_caller_says(transaction: Transaction) -> None:
    uow = transaction.uow
    await add(transaction, "other")
    course = await add(transaction)
    course.slug = "other"

    with pytest.raises(TakenError):
        await uow.courses.save(course, taken=TakenError)


async def test_erasing_a_course_erases_all_that_is_in_it_and_nothing_else(
    transaction: Transaction,
) -> None:
    uow = transaction.uow
    await add(transaction, "other")
    course = await add(transaction, weeks=2)

    await uow.courses.erase(course)

    assert await uow.courses.get_head("python") is None
    assert [await count(transaction, table) for table in (Course, Week, CourseTask)] == [1, 1, 7]


async def test_publishing_takes_all_drafts_of_the_course_and_of_no_other(
    transaction: Transaction,
) -> None:
    uow = transaction.uow
    other = await add(transaction, "other", status=DRAFT)
    course = await add(transaction, weeks=2, status=DRAFT)

    assert await uow.courses.publish_parts(course.id) is True
    assert await uow.courses.publish_parts(course.id) is False

    assert len(await uow.courses.list_weeks(course.id, [PUBLISHED])) == 2
    days = await uow.courses.list_days(course.id, [PUBLISHED])
    assert [day.questions for day in days] == [2] * 14
    assert await uow.courses.list_weeks(other.id, [PUBLISHED]) == []
    assert await uow.courses.list_days(other.id, [PUBLISHED]) == []


async def test_publishing_counts_only_the_quizzes_that_change(transaction: Transaction) -> None:
    uow = transaction.uow
    course = await add(transaction)
    _, days = await load_all(uow, course)
    (await uow.courses.load_questions(days[2].id))[0].status = DRAFT
    await uow.courses.save(course, taken=TakenError)

    await uow.courses.publish_parts(course.id)

    found = await transaction._session.execute(
        select(CourseTask.quiz_revision).order_by(CourseTask.day)
    )
    assert list(found.scalars()) == [1, 1, 2, 1, 1, 1, 1]


async def test_archived_parts_and_drafts_below_them_are_not_published(
    transaction: Transaction,
) -> None:
    uow = transaction.uow
    course = await add(transaction, weeks=2, status=DRAFT)
    weeks, days = await load_all(uow, course)
    weeks[0].status = days[7].status = ARCHIVED
    await uow.courses.save(course, taken=TakenError)

    await uow.courses.publish_parts(course.id)

    weeks_found = await uow.courses.list_weeks(course.id, ALL)
    assert [week.status for week in weeks_found] == [ARCHIVED, PUBLISHED]
    statuses = {day.id: day.status for day in await uow.courses.list_days(course.id, ALL)}
    assert [statuses[day.id] for day in days] == [DRAFT] * 7 + [ARCHIVED] + [PUBLISHED] * 6
    questions = await uow.courses.list_questions(days[0].id)
    assert [question.status for question in questions] == [DRAFT, DRAFT]


async def test_no_more_questions_are_listed_than_a_quiz_can_have(transaction: Transaction) -> None:
    uow = transaction.uow
    course = await add(transaction, questions=MAX_QUESTIONS)
    _, days = await load_all(uow, course)
    extra = QuizQuestion(
        course_task_id=days[0].id, key="extra", position=0, kind="true_false", prompt="?",
        body={"answer": True}, explanation="", status=DRAFT, revision=1,
    )  # fmt: skip
    await uow.courses.save(course, extra, taken=TakenError)

    questions = await uow.courses.list_questions(days[0].id)

    assert len(questions) == MAX_QUESTIONS
    assert questions[0].key == "extra"
