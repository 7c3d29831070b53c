"""Closing: once, by the job or the first who reads it; ranks, and what members are told by the job."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import update

from app.db.models import Challenge
from app.worker.challenge_closing import close_challenges
from tests.api.table_steps import set_visibility
from tests.api.task_steps import dump_tables
from tests.challenges.challenge_steps import (
    CHALLENGES,
    announce,
    join_well,
    leave_well,
    list_closings,
    list_table,
    load,
    make_admin,
    read,
    wake_all,
)
from tests.challenges.closing_steps import (
    ENDS_AT,
    close,
    list_ranks,
    make_race,
    set_progress,
)
from tests.parties.party_steps import execute, found_party
from tests.parties.party_steps import leave as leave_party
from tests.support.clock import START
from tests.support.service import PASSWORD, Service

SECOND = timedelta(seconds=1)


@pytest.mark.parametrize("path", ["/{id}", "/{id}/leaderboard"])
async def test_the_first_read_after_the_end_closes(service: Service, path: str) -> None:
    challenge_id, runners = await make_race(service, [3, 10, 3, 0])
    path = CHALLENGES + path.format(id=challenge_id)
    await wake_all(service, ENDS_AT - SECOND, *runners)
    await runners[0].get(path)
    assert (await load(service, challenge_id)).closed_at is None
    await wake_all(service, ENDS_AT, *runners)

    await runners[0].get(path)

    assert (await load(service, challenge_id)).closed_at == ENDS_AT
    assert await list_ranks(service, challenge_id) == [2, 1, 2, 4]
    assert await list_closings(runners[0]) == []
    await close_challenges(service.parts)
    told = {
        "challenge_id": challenge_id, "title": "Spring sprint", "rank": 2, "progress": 3, "target": 10,
    }  # fmt: skip
    assert await list_closings(runners[0]) == [told]
    assert await list_closings(runners[1]) == [{**told, "rank": 1, "progress": 10}]
    seen = (await read(runners[3], challenge_id))["membership"]
    assert (seen["final_rank"], seen["progress"]) == (4, 0)
    assert await list_table(runners[0], challenge_id) == [
        (1, "N1", 10), (2, "N2", 3), (2, "N0", 3), (4, "N3", 0),
    ]  # fmt: skip


async def test_ten_readers_at_once_close_once(service: Service) -> None:
    challenge_id, runners = await make_race(service, [5, 5, 7, 1, 0])
    await wake_all(service, ENDS_AT, *runners)
    paths = [
        f"{CHALLENGES}/{challenge_id}", f"{CHALLENGES}/{challenge_id}/leaderboard", CHALLENGES,
    ]  # fmt: skip
    job = asyncio.create_task(close_challenges(service.parts))
    answers = await asyncio.gather(*(runners[n % 5].client.get(paths[n % 3]) for n in range(10)))
    await job
    await close_challenges(service.parts)
    assert {answer.status_code for answer in answers} == {200}
    assert await list_ranks(service, challenge_id) == [2, 2, 1, 4, 5]
    for runner in runners:
        assert len(await list_closings(runner)) == 1


async def test_a_list_closes_nothing(service: Service) -> None:
    challenge_id, runners = await make_race(service, [3])
    await wake_all(service, ENDS_AT, *runners)
    (listed,) = (await runners[0].get(CHALLENGES))["items"]
    assert (listed["state"], listed["membership"]["final_rank"]) == ("past", None)
    assert (await load(service, challenge_id)).closed_at is None


async def test_a_closed_one_is_closed_for_good(service: Service) -> None:
    challenge_id, runners = await make_race(service, [1, 2])
    await wake_all(service, ENDS_AT, *runners)
    assert await close(service, challenge_id)
    await close_challenges(service.parts)
    before = await dump_tables(service)
    service.clock.advance(days=1)
    assert not await close(service, challenge_id)
    await close_challenges(service.parts)
    assert await dump_tables(service) == before


async def test_nothing_is_closed_before_its_end(service: Service) -> None:
    challenge_id, _ = await make_race(service, [1])
    service.clock.set(ENDS_AT - SECOND)
    before = await dump_tables(service)
    assert not await close(service, challenge_id)
    assert not await close(service, challenge_id + 1)
    await close_challenges(service.parts)
    assert await dump_tables(service) == before


async def test_the_job_closes_all_that_are_over(service: Service) -> None:
    root = await make_admin(service)
    ids = [(await announce(root, starts_in=0, hours=1))["id"] for _ in range(25)]
    later = (await announce(root, starts_in=0, hours=2))["id"]
    await join_well(root, ids[3])
    service.clock.advance(hours=1)

    await close_challenges(service.parts)

    assert {(await load(service, one)).closed_at for one in ids} == {service.clock.now()}
    assert (await load(service, later)).closed_at is None
    token = await service.open_session(root.id)
    root.client.headers["Authorization"] = f"Bearer {token}"
    assert [data["challenge_id"] for data in await list_closings(root)] == [ids[3]]


async def test_who_left_has_no_rank_and_is_not_told(service: Service) -> None:
    challenge_id, runners = await make_race(service, [10, 5, 4])
    await set_progress(service, runners[0], 10, finished_at=START, finished_sequence=1)
    for runner in runners[:2]:
        await leave_well(runner, challenge_id)
    await wake_all(service, ENDS_AT, *runners)
    await close_challenges(service.parts)
    assert await list_ranks(service, challenge_id) == [None, 1]
    assert [len(await list_closings(runner)) for runner in runners] == [0, 0, 1]


async def test_who_is_hidden_takes_no_rank_from_others(service: Service) -> None:
    challenge_id, runners = await make_race(service, [10, 5, 5, 4])
    for hidden in (runners[0], runners[2]):
        await set_visibility(hidden, "hidden")
    before = await list_table(runners[1], challenge_id)
    await wake_all(service, ENDS_AT, *runners)
    assert await list_table(runners[1], challenge_id) == before == [(1, "N1", 5), (2, "N3", 4)]
    assert await list_ranks(service, challenge_id) == [1, 1, 1, 2]


async def test_the_table_around_me(service: Service) -> None:
    challenge_id, runners = await make_race(service, [9, 8, 7, 6, 5])
    around = await list_table(runners[2], challenge_id, around="me", limit=3)
    assert [row[0] for row in around] == [2, 3, 4]
    assert await list_table(await make_admin(service, "x@y.org"), challenge_id, around="me") == []


async def test_names_in_tables(service: Service) -> None:
    company, (ada, bob) = await found_party(service, "ada", "bob")
    for who in (ada, bob):
        await who.client.patch("/users/me", json={"display_name": who.email[:3]})
        await set_visibility(who, "anonymous")
    ours = (await announce(ada, party_id=company.id))["id"]
    for_all = (await announce(await make_admin(service)))["id"]
    for challenge_id in (ours, for_all):
        for who in (ada, bob):
            await join_well(who, challenge_id)
    assert {row[1] for row in await list_table(ada, ours)} == {"ada", "bob"}
    assert {row[1] for row in await list_table(ada, for_all)} <= {"ada", None}
    await leave_party(company, bob)
    assert [row[1] for row in await list_table(ada, ours)] == ["ada"]


async def test_a_challenge_without_members_is_closed(service: Service) -> None:
    challenge_id, _ = await make_race(service, [])
    service.clock.set(ENDS_AT)
    assert await close(service, challenge_id)
    assert (await load(service, challenge_id)).closed_at == ENDS_AT


async def test_erasing_an_account_leaves_the_others_their_ranks(service: Service) -> None:
    challenge_id, runners = await make_race(service, [10, 5, 4])
    await wake_all(service, ENDS_AT, *runners)
    await close(service, challenge_id)
    gone = await runners[0].client.request("DELETE", "/users/me", json={"password": PASSWORD})
    assert gone.status_code == 204
    assert await list_ranks(service, challenge_id) == [2, 3]


async def test_a_challenge_that_was_moved_is_not_closed_at_its_old_end(service: Service) -> None:
    challenge_id, runners = await make_race(service, [1])
    statement = update(Challenge).values(ends_at=ENDS_AT + timedelta(hours=1))
    await execute(service.parts.database, statement)
    await wake_all(service, ENDS_AT, *runners)
    assert (await read(runners[0], challenge_id))["state"] == "open"
    assert (await load(service, challenge_id)).closed_at is None
