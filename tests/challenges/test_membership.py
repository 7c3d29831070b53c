"""``POST`` and ``DELETE /game/challenges/{challenge_id}/membership``."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from app.db.models import ChallengeMember
from tests.api.retry_steps import check_replay
from tests.api.task_steps import check_refusal, dump_tables
from tests.challenges.challenge_steps import (
    announce,
    join,
    join_well,
    leave,
    leave_well,
    list_choices,
    list_members,
    list_table,
    make_admin,
    read,
    wake_all,
)
from tests.parties.party_steps import execute, found_party
from tests.parties.party_steps import join as join_party
from tests.parties.party_steps import leave as leave_party
from tests.services.game_table import find_differences
from tests.support.clock import START
from tests.support.service import Learner, Service

STARTS_AT = START + timedelta(days=1)
ENDS_AT = START + timedelta(days=2)
SECOND = timedelta(seconds=1)


async def make_two(service: Service) -> tuple[Learner, int]:
    """Ada, and a challenge for all."""
    root, ada = await make_admin(service), await service.learner()
    return ada, (await announce(root))["id"]


async def finish(service: Service, who: Learner, challenge_id: int) -> None:
    """As if the target had been reached."""
    statement = update(ChallengeMember).where(
        ChallengeMember.user_id == who.id, ChallengeMember.challenge_id == challenge_id
    )
    values = {"progress": 3, "finished_at": service.clock.now(), "finished_sequence": 9}
    await execute(service.parts.database, statement.values(values))


async def test_joining_and_leaving(service: Service) -> None:
    ada, challenge_id = await make_two(service)
    membership = {
        "joined_at": "2026-03-02T12:00:00Z", "progress": 0, "finished_at": None, "left_at": None,
        "final_rank": None,
    }  # fmt: skip

    joined = await join_well(ada, challenge_id)

    assert joined["membership"] == membership
    assert await read(ada, challenge_id) == joined
    (row,) = await list_members(service, challenge_id)
    assert (row.user_id, row.joined_sequence) == (ada.id, 1)
    await leave_well(ada, challenge_id)
    assert await list_members(service, challenge_id) == []
    assert (await read(ada, challenge_id))["membership"] is None
    key = str(challenge_id)
    assert await list_choices(service, ada.id) == [
        ("challenge_joined", key, 1), ("challenge_left", key, 1),
    ]  # fmt: skip
    assert await find_differences(service.parts.database) == []


async def test_repeating_changes_nothing(service: Service) -> None:
    ada, challenge_id = await make_two(service)
    before = await dump_tables(service)
    await leave_well(ada, challenge_id)
    assert await dump_tables(service) == before
    joined = await join_well(ada, challenge_id)
    before = await dump_tables(service)
    service.clock.advance(minutes=1)
    assert await join_well(ada, challenge_id) == joined
    assert await dump_tables(service) == before


async def test_a_retry_joins_once(service: Service) -> None:
    ada, challenge_id = await make_two(service)
    first = await join(ada, challenge_id, **{"Idempotency-Key": "k"})
    await leave_well(ada, challenge_id)
    check_replay(await join(ada, challenge_id, **{"Idempotency-Key": "k"}), first)
    assert await list_members(service, challenge_id) == []


async def test_joining_is_open_until_the_end(service: Service) -> None:
    ada, challenge_id = await make_two(service)
    bob = await service.learner("bob@example.org")
    await wake_all(service, ENDS_AT - SECOND, ada, bob)
    await join_well(ada, challenge_id)
    await wake_all(service, ENDS_AT, ada, bob)
    check_refusal(await join(bob, challenge_id), 409, "challenge_over")
    check_refusal(await leave(ada, challenge_id), 409, "challenge_over")
    await leave_well(bob, challenge_id)  # who was never in it
    assert (await join_well(ada, challenge_id))["state"] == "past"
    assert [row.user_id for row in await list_members(service, challenge_id)] == [ada.id]


@pytest.mark.parametrize("before", [False, True])
async def test_leaving_is_open_until_the_end(service: Service, before: bool) -> None:
    ada, challenge_id = await make_two(service)
    await join_well(ada, challenge_id)
    await wake_all(service, STARTS_AT if before else ENDS_AT - SECOND, ada)
    await leave_well(ada, challenge_id)
    assert await list_members(service, challenge_id) == []


async def test_joining_anew_starts_from_nothing(service: Service) -> None:
    ada, challenge_id = await make_two(service)
    await join_well(ada, challenge_id)
    statement = update(ChallengeMember).values(progress=2)
    await execute(service.parts.database, statement)
    await leave_well(ada, challenge_id)
    service.clock.advance(hours=1)
    token = await service.open_session(ada.id)
    ada.client.headers["Authorization"] = f"Bearer {token}"

    membership = (await join_well(ada, challenge_id))["membership"]

    assert (membership["joined_at"], membership["progress"]) == ("2026-03-02T13:00:00Z", 0)
    (row,) = await list_members(service, challenge_id)
    assert row.joined_sequence == 3


async def test_who_has_finished_may_leave_and_come_back(service: Service) -> None:
    ada, challenge_id = await make_two(service)
    await join_well(ada, challenge_id)
    await finish(service, ada, challenge_id)
    before = await read(ada, challenge_id)

    await leave_well(ada, challenge_id)

    left = (await read(ada, challenge_id))["membership"]
    assert left == {**before["membership"], "left_at": "2026-03-02T12:00:00Z"}
    assert await list_table(ada, challenge_id) == []
    await leave_well(ada, challenge_id)  # once more
    assert await join_well(ada, challenge_id) == before
    assert len(await list_choices(service, ada.id)) == 3


async def test_who_left_finished_and_is_so_no_more_starts_anew(service: Service) -> None:
    ada, challenge_id = await make_two(service)
    await join_well(ada, challenge_id)
    await finish(service, ada, challenge_id)
    await leave_well(ada, challenge_id)
    values = {"finished_at": None, "finished_sequence": None, "progress": 2}  # by an undo
    await execute(service.parts.database, update(ChallengeMember).values(values))

    membership = (await join_well(ada, challenge_id))["membership"]

    assert (membership["progress"], membership["left_at"]) == (0, None)


async def test_a_party_s_challenge_is_for_its_members(service: Service) -> None:
    company, (ada, bob) = await found_party(service, "ada", "bob")
    eve, root = await service.learner("eve@example.org"), await make_admin(service)
    challenge_id = (await announce(ada, party_id=company.id))["id"]
    await join_well(bob, challenge_id)
    before = await dump_tables(service)
    for who in (eve, root):
        check_refusal(await join(who, challenge_id), 404, "challenge_not_found")
        check_refusal(await leave(who, challenge_id), 404, "challenge_not_found")
    assert await dump_tables(service) == before


@pytest.mark.parametrize("by_leader", [False, True])
async def test_leaving_the_party_leaves_its_challenges(service: Service, by_leader: bool) -> None:
    company, (ada, bob) = await found_party(service, "ada", "bob")
    root = await make_admin(service)
    begun = (await announce(ada, party_id=company.id))["id"]
    done = (await announce(ada, party_id=company.id))["id"]
    for_all = (await announce(root))["id"]
    for challenge_id in (begun, done, for_all):
        for who in (ada, bob):
            await join_well(who, challenge_id)
    await finish(service, bob, done)

    await leave_party(company, ada if by_leader else bob, bob)

    assert [row.user_id for row in await list_members(service, begun)] == [ada.id]
    assert [row.user_id for row in await list_members(service, for_all)] == [ada.id, bob.id]
    mine, kept = await list_members(service, done)
    assert (mine.left_at, kept.left_at) == (None, service.clock.now())
    check_refusal(await join(bob, begun), 404, "challenge_not_found")

    await join_party(company, bob)

    assert (await read(bob, begun))["membership"] is None
    assert (await join_well(bob, done))["membership"]["finished_at"] is not None


async def test_what_was_over_stays_when_one_leaves_the_party(service: Service) -> None:
    company, (ada, bob) = await found_party(service, "ada", "bob")
    challenge_id = (await announce(ada, party_id=company.id))["id"]
    for who in (ada, bob):
        await join_well(who, challenge_id)
    await wake_all(service, ENDS_AT, ada, bob)
    await leave_party(company, bob)
    assert len(await list_members(service, challenge_id)) == 2
