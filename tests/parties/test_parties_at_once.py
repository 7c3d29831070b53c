"""Parties under parallel calls: the limits are exact, and no party is without leader or members."""

import asyncio
from collections import Counter
from collections.abc import Iterable
from random import Random

import httpx
import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from app.db.conflicts import DatabaseBusyError, translate
from app.db.models import PartyBattle
from tests.concurrency.test_leaving import wait_until_blocked
from tests.parties.party_steps import (
    PARTIES,
    Company,
    accept,
    begin_battle,
    check_parties,
    found_party,
    invite,
    leave,
    list_member_ids,
)
from tests.support.databases import POSTGRESQL
from tests.support.logs import listen
from tests.support.service import PASSWORD, Learner, Service

BUSY = 503
"""A lock that can't be waited for was taken: nothing was changed, and trying again helps."""


def tally(answers: Iterable[httpx.Response]) -> Counter[int]:
    """How often each status was answered."""
    return Counter(answer.status_code for answer in answers)


async def make_learners(service: Service, count: int) -> list[Learner]:
    return [await service.learner(f"n{n}@example.org") for n in range(count)]


async def erase(who: Learner) -> httpx.Response:
    return await who.client.request("DELETE", "/users/me", json={"password": PASSWORD})


async def test_of_forty_who_accept_at_once_the_party_takes_thirty(service: Service) -> None:
    company, (ada,) = await found_party(service)
    tokens = [(await invite(company, uses=30))["token"] for _ in range(2)]
    learners = await make_learners(service, 40)
    answers = await asyncio.gather(*(accept(who, tokens[n % 2]) for n, who in enumerate(learners)))
    assert tally(answers) == {200: 29, 409: 11}
    assert {a.json()["code"] for a in answers if a.status_code == 409} == {"party_full"}
    assert len(await list_member_ids(company, ada)) == 30
    left = [i["uses_left"] for i in (await ada.get(f"{company.path}/invitations"))["items"]]
    assert sum(left) == 60 - 29


async def test_an_invitation_for_five_lets_in_five(service: Service) -> None:
    company, (ada,) = await found_party(service)
    token = (await invite(company, uses=5))["token"]
    learners = await make_learners(service, 15)
    answers = await asyncio.gather(*(accept(who, token) for who in learners))
    assert tally(answers) == {200: 5, 404: 10}
    assert len(await list_member_ids(company, ada)) == 6


async def test_one_learner_who_accepts_twenty_times_joins_once(service: Service) -> None:
    company, (ada,) = await found_party(service)
    token = (await invite(company, uses=2))["token"]
    (eve,) = await make_learners(service, 1)
    answers = await asyncio.gather(*(accept(eve, token) for _ in range(20)))
    assert tally(answers) == {200: 20}
    assert await list_member_ids(company, ada) == [ada.id, eve.id]
    (invitation,) = (await ada.get(f"{company.path}/invitations"))["items"]
    assert invitation["uses_left"] == 1


async def test_nobody_gets_into_a_fourth_party(service: Service) -> None:
    companies = [(await found_party(service, f"leader{n}"))[0] for n in range(5)]
    tokens = [(await invite(company))["token"] for company in companies]
    (eve,) = await make_learners(service, 1)
    answers = await asyncio.gather(
        *(accept(eve, token) for token in tokens),
        *(eve.client.post(PARTIES, json={"name": "Mine"}) for _ in range(5)),
    )
    assert tally(answers)[409] == 7
    assert {a.json()["code"] for a in answers if a.status_code == 409} == {"too_many_parties"}
    assert len((await eve.get(PARTIES))["items"]) == 3
    await check_parties(service.parts.database)


async def test_open_invitations_stay_bounded(service: Service) -> None:
    company, (ada,) = await found_party(service)
    for _ in range(25):
        await invite(company)
    path = f"{company.path}/invitations"
    answers = await asyncio.gather(*(ada.client.post(path) for _ in range(15)))
    assert tally(answers) == {201: 5, 409: 10}
    assert len((await ada.get(path))["items"]) == 30


async def test_a_party_that_all_leave_at_once_ends(service: Service) -> None:
    company, members = await found_party(service, *(f"m{n}" for n in range(10)))
    await begin_battle(service, company.id, {who.id: 1 for who in members})
    answers = await asyncio.gather(*(leave(company, who) for who in members))
    assert tally(answers) == {204: 10}
    assert await check_parties(service.parts.database) == {}


async def test_the_last_two_leave_while_somebody_joins(service: Service) -> None:
    for n in range(8):
        company, (ada, eve) = await found_party(service, f"ada{n}", f"eve{n}")
        token = (await invite(company))["token"]
        bob = await service.learner(f"bob{n}@example.org")
        joined, *left = await asyncio.gather(
            accept(bob, token), leave(company, ada), leave(company, eve)
        )
        assert tally(left) == {204: 2}
        assert joined.status_code in {200, 404}
        parties = await check_parties(service.parts.database)
        assert parties.get(company.id, set()) == ({bob.id} if joined.status_code == 200 else set())


