"""Closing challenges while others write."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import bindparam, func, select, text

from app.db.conflicts import DatabaseBusyError
from app.db.models import ChallengeMember
from app.services.challenge_closing import ChallengeClosing
from app.worker.challenge_closing import close_challenges
from tests.api.quest_steps import do_tasks
from tests.challenges.challenge_steps import (
    announce,
    join,
    join_well,
    leave,
    list_closings,
    list_members,
    make_admin,
    read,
    wake_all,
)
from tests.services.game_table import find_differences
from tests.support.clock import START
from tests.support.databases import POSTGRESQL
from tests.support.service import PASSWORD, Learner, Service

ENDS_AT = START + timedelta(days=2)


async def make_learners(service: Service, count: int) -> list[Learner]:
    return [await service.learner(f"n{n}@example.org") for n in range(count)]


async def test_closing_while_members_do_something_else(service: Service) -> None:
    """Members complete tasks, leave, join and erase their accounts while the challenge is closed."""
    root = await make_admin(service)
    challenge_id = (await announce(root, target=10))["id"]
    learners = await make_learners(service, 9)
    for who in learners[:8]:
        await join_well(who, challenge_id)
    await wake_all(service, ENDS_AT, root, *learners)
    gone = learners[7]
    answers = await asyncio.gather(
        *(do_tasks(who, 2) for who in learners[:4]),
        *(read_each(who, challenge_id) for who in learners[:6]),
        join(learners[8], challenge_id),
        leave(learners[0], challenge_id),
        gone.client.request("DELETE", "/users/me", json={"password": PASSWORD}),
        close_challenges(service.parts),
    )
    assert [answer.status_code for answer in answers if isinstance(answer, httpx.Response)] == [
        *[200] * 6, 409, 409, 204,
    ]  # fmt: skip
    members = await list_members(service, challenge_id)
    assert [(row.final_rank, row.progress) for row in members] == [(1, 0)] * 7
    await close_challenges(service.parts)  # what a reader was closing then
    for who in learners[:7]:
        assert len(await list_closings(who)) == 1
    assert await find_differences(service.parts.database) == []


async def read_each(who: Learner, challenge_id: int) -> httpx.Response:
    return await who.client.get(f"/game/challenges/{challenge_id}")


async def insist_on_tasks(who: Learner, count: int) -> None:
    """Complete new tasks, again where the challenge was closed amid it: then nothing was changed."""
    for _ in range(count):
        task = await who.create_task()
        path = f"/tasks/{task['id']}/complete"
        while (answer := await who.client.post(path)).status_code == 503:
            assert answer.json()["code"] == "database_busy"
        assert answer.status_code == 200, answer.text


async def test_completions_do_not_wait_for_a_closing(service: Service, database_kind: str) -> None:
    root, ada = await make_admin(service), await service.learner()
    challenge_id = (await announce(root, target=10))["id"]
    await join_well(ada, challenge_id)
    await wake_all(service, ENDS_AT, root, ada)
    if database_kind != POSTGRESQL:  # one writer at a time: it waits for any other
        return
    async with service.parts.database.writing() as transaction:
        closing = ChallengeClosing(transaction.uow, service.clock)
        assert await closing.close(challenge_id)
        await do_tasks(ada, 2)
        # Another reader, the lists and the job find it taken, and do without.
        assert (await read(ada, challenge_id))["membership"]["final_rank"] is None
        assert (await read_each(ada, challenge_id)).status_code == 200
        await close_challenges(service.parts)
        await transaction.commit()
    await close_challenges(service.parts)
    assert len(await list_closings(ada)) == 1
    assert await find_differences(service.parts.database) == []


async def see_somebody_wait(service: Service, count: int = 1) -> None:
    """Go on when so many transactions wait for another to end."""
    statement = select(func.count()).select_from(text("pg_locks")).where(text("NOT granted"))
    waiting = 0
    while waiting < count:
        async with service.parts.database.reading() as uow:
            waiting = (await uow._session.execute(statement)).scalar_one()


def write_progress(user_id: int, challenge_id: int) -> dict[str, Any]:
    """Five done, as ``save_challenges`` takes it."""
    return {
        "user_id": user_id, "challenge": challenge_id, "moved_to": 5, "at": ENDS_AT, "number": None
    }  # fmt: skip


async def test_ranks_are_of_what_was_being_written_at_the_closing(
    service: Service, database_kind: str
) -> None:
    root, ada, bob = await make_admin(service), *(await make_learners(service, 2))
    challenge_id = (await announce(root, target=10))["id"]
    for who in (ada, bob):
        await join_well(who, challenge_id)
    await wake_all(service, ENDS_AT, root)
    row = write_progress(bob.id, challenge_id)
    async with service.parts.database.writing() as transaction:
        await transaction.uow.goals.save_challenges([row])
        closing = asyncio.create_task(close_challenges(service.parts))
        if database_kind == POSTGRESQL:
            await see_somebody_wait(service)
        await transaction.commit()
    await closing
    members = await list_members(service, challenge_id)
    assert [(row.progress, row.final_rank) for row in members] == [(0, 2), (5, 1)]


async def test_progress_of_several_is_locked_in_the_order_of_a_closing(
    service: Service, database_kind: str
) -> None:
    """By user id, whoever joined first: else this and the closing could wait for each other."""
    if database_kind != POSTGRESQL:  # one writer at a time
        return
    root, ada, bob = await make_admin(service), *(await make_learners(service, 2))
    challenge_id = (await announce(root, target=10))["id"]
    for who in (bob, ada):
        await join_well(who, challenge_id)
    async with service.parts.database.writing() as transaction:
        session = transaction.uow._session
        of_user = select(ChallengeMember).where(ChallengeMember.user_id == bindparam("user"))
        await session.execute(of_user.with_for_update(), {"user": ada.id})
        write = asyncio.create_task(save_progress(service, challenge_id, bob.id, ada.id))
        await see_somebody_wait(service)
        await session.execute(of_user.with_for_update(nowait=True), {"user": bob.id})
    await write
    members = await list_members(service, challenge_id)
    assert [row.progress for row in members] == [5, 5]


async def save_progress(service: Service, challenge_id: int, *user_ids: int) -> None:
    rows = [write_progress(user_id, challenge_id) for user_id in user_ids]
    async with service.parts.database.writing() as transaction:
        await transaction.uow.goals.save_challenges(rows)
        await transaction.commit()


async def test_what_was_looked_up_before_the_closing_is_not_written_after_it(
    service: Service,
) -> None:
    root, ada = await make_admin(service), await service.learner()
    challenge_id = (await announce(root, target=10))["id"]
    await join_well(ada, challenge_id)
    await wake_all(service, ENDS_AT, root)
    await close_challenges(service.parts)
    row = write_progress(ada.id, challenge_id)
    with pytest.raises(DatabaseBusyError):
        async with service.parts.database.writing() as transaction:
            await transaction.uow.goals.save_challenges([row])
    assert [row.progress for row in await list_members(service, challenge_id)] == [0]


async def test_what_is_done_right_at_the_end_counts_or_not_but_never_after(
    service: Service,
) -> None:
    """The clock passes the end while tasks are completed: ranks are those of the progress that stays."""
    root = await make_admin(service)
    challenge_id = (await announce(root, target=10))["id"]
    learners = await make_learners(service, 6)
    for who in learners:
        await join_well(who, challenge_id)
    await wake_all(service, ENDS_AT - timedelta(seconds=1), root, *learners)
    doing = [asyncio.create_task(insist_on_tasks(who, 3)) for who in learners]
    await asyncio.wait([doing[0]])
    service.clock.set(ENDS_AT)
    await close_challenges(service.parts)
    closed = [(row.progress, row.final_rank) for row in await list_members(service, challenge_id)]
    await asyncio.gather(*doing)
    members = await list_members(service, challenge_id)
    assert [(row.progress, row.final_rank) for row in members] == closed
    best = sorted((progress for progress, _ in closed), reverse=True)
    assert [rank for _, rank in closed] == [best.index(progress) + 1 for progress, _ in closed]
    assert await find_differences(service.parts.database) == []
