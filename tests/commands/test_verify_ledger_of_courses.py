"""The verification of what courses, quizzes and reviews gave: each fault is planted and found."""

import pytest

from app.db.session import Database
from tests.commands.course_game import CourseGame
from tests.commands.ledger_checks import (
    ACTIVITY,
    COUNTER,
    ENTRY,
    OF_TYPE,
    PLAYER,
    WITHOUT,
    check_spoilt,
    find_differences,
    spoil,
)
from tests.support.clock import FakeClock
from tests.support.game import add_player

WEEK, COURSE, DAY = (OF_TYPE.format(kind) for kind in ("week", "course", "course_task"))
FIRST, SECOND = (f"2026-03-02 12:0{minute}:00+00:00" for minute in (1, 2))
WEEK_TWICE = "standing payments of week 21 for milestone_reached"


@pytest.fixture
async def ada(database: Database, clock: FakeClock) -> int:
    """See ``CourseGame.play`` for the numbers of her activities. There is another learner beside."""
    ids = []
    for name in ("ada", "bob"):
        async with database.writing() as transaction:
            ids.append(await add_player(transaction.uow, f"{name}@example.org"))
            await transaction.commit()
        await CourseGame(database, clock, ids[-1]).play()
    return ids[0]


async def test_a_sound_game_is_clean(database: Database, ada: int) -> None:
    """Also with a milestone and a course that stand although the activity that paid them is undone."""
    async with database.reading() as uow:
        player = await uow.players.list_page(ada - 1, 1)
        entries = await uow.ledger.list_page(ada, 2**63 - 1, 100)
        kept = await uow.players.list_counters(ada - 1, ada)
    assert (player[0].xp, player[0].gold) == (30 + 10 + 10 + 250 + 40, 5 + 2 + 60 + 5)
    assert player[0].hearts == 3
    assert len([entry for entry in entries if entry.reverses_id]) == 4
    assert {metric: value for _, metric, value in kept} == {
        "course_tasks_completed": 1,
        "quizzes_passed": 2,
        "reviews_done": 11,
        "courses_completed": 1,
        "xp_earned": 340,
        "reviews_done@31": 11,
        "xp_earned@31": 10,
    }
    assert await find_differences(database) == []


