"""How far members get in challenges: by what they do between the ends, with payment and undo."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from app.worker.challenge_closing import close_challenges
from tests.api.definition_steps import PRIZE
from tests.api.quest_steps import do_tasks, undo
from tests.api.task_steps import list_all
from tests.challenges.challenge_steps import (
    announce,
    join_well,
    leave_well,
    list_closings,
    list_members,
    list_table,
    make_admin,
    read,
    wake_all,
)
from tests.parties.party_steps import found_party
from tests.services.game_table import find_differences
from tests.support.clock import START
from tests.support.courses import add_course
from tests.support.game import dump_state
from tests.support.learning import enroll
from tests.support.service import Learner, Service

STARTS_AT = START + timedelta(days=1)
ENDS_AT = START + timedelta(days=2)
SECOND = timedelta(seconds=1)
REWARD = {"xp": 100, "gold": 20, "freezes": 1}


async def enter(service: Service, **fields: Any) -> tuple[Learner, int]:
    """Ada, who has joined a challenge for all that starts in a day."""
    root, ada = await make_admin(service), await service.learner()
    challenge_id = (await announce(root, **fields))["id"]
    await join_well(ada, challenge_id)
    return ada, challenge_id


async def measure(who: Learner, challenge_id: int) -> tuple[int, bool]:
    """The progress, and whether the target was reached."""
    membership = (await read(who, challenge_id))["membership"]
    return membership["progress"], membership["finished_at"] is not None


async def list_payments(who: Learner) -> list[tuple[str, str, int, int]]:
    """Reason, source, XP and gold of what challenges paid, and of what was taken back, newest first."""
    entries = await list_all(who, "/game/ledger", limit=100)
    return [
        (entry["reason"], entry["source_id"], entry["xp"], entry["gold"])
        for entry in entries
        if entry["source_type"] == "challenge"
    ]


@pytest.mark.parametrize(
    ("at", "counts"),
    [
        (STARTS_AT - SECOND, 0), (STARTS_AT, 1), (ENDS_AT - SECOND, 1), (ENDS_AT, 0),
        (ENDS_AT + SECOND, 0),
    ],
)  # fmt: skip
async def test_what_is_done_between_the_ends_counts(
    service: Service, at: datetime, counts: int
) -> None:
    ada, challenge_id = await enter(service)
    await wake_all(service, at, ada)
    await do_tasks(ada)
    assert await measure(ada, challenge_id) == (counts, False)
    assert await find_differences(service.parts.database) == []


async def test_an_outcome_tells_challenges_from_quests(service: Service) -> None:
    root, ada = await make_admin(service), await service.learner()
    challenge = await announce(root, starts_in=0)
    await join_well(ada, challenge["id"])
    (done,) = await do_tasks(ada)
    assert [(goal["kind"], goal["key"], goal["title"]) for goal in done["outcome"]["quests"]] == [
        ("challenge", str(challenge["id"]), challenge["title"])
    ]


async def test_what_was_done_before_joining_does_not_count(service: Service) -> None:
    root, ada = await make_admin(service), await service.learner()
    challenge_id = (await announce(root, starts_in=0))["id"]
    await do_tasks(ada, 2)
    await join_well(ada, challenge_id)
    await do_tasks(ada)
    assert await measure(ada, challenge_id) == (1, False)


async def test_leaving_loses_what_was_done(service: Service) -> None:
    ada, challenge_id = await enter(service)
    await wake_all(service, STARTS_AT, ada)
    await do_tasks(ada, 2)
    await leave_well(ada, challenge_id)
    await do_tasks(ada)
    await join_well(ada, challenge_id)
    assert await measure(ada, challenge_id) == (0, False)
    await do_tasks(ada, 2)
    assert await measure(ada, challenge_id) == (2, False)


async def test_reaching_the_target_pays_at_once(service: Service) -> None:
    root, ada = await make_admin(service), await service.learner()
    await root.post("/game/badges", PRIZE)
    challenge_id = (await announce(root, **REWARD, badge_key=PRIZE["key"]))["id"]
    await join_well(ada, challenge_id)
    await wake_all(service, STARTS_AT, ada, root)
    await do_tasks(ada, 2)
    before = await ada.get("/game/profile")

    (done,) = await do_tasks(ada)

    assert await list_payments(ada) == [("challenge_completed", str(challenge_id), 100, 20)]
    assert {badge["key"] for badge in done["outcome"]["badges"]} >= {PRIZE["key"]}
    after = await ada.get("/game/profile")
    assert after["streak_freezes"] == before["streak_freezes"] + 1
    assert after["gold"] == before["gold"] + done["outcome"]["gold"]
    membership = (await read(ada, challenge_id))["membership"]
    assert (membership["progress"], membership["finished_at"]) == (3, "2026-03-03T12:00:00Z")
    await do_tasks(ada, 2)
    assert await measure(ada, challenge_id) == (3, True)
    assert len(await list_payments(ada)) == 1
    assert await find_differences(service.parts.database) == []


async def test_a_party_s_challenge_is_finished_for_nothing(service: Service) -> None:
    company, (ada, bob) = await found_party(service, "ada", "bob")
    challenge_id = (await announce(ada, party_id=company.id, starts_in=0, target=1))["id"]
    for who in (ada, bob):
        await join_well(who, challenge_id)
    service.clock.advance(minutes=1)
    await do_tasks(bob)
    assert await measure(bob, challenge_id) == (1, True)
    assert await measure(ada, challenge_id) == (0, False)
    assert [payment[2:] for payment in await list_payments(bob)] == [(0, 0)]


async def test_leaving_and_coming_back_pays_once(service: Service) -> None:
    ada, challenge_id = await enter(service, **REWARD)
    await wake_all(service, STARTS_AT, ada)
    await do_tasks(ada, 3)
    await leave_well(ada, challenge_id)
    await do_tasks(ada, 3)
    await join_well(ada, challenge_id)
    await do_tasks(ada, 3)
    assert len(await list_payments(ada)) == 1
    assert await measure(ada, challenge_id) == (3, True)


@pytest.mark.parametrize("tasks", [1, 3])
async def test_complete_and_undo_is_the_identity(service: Service, tasks: int) -> None:
    ada, challenge_id = await enter(service, **REWARD)
    await wake_all(service, STARTS_AT, ada)
    await do_tasks(ada, tasks - 1)
    task = await ada.create_task()
    before = await dump_members(service, challenge_id)
    profile = await ada.get("/game/profile")

    done = await ada.post(f"/tasks/{task['id']}/complete")
    assert await measure(ada, challenge_id) == (tasks, tasks == 3)
    await undo(ada, done)

    assert await dump_members(service, challenge_id) == before
    assert await ada.get("/game/profile") == profile
    await ada.post(f"/tasks/{task['id']}/complete")
    assert await measure(ada, challenge_id) == (tasks, tasks == 3)
    assert await find_differences(service.parts.database) == []


async def dump_members(service: Service, challenge_id: int) -> Any:
    """The rows of the members."""
    state = await dump_state(service.parts.database)
    return [row for row in state["challenge_members"] if challenge_id in row]


async def test_undoing_an_earlier_one_reopens_what_a_later_one_finished(service: Service) -> None:
    ada, challenge_id = await enter(service, **REWARD)
    await wake_all(service, STARTS_AT, ada)
    first, _, _ = await do_tasks(ada, 3)
    await undo(ada, first)
    assert await measure(ada, challenge_id) == (2, False)
    assert [payment[2:] for payment in await list_payments(ada)] == [(-100, -20), (100, 20)]
    await do_tasks(ada)
    assert await measure(ada, challenge_id) == (3, True)
    assert len(await list_payments(ada)) == 3


async def test_what_keeps_the_target_is_not_reopened(service: Service) -> None:
    ada, challenge_id = await enter(service, **REWARD)
    await wake_all(service, STARTS_AT, ada)
    first, *_ = await do_tasks(ada, 4)
    await undo(ada, first)
    assert await measure(ada, challenge_id) == (3, True)
    assert len(await list_payments(ada)) == 1


async def test_who_left_finished_is_out_for_good_once_the_finish_is_undone(
    service: Service,
) -> None:
    ada, challenge_id = await enter(service, **REWARD)
    await wake_all(service, STARTS_AT, ada)
    *_, last = await do_tasks(ada, 3)
    await leave_well(ada, challenge_id)
    assert len(await list_members(service, challenge_id)) == 1
    await undo(ada, last)
    assert await list_members(service, challenge_id) == []
    assert (await read(ada, challenge_id))["membership"] is None
    assert await find_differences(service.parts.database) == []


@pytest.mark.parametrize("closed", [False, True])
async def test_an_undo_after_the_end_leaves_the_challenge_as_it_was(
    service: Service, closed: bool
) -> None:
    ada, challenge_id = await enter(service, **REWARD)
    await wake_all(service, STARTS_AT, ada)
    done = (await do_tasks(ada, 3))[0]
    await wake_all(service, ENDS_AT, ada)
    if closed:
        await read(ada, challenge_id)
    await undo(ada, done)
    assert await measure(ada, challenge_id) == (3, True)
    assert len(await list_payments(ada)) == 1
    await close_challenges(service.parts)
    assert [data["rank"] for data in await list_closings(ada)] == [1]
    assert await find_differences(service.parts.database) == []


async def test_the_table_follows(service: Service) -> None:
    root, ada = await make_admin(service), await service.learner(display_name="Ada")
    bob = await service.learner("bob@example.org", display_name="Bob")
    challenge_id = (await announce(root, starts_in=0))["id"]
    for who in (ada, bob):
        await join_well(who, challenge_id)
    await do_tasks(bob)
    assert await list_table(ada, challenge_id) == [(1, "Bob", 1), (2, "Ada", 0)]
    await do_tasks(ada, 2)
    assert await list_table(ada, challenge_id) == [(1, "Ada", 2), (2, "Bob", 1)]


async def test_a_streak_counts_once_something_is_done(service: Service) -> None:
    root, ada = await make_admin(service), await service.learner()
    await do_tasks(ada)
    await wake_all(service, START + timedelta(days=1), ada, root)
    await do_tasks(ada)
    service.clock.advance(minutes=1)
    now = service.clock.now()
    streak = {"metric": "streak_days", "target": 4, "starts_in": 0, "hours": 72, "now": now}
    challenge_id = (await announce(root, **streak))["id"]
    await join_well(ada, challenge_id)
    assert await measure(ada, challenge_id) == (0, False)
    await do_tasks(ada)
    assert await measure(ada, challenge_id) == (2, False)
    for days in (2, 3):
        await wake_all(service, START + timedelta(days=days), ada)
        await do_tasks(ada)
    assert await measure(ada, challenge_id) == (4, True)


async def test_a_streak_that_breaks_is_0(service: Service) -> None:
    root, ada = await make_admin(service), await service.learner()
    streak = {"metric": "streak_days", "target": 4, "starts_in": 0, "hours": 240}
    challenge_id = (await announce(root, **streak))["id"]
    await join_well(ada, challenge_id)
    await do_tasks(ada)
    assert await measure(ada, challenge_id) == (1, False)
    await wake_all(service, START + timedelta(days=3), ada)
    assert await measure(ada, challenge_id) == (0, False)


async def test_of_a_course_only_its_own_counts(service: Service) -> None:
    student = await enroll(service)
    ada, root = student.learner, await make_admin(service)
    await add_course(service.parts.database, slug="other")
    ids = [
        (await announce(root, metric="quizzes_passed", starts_in=0, course_slug=slug))["id"]
        for slug in ("python", "other", None)
    ]
    for challenge_id in ids:
        await join_well(ada, challenge_id)
    assert (await student.attempt(student.days[0])).status_code == 201
    assert [(await measure(ada, one))[0] for one in ids] == [1, 0, 1]


async def test_one_completion_may_finish_several(service: Service) -> None:
    root, ada = await make_admin(service), await service.learner()
    ids = [(await announce(root, starts_in=0, target=n, xp=n))["id"] for n in (1, 1, 2)]
    for challenge_id in ids:
        await join_well(ada, challenge_id)
    await do_tasks(ada)
    assert [await measure(ada, one) for one in ids] == [(1, True), (1, True), (1, False)]
    assert len(await list_payments(ada)) == 2
    members = [row for one in ids for row in await list_members(service, one)]
    assert [row.finished_sequence for row in members] == [4, 4, None]
