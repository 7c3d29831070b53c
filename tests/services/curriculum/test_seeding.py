"""A definition on its way to the database: what changes, what stays, what is counted."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text

from app.core.curriculum import ContentStatus
from app.db.models import Enrollment
from app.db.session import Database
from app.schemas.curriculum import CourseDefinition, TrueFalseQuestion, key_of
from app.services.curriculum.seeding import Applied, CurriculumService
from tests.support.clock import START, FakeClock
from tests.support.courses import make_question, small_course, write_course
from tests.support.curricula import change_day, change_question, change_week, list_parts
from tests.support.game import add_player, dump_state
from tests.support.service import Service

COURSE = small_course(weeks=2)
Edit = Callable[[CourseDefinition], CourseDefinition]


async def seed(
    database: Database, clock: FakeClock, course: CourseDefinition, *, dry_run: bool = False
) -> Applied:
    async with database.writing() as transaction:
        applied = await CurriculumService(transaction.uow, clock).apply(course, dry_run=dry_run)
        await transaction.commit()
    return applied


def told(applied: Applied) -> set[tuple[str, ...]]:
    return {(change.kind, change.what, *change.fields) for change in applied.changes}


async def test_a_new_course_is_published_whole(database: Database, clock: FakeClock) -> None:
    applied = await seed(database, clock, COURSE)

    parts = await list_parts(database)
    assert (applied.slug, applied.created, applied.revision) == ("python", True, 1)
    assert len(parts) == len(applied.changes) == 1 + 2 + 14 + 28
    assert {part["status"] for part in parts.values()} == {"published"}
    assert {change.kind for change in applied.changes} == {"added"}
    course = parts["python"]
    assert (course["title"], course["tags"], course["revision"]) == ("Python", ["beginner"], 1)
    assert course["created_at"] == course["updated_at"] == course["published_at"] == START
    assert [parts[f"week-{number}"]["position"] for number in (1, 2)] == [1, 2]
    day = parts["week-2/day-3"]
    assert (day["title"], day["day"], day["quiz_revision"]) == ("Day 3 of week 2", 3, 1)
    assert day["course_id"] == course["id"]
    questions = [parts[f"week-2/day-3/q-{number}"] for number in (1, 2)]
    assert [(part["position"], part["revision"]) for part in questions] == [(1, 1), (2, 1)]
    assert questions[0]["body"] == {"right": "right", "wrong": ["wrong", "also wrong"]}


async def test_the_same_again_changes_nothing(database: Database, clock: FakeClock) -> None:
    await seed(database, clock, COURSE)
    before = await dump_state(database)
    clock.advance(hours=1)

    applied = await seed(database, clock, COURSE)

    assert (applied.created, applied.revision, list(applied.changes)) == (False, 1, [])
    assert await dump_state(database) == before


async def test_what_another_hand_wrote_alike_is_left_alone(
    database: Database, clock: FakeClock
) -> None:
    async with database.writing() as transaction:
        await write_course(transaction._session, COURSE)
        await transaction.commit()

    assert not (await seed(database, clock, COURSE)).changes


EDITS: dict[str, tuple[Edit, set[tuple[str, ...]], dict[str, int]]] = {
    "course": (
        lambda course: course.model_copy(update={"title": "New", "tags": ("other",)}),
        {("changed", "python", "title", "tags")},
        {},
    ),
    "week": (
        lambda course: change_week(course, 2, boss=None),
        {("changed", "week-2", "boss")},
        {},
    ),
    "lesson": (
        lambda course: change_day(course, 1, 2, body="New", minutes=5),
        {("changed", "week-1/day-2", "minutes", "body")},
        {},
    ),
    "pass mark": (
        lambda course: change_day(course, 1, 2, pass_percent=50),
        {("changed", "week-1/day-2", "pass_percent")},
        {"week-1/day-2": 2},
    ),
    "question": (
        lambda course: change_question(course, 1, 2, 1, right="correct", explanation="New"),
        {("changed", "week-1/day-2/quiz/q-1", "body", "explanation")},
        {"week-1/day-2": 2, "week-1/day-2/q-1": 2},
    ),
    "order of questions": (
        lambda course: change_day(course, 1, 2, questions=(make_question(2), make_question(1))),
        {
            ("changed", "week-1/day-2/quiz/q-1", "position"),
            ("changed", "week-1/day-2/quiz/q-2", "position"),
        },
        {"week-1/day-2": 2},
    ),
    "new question": (
        lambda course: change_day(
            course, 1, 2, questions=tuple(make_question(number) for number in (1, 2, 3))
        ),
        {("added", "week-1/day-2/quiz/q-3")},
        {"week-1/day-2": 2},
    ),
    "no quiz": (
        lambda course: change_day(course, 1, 2, questions=()),
        {("archived", f"week-1/day-2/quiz/q-{number}") for number in (1, 2)},
        {"week-1/day-2": 2},
    ),
    "two quizzes": (
        lambda course: change_question(
            change_question(change_question(course, 1, 2, 1, prompt="?"), 1, 2, 2, prompt="??"),
            2, 7, 2, wrong=("four",),
        ),
        {
            ("changed", "week-1/day-2/quiz/q-1", "prompt"),
            ("changed", "week-1/day-2/quiz/q-2", "prompt"),
            ("changed", "week-2/day-7/quiz/q-2", "body"),
        },
        {
            "week-1/day-2": 2, "week-1/day-2/q-1": 2, "week-1/day-2/q-2": 2,
            "week-2/day-7": 2, "week-2/day-7/q-2": 2,
        },
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", EDITS)
async def test_an_edit_changes_its_part_and_counts_up_what_it_should(
    database: Database, clock: FakeClock, name: str
) -> None:
    edit, changes, revised = EDITS[name]
    await seed(database, clock, COURSE)
    before = await list_parts(database)
    clock.advance(hours=1)

    applied = await seed(database, clock, edit(COURSE))

    after = await list_parts(database)
    assert told(applied) == changes
    assert (applied.created, applied.revision) == (False, 2)
    assert after["python"]["revision"] == 2
    assert after["python"]["updated_at"] == clock.now()
    assert after["python"]["published_at"] == after["python"]["created_at"] == START
    assert {path: part["id"] for path, part in before.items()}.items() <= {
        path: part["id"] for path, part in after.items()
    }.items()
    counters = ("quiz_revision", "revision")
    counted = {
        path: part[counter]
        for path, part in after.items()
        for counter in counters
        if path != "python" and part.get(counter, 1) != 1
    }
    assert counted == revised
    assert not (await seed(database, clock, edit(COURSE))).changes


async def test_a_reworded_question_without_a_key_is_another_one(
    database: Database, clock: FakeClock
) -> None:
    old = TrueFalseQuestion(kind="true_false", prompt="Is it so?", answer=True)
    new = old.model_copy(update={"prompt": "Is it really so?"})
    await seed(database, clock, change_day(COURSE, 1, 1, questions=(old,)))

    applied = await seed(database, clock, change_day(COURSE, 1, 1, questions=(new,)))

    assert told(applied) == {
        ("added", f"week-1/day-1/quiz/{key_of(new)}"),
        ("archived", f"week-1/day-1/quiz/{key_of(old)}"),
    }
    parts = await list_parts(database)
    assert parts[f"week-1/day-1/{key_of(old)}"]["status"] == "archived"


async def test_what_is_left_out_is_archived_and_comes_back_as_the_same(
    database: Database, clock: FakeClock
) -> None:
    await seed(database, clock, COURSE)
    before = await list_parts(database)
    shorter = COURSE.model_copy(update={"weeks": COURSE.weeks[:1]})

    gone = await seed(database, clock, shorter)
    archived = await list_parts(database)
    again = await seed(database, clock, shorter)
    back = await seed(database, clock, COURSE)

    after = await list_parts(database)
    of_week = {path for path in before if path.startswith("week-2")}
    assert len(of_week) == 1 + 7 + 14
    assert {path for path, part in archived.items() if part["status"] == "archived"} == of_week
    assert {change.kind for change in gone.changes} == {"archived"}
    assert not again.changes
    assert {change.kind for change in back.changes} == {"restored"}
    assert {change.fields for change in back.changes} == {("status",)}
    assert {path: part["id"] for path, part in after.items()} == {
        path: part["id"] for path, part in before.items()
    }
    assert {part["status"] for part in after.values()} == {"published"}
    assert after["python"]["revision"] == 3
    assert after["week-2/day-1/q-1"]["revision"] == 1


async def test_weeks_that_change_places_stay_the_same_weeks(
    database: Database, clock: FakeClock
) -> None:
    await seed(database, clock, COURSE)
    before = await list_parts(database)

    turned = await seed(database, clock, COURSE.model_copy(update={"weeks": COURSE.weeks[::-1]}))

    after = await list_parts(database)
    assert told(turned) == {("changed", "week-1", "position"), ("changed", "week-2", "position")}
    assert [after[key]["position"] for key in ("week-1", "week-2")] == [2, 1]
    assert after["week-1/day-1"] == before["week-1/day-1"]


async def test_drafts_that_the_files_have_are_published_and_others_stay(
    database: Database, clock: FakeClock
) -> None:
    async with database.writing() as transaction:
        await write_course(
            transaction._session, COURSE, status=ContentStatus.DRAFT, published_at=None
        )
        await transaction.commit()
    shorter = COURSE.model_copy(update={"weeks": COURSE.weeks[:1]})

    applied = await seed(database, clock, shorter)

    parts = await list_parts(database)
    assert (applied.created, applied.revision) == (False, 2)
    assert parts["python"]["published_at"] == START
    for path, part in parts.items():
        expected = "draft" if path.startswith("week-2") else "published"
        assert part["status"] == expected, path
    assert ("changed", "week-1/day-1", "status") in told(applied)
    assert not any("week-2" in what for _, what, *_ in told(applied))


async def test_a_draft_day_gives_way_to_the_days_of_the_files(
    database: Database, clock: FakeClock
) -> None:
    async with database.writing() as transaction:
        await write_course(
            transaction._session, COURSE, status=ContentStatus.DRAFT, published_at=None
        )
        await transaction.commit()
    week = COURSE.weeks[0]
    renamed = (week.days[0].model_copy(update={"key": "another"}), *week.days[1:])
    changed = week.model_copy(update={"days": renamed})

    await seed(database, clock, COURSE.model_copy(update={"weeks": (changed, *COURSE.weeks[1:])}))

    parts = await list_parts(database)
    assert parts["week-1/day-1"]["status"] == "archived"
    assert parts["week-1/another"]["status"] == "published"


async def test_an_archived_course_is_restored(database: Database, clock: FakeClock) -> None:
    async with database.writing() as transaction:
        row = await write_course(transaction._session, COURSE)
        row.status = ContentStatus.ARCHIVED
        await transaction.commit()

    applied = await seed(database, clock, COURSE)

    assert told(applied) == {("restored", "python", "status")}
    assert (await list_parts(database))["python"]["status"] == "published"


async def test_a_week_archived_alone_takes_its_parts_with_it(
    database: Database, clock: FakeClock
) -> None:
    async with database.writing() as transaction:
        await write_course(transaction._session, COURSE)
        await transaction._session.execute(
            text("UPDATE weeks SET status = 'archived' WHERE key = 'week-2'")
        )
        await transaction._session.execute(
            text("UPDATE course_tasks SET status = 'archived' WHERE title LIKE '% of week 2'")
        )
        await transaction.commit()
    shorter = COURSE.model_copy(update={"weeks": COURSE.weeks[:1]})

    applied = await seed(database, clock, shorter)

    assert {change.what.rpartition("/")[0] for change in applied.changes} == {
        f"week-2/day-{day}/quiz" for day in range(1, 8)
    }
    assert not (await seed(database, clock, shorter)).changes


async def test_learners_keep_what_they_have(database: Database, clock: FakeClock) -> None:
    await seed(database, clock, COURSE)
    course_id = (await list_parts(database))["python"]["id"]
    async with database.writing() as transaction:
        user_id = await add_player(transaction.uow)
        transaction._session.add(
            Enrollment(
                user_id=user_id, course_id=course_id, enrolled_at=START, left_at=None,
                enrolled_on=START.date(), review="missed",
            )
        )  # fmt: skip
        await transaction.commit()
    before = (await dump_state(database))["enrollments"]

    await seed(database, clock, COURSE.model_copy(update={"weeks": COURSE.weeks[1:]}))

    assert (await dump_state(database))["enrollments"] == before != []


@pytest.mark.parametrize("is_there", [False, True])
async def test_a_dry_run_tells_the_same_and_does_nothing(
    database: Database, clock: FakeClock, is_there: bool
) -> None:
    if is_there:
        await seed(database, clock, change_question(COURSE, 1, 1, 1, prompt="Old?"))
    before = await dump_state(database)

    told_before = await seed(database, clock, COURSE, dry_run=True)
    between = await dump_state(database)
    done = await seed(database, clock, COURSE)

    assert between == before
    assert told_before == done
    assert done.changes


async def test_other_courses_are_left_alone(database: Database, clock: FakeClock) -> None:
    await seed(database, clock, small_course(slug="other"))
    before = await list_parts(database, "other")

    await seed(database, clock, COURSE)
    await seed(database, clock, COURSE.model_copy(update={"weeks": COURSE.weeks[:1]}))

    assert await list_parts(database, "other") == before


async def test_who_comes_second_finds_the_course_of_who_was_faster(service: Service) -> None:
    database = service.parts.database
    async with database.writing() as first:
        await CurriculumService(first.uow, service.clock).apply(COURSE)
        second = asyncio.create_task(seed(database, service.clock, COURSE))
        await wait_for_a_waiting_statement(database, second)
        await first.commit()

    applied = await second

    assert (applied.created, applied.revision, list(applied.changes)) == (False, 1, [])
    async with database.reading() as uow:
        count = await uow._session.execute(text("SELECT count(*) FROM courses"))
        assert count.scalar_one() == 1


async def wait_for_a_waiting_statement(database: Database, task: asyncio.Task[Any]) -> None:
    """On PostgreSQL; on SQLite there is one writer, and who comes second has not begun."""
    if database.engines.writing.dialect.name == "sqlite":
        return
    waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    while not task.done():
        async with database.reading() as uow:
            if (await uow._session.execute(waiting)).scalar_one():
                return
    raise AssertionError("it did not wait")


COSTS: dict[str, tuple[int, Edit]] = {
    "nothing": (4, lambda course: course),
    "a lesson": (6, lambda course: change_day(course, 3, 2, body="New")),
    "a question": (7, lambda course: change_question(course, 3, 2, 1, prompt="New?")),
    "half of it gone": (8, lambda course: course.model_copy(update={"weeks": course.weeks[:26]})),
}


@pytest.mark.parametrize("name", COSTS)
async def test_a_large_course_costs_few_statements(service: Service, name: str) -> None:
    expected, edit = COSTS[name]
    course = small_course(weeks=52, questions=5)
    database, clock = service.parts.database, service.clock
    async with database.reading() as uow:
        await uow.curricula.has_any()
    with service.statements.count() as first:
        await seed(database, clock, course)
    with service.statements.count() as then:
        await seed(database, clock, edit(course))

    # The course looked for and added, weeks, tasks, and 1,820 questions a thousand at a time.
    assert len(first) == 6, first
    assert len(then) == expected, then