@pytest.mark.parametrize("seed", range(6))
async def test_any_mix_leaves_every_party_with_a_leader_and_members(
    service: Service, seed: int
) -> None:
    """Handing over, leaving, removing, joining, erasing and ending, all at once, amid battles."""
    random = Random(seed)
    companies = [
        (await found_party(service, *(f"p{n}m{m}" for m in range(4))))[0] for n in (1, 2, 3)
    ]
    for company in companies:
        await begin_battle(service, company.id, {who.id: 1 for who in company.members})
    newcomers = await make_learners(service, 6)
    calls = []
    for company in companies:
        token = (await invite(company, uses=30))["token"]
        calls += [accept(who, token) for who in newcomers]
        calls += [hand_over(company, member) for member in company.members[1:3]]
        calls += [leave(company, company.leader), leave(company, company.members[1])]
        calls += [leave(company, company.leader, company.members[3])]
        calls += [invite_anew(company, member) for member in company.members]
    calls += [erase(companies[0].members[2]), erase(newcomers[0]), erase(companies[1].leader)]
    calls += [companies[2].leader.client.delete(companies[2].path)]
    random.shuffle(calls)
    with listen() as log:
        answers = await asyncio.gather(*calls)
    assert "deadlock" not in log.getvalue()
    assert tally(answers).keys() <= {200, 201, 204, 401, 403, 404, 409, 422, BUSY}
    await check_parties(service.parts.database)


async def hand_over(company: Company, member: Learner) -> httpx.Response:
    return await company.leader.client.patch(company.path, json={"leader_id": member.id})


async def invite_anew(company: Company, member: Learner) -> httpx.Response:
    return await member.client.post(f"{company.path}/invitations", json={})


async def test_an_account_erased_while_it_joins_leaves_nothing(service: Service) -> None:
    company, (ada,) = await found_party(service)
    for n in range(10):
        token = (await invite(company))["token"]
        eve = await service.learner(f"eve{n}@example.org")
        joined, gone = await asyncio.gather(accept(eve, token), erase(eve))
        assert gone.status_code == 204
        assert joined.status_code in {200, 401}
    assert await list_member_ids(company, ada) == [ada.id]


async def test_a_leader_erased_while_others_join_leaves_a_led_party(service: Service) -> None:
    for n in range(5):
        company, (ada,) = await found_party(service, f"ada{n}")
        token = (await invite(company, uses=9))["token"]
        learners = [await service.learner(f"n{n}x{m}@example.org") for m in range(4)]
        gone, *joined = await asyncio.gather(erase(ada), *(accept(who, token) for who in learners))
        assert gone.status_code == 204
        assert tally(joined).keys() <= {200, 404}
        members = (await check_parties(service.parts.database)).get(company.id, set())
        assert members == {
            who.id for who, a in zip(learners, joined, strict=True) if a.status_code == 200
        }


async def test_a_removal_waits_for_the_blow_under_way(service: Service) -> None:
    """A blow locks its battles before anything else: who strikes is a member until it is done."""
    company, (ada, eve) = await found_party(service, "ada", "eve")
    battle_id = await begin_battle(service, company.id, {ada.id: 1})
    database = service.parts.database
    blow = select(PartyBattle.id).where(PartyBattle.id == battle_id).with_for_update()
    async with database.writing() as striking:
        await striking.uow._session.execute(blow)
        removing = asyncio.create_task(quietly_remove(company, ada, eve))
        await wait_until_blocked(database, removing)
        assert await striking.uow.parties.is_member(eve.id, company.id)
        assert not removing.done()
        await striking.commit()
    await removing
    assert await list_member_ids(company, ada) == [ada.id]


async def quietly_remove(company: Company, leader: Learner, member: Learner) -> None:
    assert (await leave(company, leader, member)).status_code == 204


async def test_a_battle_begun_out_of_order_is_not_waited_for(service: Service) -> None:
    """It began after the removal had looked for one, and is already being fought: try again."""
    company, (ada, eve) = await found_party(service, "ada", "eve")
    database = service.parts.database
    if database.engines.reading.dialect.name != POSTGRESQL:
        return  # with one writer at a time nothing begins in between
    await begin_battle(service, company.id, {ada.id: 1})
    async with database.writing() as striking, database.writing() as removing:
        party = await removing.uow.parties.lock(company.id)
        assert party is not None
        await striking.uow.parties.lock_running_battle(company.id)
        with pytest.raises(DBAPIError) as refusal:
            await removing.uow.parties.lock_running_battle_at_once(company.id)
        assert isinstance(translate(refusal.value), DatabaseBusyError)
    assert await list_member_ids(company, ada) == [ada.id, eve.id]