@pytest.mark.parametrize(
    ("metric", "value"),
    [
        ("course_tasks_completed", 1),
        ("quizzes_passed", 2),
        ("reviews_done", 11),
        ("courses_completed", 1),
        ("xp_earned", 340),
    ],
)
async def test_each_counter_is_compared(
    database: Database, ada: int, metric: str, value: int
) -> None:
    await spoil(database, COUNTER.format("value = value + 1", metric), ada)
    expected = [(ada, f"counter {metric}", str(value), str(value + 1))]
    assert await find_differences(database) == expected


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        # quizzes: only the attempt that passed counts, and only that is paid
        (ACTIVITY.format("paid = true", 1), {"paid activity 1", "counter quizzes_passed"}),
        (ACTIVITY.format("paid = false", 2), {"entry {2}", "counter quizzes_passed"}),
        # reviews: unpaid ones count, too
        (ACTIVITY.format("kind = 'adjustment'", 17),
         {"counter reviews_done", "counter reviews_done@31"}),
        # a week and a course that stand count, whatever became of the activity that paid them
        (WITHOUT.format(6) + COURSE, {"XP", "gold", "counter xp_earned", "counter courses_completed"}),
        (WITHOUT.format(6) + WEEK, {"XP", "gold", "counter xp_earned"}),
        (ENTRY.format("reason = 'bonus'", 2), {"counter xp_earned"}),
    ],
)  # fmt: skip
async def test_counters_are_those_of_what_stands(
    database: Database, ada: int, statement: str, expected: set[str]
) -> None:
    await check_spoilt(database, ada, statement, expected)


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (ENTRY.format("round = 3", 2), {"entry {2}"}),
        (ENTRY.format("round = 2", 6) + DAY, {"entry {6}", "reversal {18}"}),
        (ENTRY.format("round = 2", 6) + WEEK, {"entry {6 week}"}),
        (ENTRY.format("round = 2", 6) + COURSE, {"entry {6 course}"}),
        (ENTRY.format("round = 1", 4) + DAY, {"entry {4}"}),
        (ENTRY.format("round = 7", 4) + WEEK, {"entry {4 week}", "reversal {5 week}"}),
    ],
)
async def test_rounds(database: Database, ada: int, statement: str, expected: set[str]) -> None:
    """Those of a day count its undos, those of a week and a course their own reversals."""
    await check_spoilt(database, ada, statement, expected)


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        # what the undone activity itself gave has to be taken back, what it finished need not be
        (WITHOUT.format(18) + DAY,
         {"entry {6} of an undone activity", "XP", "gold", "counter xp_earned"}),
        (WITHOUT.format(5) + DAY,
         {"entry {3} of an undone activity", "XP", "gold", "counter xp_earned"}),
        # a day's entry is taken back by the undo of that completion and by no other
        (ENTRY.format("activity_sequence = 18", 5) + DAY, {"reversal {5}"}),
        (ENTRY.format("activity_sequence = 17", 18) + DAY, {"reversal {18}"}),
        # a week's by the undo of any day, but of one that was completed by then, and of no other kind
        (ENTRY.format("activity_sequence = 18", 5) + WEEK, {"reversal {5 week}", "entry {6 week}"}),
        (ENTRY.format("activity_sequence = 6", 5) + WEEK, {"reversal {5 week}", "entry {6 week}"}),
        (ENTRY.format("activity_sequence = 3", 5) + COURSE,
         {"reversal {5 course}", "entry {4 course}"}),
        (ENTRY.format("activity_sequence = 17", 5) + COURSE,
         {"reversal {5 course}", "entry {6 course}"}),
        (ENTRY.format("activity_sequence = 6", 4) + WEEK, {"reversal {5 week}", "entry {4 week}"}),
        # the mirror of what it takes back
        (ENTRY.format("xp = xp - 1", 5) + WEEK, {"reversal {5 week}", "XP"}),
        (ENTRY.format("gold = gold + 1", 5) + COURSE, {"reversal {5 course}", "gold"}),
        (ENTRY.format("round = 1", 5) + COURSE, {"reversal {5 course}"}),
        (ENTRY.format("reason = 'milestone_reached'", 5) + WEEK, {"reversal {5 week}"}),
        (ENTRY.format("source_id = '99'", 5) + WEEK, {"reversal {5 week}"}),
    ],
)  # fmt: skip
async def test_reversals(database: Database, ada: int, statement: str, expected: set[str]) -> None:
    await check_spoilt(database, ada, statement, expected)


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        # an entry is for the source of its activity, or for what a day of a course finished
        (ENTRY.format("source_id = '77'", 7), {"entry {7}"}),
        (ENTRY.format("source_type = 'task'", 2), {"entry {2}"}),
        (ENTRY.format("activity_sequence = 7", 6) + WEEK,
         {"entry {6 week}", "counter xp_earned@31"}),
        (ENTRY.format("activity_sequence = 17", 16), {"entry {16}", "paid activity 16"}),
        (ENTRY.format("reason = 'course_completed'", 6) + WEEK,
         {"entry {6 week}", "entry {6 week} of an undone activity", "counter courses_completed"}),
        (ENTRY.format("reason = 'bonus'", 4) + WEEK,
         {"entry {4 week}", "reversal {5 week}", "entry {6 week}"}),
        # only days and tasks are undone
        (ACTIVITY.format("kind = 'undone', undoes = 16", 17),
         {"undo 17", "entry {16} of an undone activity", "counter reviews_done",
          "counter reviews_done@31"}),
        ("UPDATE activities SET source_type = 'task' WHERE user_id = :me AND sequence IN (3, 5)",
         {"reversal {5 week}", "reversal {5 course}", "entry {3}", "entry {6}"}),
        # and nothing is paid twice at a time
        ("DELETE FROM reward_entries WHERE user_id = :me AND activity_sequence = 5" + WEEK,
         {WEEK_TWICE, "entry {6 week}", "XP", "gold", "counter xp_earned"}),
    ],
)  # fmt: skip
async def test_entries_and_their_activities(
    database: Database, ada: int, statement: str, expected: set[str]
) -> None:
    await check_spoilt(database, ada, statement, expected)


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (PLAYER.format("hearts = 4"), {"hearts": ("3", "4")}),
        (PLAYER.format("hearts = 6"), {"hearts": ("3", "6")}),
        (PLAYER.format("hearts_since = NULL"), {"hearts since": (FIRST, "None")}),
        (ACTIVITY.format("""facts = '{"wrong": 2, "hearts": -1}'""", 1), {"hearts": ("4", "3")}),
        (ACTIVITY.format("""facts = '{"hearts": -3, "wrong": 4}'""", 2), {"hearts": ("1", "3")}),
        (
            ACTIVITY.format("""facts = '{"wrong": 2}'""", 1),
            {"hearts": ("5", "3"), "hearts since": ("None", FIRST)},
        ),
        (ACTIVITY.format("facts = '{}'", 16), {"hearts": ("2", "3")}),
    ],
)
async def test_hearts_are_those_of_the_history(
    database: Database, ada: int, statement: str, expected: dict[str, tuple[str, str]]
) -> None:
    await spoil(database, statement, ada)
    found = {what: (right, kept) for _, what, right, kept in await find_differences(database)}
    assert found == expected


async def test_hearts_change_in_the_order_of_the_activities(database: Database, ada: int) -> None:
    """A heart that comes before any is lost counts for nothing."""
    await spoil(database, ACTIVITY.format("""facts = '{"hearts": 1}'""", 1), ada)
    await spoil(database, ACTIVITY.format("""facts = '{"hearts": -2}'""", 16), ada)
    assert await find_differences(database) == [
        (ada, "hearts", "2", "3"),
        (ada, "hearts since", SECOND, FIRST),
    ]


async def test_other_facts_say_nothing_of_hearts(database: Database, ada: int) -> None:
    """Neither a null nor a fact within another one."""
    for facts in ('{"hearts": null}', '{"other": {"hearts": -1}}', '{"heart": 1}'):
        await spoil(database, ACTIVITY.format(f"facts = '{facts}'", 17), ada)
        assert await find_differences(database) == []
