"""Quests that move with what is done: counted from the right moment, paid once, undone exactly."""

from typing import Any

import pytest

from app.db.session import Database
from tests.api.quest_steps import (
    POOL,
    abandon,
    accept,
    do_tasks,
    read_quest,
    read_quests,
    undo,
)
from tests.api.review_steps import assert_sound
from tests.api.task_steps import check_refusal, dump_tables, list_all, sleep
from tests.support.clock import START
from tests.support.courses import small_course
from tests.support.game import HISTORY
from tests.support.learning import enroll
from tests.support.quests import (
    add_quests,
    list_progress,
    quest_row,
    retire_quest,
    split_pool,
)
from tests.support.service import Learner, Service

TODAY = START.date()
PASSING = {*HISTORY, "user_sessions", "notifications", "tasks"}
"""What is no part of the state that an undo restores, and tasks, which keep when they were changed."""


@pytest.fixture
async def ada(service: Service) -> Learner:
    return await service.learner()


@pytest.fixture
def database(service: Service) -> Database:
    return service.parts.database


def goals(done: dict[str, Any]) -> dict[str, tuple[int, bool]]:
    """The quests that a completion moved."""
    quests = done["outcome"]["quests"]
    return {quest["key"]: (quest["progress"], quest["completed"]) for quest in quests}


async def list_quest_pay(learner: Learner) -> list[tuple[str, int, int]]:
    """What quests paid, and what was taken back, oldest first."""
    entries = await list_all(learner, "/game/ledger", limit=100)
    return [
        (entry["source_id"], entry["xp"], entry["gold"])
        for entry in reversed(entries)
        if entry["source_type"] == "quest"
    ]


async def dump_state(service: Service) -> dict[str, Any]:
    """What an undo restores, but for the player's number of notifications."""
    state = await dump_tables(service, without=PASSING)
    state["players"] = [row[:-1] for row in state["players"]]
    return state


@pytest.mark.parametrize(
    ("cadence", "source"),
    [("daily", "story/2026-03-02"), ("weekly", "story/2026-03-02"), ("once", "story")],
)
async def test_three_tasks_complete_a_quest(
    service: Service, ada: Learner, cadence: str, source: str
) -> None:
    await add_quests(service.parts.database, quest_row("story", cadence))
    await accept(ada, "story")
    done = await do_tasks(ada, 4)
    assert [goals(one) for one in done] == [
        {"story": (1, False)}, {"story": (2, False)}, {"story": (3, True)}, {},
    ]  # fmt: skip
    assert (done[2]["outcome"]["xp"], done[2]["outcome"]["gold"]) == (60, 12)
    quest = await read_quest(ada, "story")
    assert (quest["status"], quest["progress"]) == ("completed", 3)
    assert quest["finished_at"] == "2026-03-02T12:00:00Z"
    assert await list_quest_pay(ada) == [(source, 50, 10)]
    await assert_sound(service)


@pytest.mark.parametrize("cadence", ["daily", "weekly", "once"])
async def test_progress_shows_before_the_end(
    ada: Learner, database: Database, cadence: str
) -> None:
    await add_quests(database, quest_row("story", cadence))
    await accept(ada, "story")
    await do_tasks(ada, 2)
    quest = await read_quest(ada, "story")
    assert (quest["status"], quest["progress"], quest["finished_at"]) == ("active", 2, None)


async def test_only_todays_daily_quests_move(
    service: Service, ada: Learner, database: Database
) -> None:
    await add_quests(database, *(quest_row(key, "daily", target=5) for key in POOL))
    mine, _others = split_pool(ada.id, TODAY, POOL)
    (done,) = await do_tasks(ada)
    assert goals(done) == dict.fromkeys(mine, (1, False))
    await abandon(ada, mine[0])
    (done,) = await do_tasks(ada)
    assert goals(done) == dict.fromkeys(mine[1:], (2, False))

    await sleep(service, ada, days=1)
    tomorrow, _others = split_pool(ada.id, service.clock.now().date(), POOL)
    (done,) = await do_tasks(ada)
    assert goals(done) == dict.fromkeys(tomorrow, (1, False))


async def test_nothing_counts_before_the_acceptance(ada: Learner, database: Database) -> None:
    await add_quests(database, quest_row("story"), quest_row("weekly", "weekly"))
    await do_tasks(ada, 2)
    assert {quest["progress"] for quest in (await read_quests(ada)).values()} == {0}
    await accept(ada, "story")
    await accept(ada, "weekly")
    done = await do_tasks(ada, 3)
    assert goals(done[0]) == {"story": (1, False), "weekly": (1, False)}
    assert goals(done[2]) == {"story": (3, True), "weekly": (3, True)}


