"""What the curriculum repository reads and writes."""

from typing import Any

import pytest

from app.core.curriculum import ContentStatus
from app.db.models import Course
from app.db.session import Transaction
from app.db.unit_of_work import UnitOfWork
from app.game.rules import Difficulty
from tests.support.clock import START

DRAFT, PUBLISHED, ARCHIVED = ContentStatus
WEEK = {
    "position": 1,
    "title": "A week",
    "milestone": "You can",
    "boss": None,
    "status": "published",
}
TASK = {
    "day": 1, "title": "A day", "difficulty": Difficulty.HARD, "minutes": 5, "pass_percent": 80,
    "body": "Read.", "status": "published", "quiz_revision": 1,
}  # fmt: skip
QUESTION = {
    "position": 1, "kind": "number", "prompt": "How many?", "body": {"answer": 0.1, "tolerance": 5e-324},
    "explanation": "", "status": "published", "revision": 1,
}  # fmt: skip


def a_course(slug: str = "python", **fields: Any) -> Course:
    given: dict[str, Any] = {
        "title": "Python", "summary": "", "language": "en", "pacing": "self", "tags": ["a"],
        "status": "draft", "revision": 1, "published_at": None, "created_at": START, "updated_at": START,
    }  # fmt: skip
    return Course(slug=slug, **given | fields)


async def add_course(uow: UnitOfWork, slug: str = "python") -> int:
    course = a_course(slug)
    assert await uow.curricula.add(course)
    return course.id


async def save_week(uow: UnitOfWork, course_id: int, key: str, **fields: Any) -> int:
    rows = [{"course_id": course_id, "key": key, **WEEK, **fields}]
    return (await uow.curricula.save_weeks(rows))[key]


async def save_task(uow: UnitOfWork, course_id: int, week_id: int, key: str, **fields: Any) -> int:
    rows = [{"course_id": course_id, "week_id": week_id, "key": key, **TASK, **fields}]
    return (await uow.curricula.save_tasks(rows))[week_id, key]


async def test_any_course_counts_whatever_its_status(transaction: Transaction) -> None:
    curricula = transaction.uow.curricula
    assert not await curricula.has_any()

    assert await curricula.add(a_course(status="archived"))

    assert await curricula.has_any()


async def test_a_course_is_found_by_its_slug(transaction: Transaction) -> None:
    curricula = transaction.uow.curricula
    course_id = await add_course(transaction.uow)
    await add_course(transaction.uow, "other")

    for found in (await curricula.get("python"), await curricula.lock("python")):
        assert found is not None
        assert (found.id, found.tags) == (course_id, ["a"])
    assert await curricula.get("nothing") is await curricula.lock("nothing") is None


async def test_a_slug_that_is_taken_is_told_and_the_transaction_goes_on(
    transaction: Transaction,
) -> None:
    curricula = transaction.uow.curricula
    await add_course(transaction.uow)

    assert not await curricula.add(a_course(title="Another"))

    found = await curricula.lock("python")
    assert found is not None
    assert found.title == "Python"
    await add_course(transaction.uow, "other")


async def test_a_part_with_a_known_key_is_changed_and_keeps_its_id(
    transaction: Transaction,
) -> None:
    uow = transaction.uow
    course_id = await add_course(uow)
    week_id = await save_week(uow, course_id, "week-01")
    task_id = await save_task(uow, course_id, week_id, "day-1")
    question = {"course_task_id": task_id, "key": "q-1", **QUESTION}
    await uow.curricula.save_questions([question])
    (first,) = await uow.curricula.list_questions(course_id, [PUBLISHED])

    assert await save_week(uow, course_id, "week-01", title="New") == week_id
    assert await save_task(uow, course_id, week_id, "day-1", body="New") == task_id
    await uow.curricula.save_questions([{**question, "revision": 2}])

    (week,) = await uow.curricula.list_weeks(course_id, [PUBLISHED])
    (task,) = await uow.curricula.list_tasks(course_id, [PUBLISHED])
    (second,) = await uow.curricula.list_questions(course_id, [PUBLISHED])
    assert (week.id, week.title) == (week_id, "New")
    assert (task.id, task.body, task.difficulty) == (task_id, "New", Difficulty.HARD)
    assert second == first._replace(revision=2)
    assert second.body == QUESTION["body"]


async def test_the_same_keys_elsewhere_are_other_parts(transaction: Transaction) -> None:
    uow = transaction.uow
    one, other = await add_course(uow), await add_course(uow, "other")

    assert await save_week(uow, one, "week-01") != await save_week(uow, other, "week-01")

    assert len(await uow.curricula.list_weeks(one, [PUBLISHED])) == 1


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        ([PUBLISHED], ["b"]),
        ([DRAFT, PUBLISHED], ["a", "b"]),
        (list(ContentStatus), ["a", "b", "c"]),
    ],
)
async def test_parts_are_listed_by_their_status_and_in_order(
    transaction: Transaction, statuses: list[ContentStatus], expected: list[str]
) -> None:
    uow = transaction.uow
    course_id = await add_course(uow)
    other = await add_course(uow, "other")
    await save_week(uow, other, "b")
    # Made in reverse: neither ids nor keys give the order.
    rows = [("c", 3, ARCHIVED), ("b", 2, PUBLISHED), ("a", 1, DRAFT)]
    for key, position, status in rows:
        await save_week(uow, course_id, key, position=position, status=status)
    week_id = await save_week(uow, course_id, "b", position=2)
    for key, position, status in rows:
        await save_task(uow, course_id, week_id, key, day=position, status=status)
    task_id = await save_task(uow, course_id, week_id, "b", day=2)
    await uow.curricula.save_questions(
        [
            {**QUESTION, "course_task_id": task_id, "key": key, "position": place, "status": status}
            for key, place, status in rows
        ]
    )

    curricula = uow.curricula
    assert [row.key for row in await curricula.list_weeks(course_id, statuses)] == expected
    assert [row.key for row in await curricula.list_tasks(course_id, statuses)] == expected
    assert [row.key for row in await curricula.list_questions(course_id, statuses)] == expected


async def test_nothing_to_write_is_no_statement(transaction: Transaction) -> None:
    assert await transaction.uow.curricula.save_weeks([]) == {}
    assert await transaction.uow.curricula.save_tasks([]) == {}
    await transaction.uow.curricula.save_questions([])


async def test_more_than_a_statement_holds_is_written(transaction: Transaction) -> None:
    uow = transaction.uow
    course_id = await add_course(uow)

    ids = await uow.curricula.save_weeks(
        [{"course_id": course_id, "key": f"week-{n}", **WEEK, "position": n} for n in range(2500)]
    )

    weeks = await uow.curricula.list_weeks(course_id, [PUBLISHED])
    assert [week.position for week in weeks] == list(range(2500))
    assert {week.key: week.id for week in weeks} == ids
