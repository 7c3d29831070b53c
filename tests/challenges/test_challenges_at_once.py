"""Challenges under parallel calls."""

import asyncio
from collections import Counter
from collections.abc import Iterable
from datetime import timedelta

import httpx

from tests.api.quest_steps import do_tasks
from tests.challenges.challenge_steps import (
    announce,
    change,
    erase,
    join,
    join_well,
    leave,
    list_choices,
    list_members,
    make_admin,
    read,
    try_to_announce,
)
from tests.parties.party_steps import Company, found_party
from tests.parties.party_steps import leave as leave_party
from tests.services.game_table import find_differences
from tests.support.clock import START
from tests.support.service import Learner, Service

STARTS_AT = START + timedelta(days=1)
ENDS_AT = START + timedelta(days=2)


def tally(answers: Iterable[httpx.Response]) -> Counter[int]:
    """How often each status was answered."""
    return Counter(answer.status_code for answer in answers)


async def make_learners(service: Service, count: int) -> list[Learner]:
    return [await service.learner(f"n{n}@example.org") for n in range(count)]


async def test_one_learner_joins_once(service: Service) -> None:
    root, ada = await make_admin(service), await service.learner()
    challenge_id = (await announce(root))["id"]
    answers = await asyncio.gather(*(join(ada, challenge_id) for _ in range(20)))
    assert tally(answers) == {200: 20}
    assert len({answer.content for answer in answers}) == 1
    assert len(await list_choices(service, ada.id)) == 1
    assert len(await list_members(service, challenge_id)) == 1


async def test_many_join_at_once(service: Service) -> None:
    root = await make_admin(service)
    challenge_id = (await announce(root))["id"]
    learners = await make_learners(service, 20)
    answers = await asyncio.gather(*(join(who, challenge_id) for who in learners))
    assert tally(answers) == {200: 20}
    assert len(await list_members(service, challenge_id)) == 20


async def test_joining_and_leaving_at_once_end_alike(service: Service) -> None:
    root, ada = await make_admin(service), await service.learner()
    challenge_id = (await announce(root))["id"]
    moves = [join, leave] * 10
    answers = await asyncio.gather(*(move(ada, challenge_id) for move in moves))
    assert set(tally(answers)) == {200, 204}
    choices = [kind for kind, _, _ in await list_choices(service, ada.id)]
    turns = ["challenge_joined", "challenge_left"] * len(choices)
    assert choices == turns[: len(choices)]
    assert len(await list_members(service, challenge_id)) == len(choices) % 2


async def test_of_ten_announced_at_once_a_party_takes_five(service: Service) -> None:
    company, (ada, bob) = await found_party(service, "ada", "bob")
    answers = await asyncio.gather(
        *(try_to_announce((ada, bob)[n % 2], party_id=company.id) for n in range(10))
    )
    assert tally(answers) == {201: 5, 409: 5}


async def test_of_changes_for_one_revision_one_is_made(service: Service) -> None:
    root = await make_admin(service)
    challenge_id = (await announce(root))["id"]
    answers = await asyncio.gather(
        *(change(root, challenge_id, revision=1, target=10 + n) for n in range(10))
    )
    assert tally(answers) == {200: 1, 409: 9}
    assert (await read(root, challenge_id))["revision"] == 2


async def test_joining_what_is_deleted_meanwhile(service: Service) -> None:
    root = await make_admin(service)
    challenge_id = (await announce(root))["id"]
    learners = await make_learners(service, 10)
    *joined, gone = await asyncio.gather(
        *(join(who, challenge_id) for who in learners), erase(root, challenge_id)
    )
    assert gone.status_code == 204
    assert set(tally(joined)) <= {200, 404}
    assert await list_members(service, challenge_id) == []


async def test_nobody_stays_in_the_challenge_of_a_party_left_meanwhile(service: Service) -> None:
    company, (ada, *others) = await found_party(service, "ada", "bob", "cy", "di", "eve")
    challenge_id = (await announce(ada, party_id=company.id))["id"]
    answers = await asyncio.gather(
        *(join(who, challenge_id) for who in others), *(leave_each(company, others))
    )
    assert set(tally(answers)) <= {200, 204, 404}
    assert await list_members(service, challenge_id) == []


def leave_each(company: Company, who: Iterable[Learner]) -> list[asyncio.Task[httpx.Response]]:
    return [asyncio.create_task(leave_party(company, each)) for each in who]


async def test_a_party_ended_while_its_members_join(service: Service) -> None:
    company, (ada, *others) = await found_party(service, "ada", "bob", "cy", "di")
    challenge_id = (await announce(ada, party_id=company.id))["id"]
    *joined, ended = await asyncio.gather(
        *(join(who, challenge_id) for who in others), ada.client.delete(company.path)
    )
    assert ended.status_code == 204, ended.text
    assert set(tally(joined)) <= {200, 404}
    assert await list_members(service, challenge_id) == []


async def test_members_finish_at_once_and_each_is_paid_once(service: Service) -> None:
    root = await make_admin(service)
    challenge_id = (await announce(root, starts_in=0, target=2, xp=100))["id"]
    learners = await make_learners(service, 5)
    for who in learners:
        await join_well(who, challenge_id)
    await asyncio.gather(*(do_tasks(who) for who in learners for _ in range(4)))
    members = await list_members(service, challenge_id)
    assert [row.progress for row in members] == [2] * 5
    for who in learners:
        entries = (await who.get("/game/ledger"))["items"]
        assert [entry["xp"] for entry in entries if entry["source_type"] == "challenge"] == [100]
    assert await find_differences(service.parts.database) == []