@pytest.mark.parametrize("cadence", ["daily", "weekly", "once"])
async def test_abandoned_and_accepted_it_starts_from_0(
    service: Service, ada: Learner, cadence: str
) -> None:
    await add_quests(service.parts.database, quest_row("story", cadence))
    await accept(ada, "story")
    done = await do_tasks(ada, 2)
    assert (await abandon(ada, "story")).json()["progress"] == 0
    assert [goals(one) for one in await do_tasks(ada, 2)] == [{}, {}]
    assert (await accept(ada, "story")).json()["progress"] == 0
    (more,) = await do_tasks(ada)
    assert goals(more) == {"story": (1, False)}
    # What was done before the second acceptance counts for nothing, undone or not.
    assert goals(await undo(ada, done[0])) == {}
    assert (await read_quest(ada, "story"))["progress"] == 1
    assert goals((await do_tasks(ada, 2))[1]) == {"story": (3, True)}
    await assert_sound(service)


@pytest.mark.parametrize("cadence", ["daily", "weekly", "once"])
@pytest.mark.parametrize("before", [0, 1, 2])
async def test_complete_and_undo_leave_no_trace(
    service: Service, ada: Learner, cadence: str, before: int
) -> None:
    """Of the first step, of one on the way, and of the one that completes the quest."""
    await add_quests(service.parts.database, quest_row("story", cadence))
    await accept(ada, "story")
    await do_tasks(ada, before)
    state, profile = await dump_state(service), await ada.get("/game/profile")
    (done,) = await do_tasks(ada)

    undone = await undo(ada, done)

    assert undone["outcome"]["xp"] == -done["outcome"]["xp"]
    assert await ada.get("/game/profile") == profile
    assert await dump_state(service) == state
    quest = await read_quest(ada, "story")
    assert (quest["status"], quest["progress"]) == ("active", before)
    await assert_sound(service)


async def test_a_daily_quest_that_was_accepted_again_keeps_its_beginning(
    service: Service, ada: Learner, database: Database
) -> None:
    """Undoing all that moved it must not forget that only what came later counts."""
    await add_quests(database, quest_row("story", "daily"))
    await do_tasks(ada, 2)
    await abandon(ada, "story")
    await accept(ada, "story")
    (before,) = await list_progress(database, ada.id)
    (done,) = await do_tasks(ada)
    await undo(ada, done)
    (after,) = await list_progress(database, ada.id)
    assert (after.progress, after.accepted_sequence) == (0, before.accepted_sequence)
    assert after.accepted_at == before.accepted_at
    assert goals((await do_tasks(ada))[0]) == {"story": (1, False)}
    await assert_sound(service)


@pytest.mark.parametrize("cadence", ["daily", "weekly", "once"])
async def test_a_quest_is_paid_once_whatever_is_undone(
    service: Service, ada: Learner, cadence: str
) -> None:
    await add_quests(service.parts.database, quest_row("story", cadence))
    await accept(ada, "story")
    done = await do_tasks(ada, 3)
    for one in done:
        await undo(ada, one)
        await ada.post(f"/tasks/{one['task']['id']}/complete")
    standing = await list_quest_pay(ada)
    assert sum(xp for _source, xp, _gold in standing) == 50
    quest = await read_quest(ada, "story")
    assert (quest["status"], quest["progress"]) == ("completed", 3)
    await assert_sound(service)


async def test_an_undo_that_something_later_fills_in_for_takes_nothing_back(
    service: Service, ada: Learner, database: Database
) -> None:
    await add_quests(database, quest_row("story"))
    await accept(ada, "story")
    done = await do_tasks(ada, 4)
    undone = await undo(ada, done[0])
    assert undone["outcome"]["xp"] == -10
    assert (await read_quest(ada, "story"))["status"] == "completed"
    assert await list_quest_pay(ada) == [("story", 50, 10)]
    await undo(ada, done[1])
    assert (await read_quest(ada, "story"))["status"] == "active"
    assert (await read_quest(ada, "story"))["progress"] == 2
    await assert_sound(service)


async def test_a_quest_that_an_undo_reopened_can_be_abandoned(
    service: Service, ada: Learner, database: Database
) -> None:
    await add_quests(database, quest_row("story"))
    await accept(ada, "story")
    done = await do_tasks(ada, 3)
    check_refusal(await abandon(ada, "story"), 409, "quest_completed")
    await undo(ada, done[2])
    assert (await abandon(ada, "story")).json()["status"] == "abandoned"
    await accept(ada, "story")
    await do_tasks(ada, 3)
    assert await list_quest_pay(ada) == [("story", 50, 10), ("story", -50, -10), ("story", 50, 10)]
    await assert_sound(service)


async def test_a_week_is_paid_after_a_week(
    service: Service, ada: Learner, database: Database
) -> None:
    await add_quests(database, quest_row("weekly", "weekly"))
    for _ in range(2):
        await accept(ada, "weekly")
        await do_tasks(ada, 3)
        await sleep(service, ada, days=7)
    assert await list_quest_pay(ada) == [
        ("weekly/2026-03-02", 50, 10), ("weekly/2026-03-09", 50, 10),
    ]  # fmt: skip
    await assert_sound(service)


async def test_what_was_not_done_in_the_week_is_lost_with_it(
    service: Service, ada: Learner, database: Database
) -> None:
    await add_quests(database, quest_row("weekly", "weekly"))
    await accept(ada, "weekly")
    done = await do_tasks(ada, 2)
    await sleep(service, ada, days=7)
    assert goals((await do_tasks(ada))[0]) == {}
    await accept(ada, "weekly")
    await undo(ada, done[0])
    assert (await read_quest(ada, "weekly"))["progress"] == 0
    await assert_sound(service)


async def test_a_retired_quest_goes_on_for_those_who_accepted_it(
    service: Service, ada: Learner, database: Database
) -> None:
    await add_quests(database, quest_row("story"))
    await accept(ada, "story")
    await do_tasks(ada, 1)
    await retire_quest(database, "story")
    done = await do_tasks(ada, 2)
    assert goals(done[1]) == {"story": (3, True)}
    assert (await read_quest(ada, "story"))["status"] == "completed"
    await assert_sound(service)


async def test_xp_that_quests_pay_feeds_no_quest(
    service: Service, ada: Learner, database: Database
) -> None:
    await add_quests(
        database,
        quest_row("doer", target=1, xp=500),
        quest_row("gatherer", metric="xp_earned", target=25, xp=100),
    )
    await accept(ada, "doer")
    await accept(ada, "gatherer")
    first, second, third = await do_tasks(ada, 3, difficulty="easy")
    assert goals(first) == {"doer": (1, True), "gatherer": (10, False)}
    assert goals(second) == {"gatherer": (20, False)}
    assert goals(third) == {"gatherer": (25, True)}
    await assert_sound(service)


async def accept_chain(learner: Learner, database: Database) -> None:
    """Quests of which one task completes the first, and that the next, and so on."""
    await add_quests(
        database,
        quest_row("first", target=1),
        quest_row("second", metric="quests_completed", target=1, xp=20),
        quest_row("third", "weekly", metric="quests_completed", target=2, xp=30),
        quest_row("fourth", metric="quests_completed", target=9),
    )
    for key in ("first", "second", "third", "fourth"):
        await accept(learner, key)


async def test_quests_count_for_quests_in_the_same_activity(
    service: Service, ada: Learner, database: Database
) -> None:
    await accept_chain(ada, database)
    (done,) = await do_tasks(ada)
    assert goals(done) == {
        "first": (1, True), "second": (1, True), "third": (2, True), "fourth": (3, False),
    }  # fmt: skip
    assert done["outcome"]["xp"] == 10 + 50 + 20 + 30
    await assert_sound(service)


async def test_an_undo_falls_through_the_whole_chain(
    service: Service, ada: Learner, database: Database
) -> None:
    """No quest holds itself or the one before it up."""
    await accept_chain(ada, database)
    state = await dump_state(service)
    (done,) = await do_tasks(ada)
    await undo(ada, done)
    assert await dump_state(service) == state
    assert {quest["progress"] for quest in (await read_quests(ada)).values()} == {0}
    await assert_sound(service)


async def test_a_completed_quest_opens_the_next(
    service: Service, ada: Learner, database: Database
) -> None:
    await add_quests(
        database,
        quest_row("first", target=1),
        quest_row("second", requires_quest="first", min_level=2),
    )
    await accept(ada, "first")
    done = await do_tasks(ada, 1, difficulty="hard")
    assert (await read_quest(ada, "second"))["locked_by"] == ["level"]
    await do_tasks(ada, 1)
    assert (await accept(ada, "second")).json()["status"] == "active"
    await undo(ada, done[0])
    quests = await read_quests(ada)
    assert {key: quest["status"] for key, quest in quests.items()} == {
        "first": "completed", "second": "active",
    }  # fmt: skip
    await assert_sound(service)


async def test_a_streak_completes_a_quest(
    service: Service, ada: Learner, database: Database
) -> None:
    await add_quests(database, quest_row("steady", metric="streak_days", target=3))
    await accept(ada, "steady")
    for progress in (1, 2):
        await do_tasks(ada)
        assert (await read_quest(ada, "steady"))["progress"] == progress
        await sleep(service, ada, days=1)
    (done,) = await do_tasks(ada)
    assert goals(done) == {"steady": (3, True)}
    await undo(ada, done)
    quest = await read_quest(ada, "steady")
    assert (quest["status"], quest["progress"]) == ("active", 2)
    await sleep(service, ada, days=1)
    assert (await read_quest(ada, "steady"))["progress"] == 0
    await assert_sound(service)


async def test_a_quest_of_a_course_counts_that_course(service: Service) -> None:
    student = await enroll(service, small_course())
    ada, database = student.learner, service.parts.database
    course_id = await find_course(database)
    await add_quests(
        database,
        quest_row("here", metric="course_tasks_completed", target=9, course_id=course_id),
        quest_row("anywhere", metric="course_tasks_completed", target=9),
        quest_row("tasks", target=9),
    )
    for key in ("here", "anywhere", "tasks"):
        await accept(ada, key)
    await do_tasks(ada)
    done = await student.learn(student.days[0])
    assert goals(done) == {"here": (1, False), "anywhere": (1, False)}
    assert (await read_quest(ada, "here"))["course_slug"] == "python"
    await assert_sound(service)


async def find_course(database: Database) -> int:
    async with database.reading() as uow:
        head = await uow.courses.get_head("python")
    assert head is not None
    return head.id
