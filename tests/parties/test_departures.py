"""Whoever goes amid everything else: what the party's challenges paid, and what its boss still strikes."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from random import Random

import httpx
import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from app.db.models import ChallengeMember, PartyMember, RewardEntry
from app.db.session import Database
from tests.api.task_steps import check_refusal, wake
from tests.bosses.boss_steps import add_bosses, fight
from tests.bosses.test_strikes import count_hearts, list_strikes
from tests.challenges.challenge_steps import announce, join_well, list_members
from tests.concurrency.test_leaving import wait_until_blocked
from tests.parties.party_steps import Company, found_party, join, leave, list_member_ids, list_rows
from tests.services.game_table import find_differences
from tests.support.clock import START
from tests.support.databases import POSTGRESQL
from tests.support.logs import listen
from tests.support.service import Learner, Service

ROUNDS = 15
CHALLENGES = 3

Parting = Callable[[Company, Learner, Learner], Awaitable[httpx.Response]]


async def announce_races(company: Company, count: int = CHALLENGES) -> list[int]:
    """Challenges of the party that one task finishes; they run already."""
    leader = company.leader
    return [
        (await announce(leader, party_id=company.id, starts_in=0, target=1))["id"]
        for _ in range(count)
    ]


async def find_paid_twice(database: Database) -> Sequence[tuple[str, str, int]]:
    """What challenges paid somebody again while the first payment stood."""
    entry, reversal = aliased(RewardEntry), aliased(RewardEntry)
    statement = (
        select(entry.source_id, entry.reason, entry.user_id)
        .outerjoin(
            reversal, (reversal.user_id == entry.user_id) & (reversal.reverses_id == entry.id)
        )
        .where(entry.source_type == "challenge", entry.reverses_id.is_(None), reversal.id.is_(None))
        .group_by(entry.source_id, entry.reason, entry.user_id)
        .having(func.count() > 1)
    )
    async with database.reading() as uow:
        return [(row[0], row[1], row[2]) for row in await uow._session.execute(statement)]


async def end(company: Company, leader: Learner, _: Learner) -> httpx.Response:
    return await leader.client.delete(company.path)


async def go(company: Company, _: Learner, member: Learner) -> httpx.Response:
    return await leave(company, member)


async def test_a_member_removed_amid_a_completion_is_paid_once(service: Service) -> None:
    """Removed and invited again, over and over, while tasks finish the party's challenges."""
    random = Random(4)
    company, (ada, eve) = await found_party(service, "ada", "eve")
    challenges = await announce_races(company)
    task = (await eve.create_task())["id"]
    with listen() as log:
        for n in range(ROUNDS):
            for challenge_id in random.sample(challenges, CHALLENGES):
                await join_well(eve, challenge_id)
            moves = [eve.client.post(f"/tasks/{task}/complete"), leave(company, ada, eve)]
            random.shuffle(moves)
            answers = await asyncio.gather(*moves)
            assert {answer.status_code for answer in answers} == {200, 204}, n
            assert await find_paid_twice(service.parts.database) == []
            await eve.post(f"/tasks/{task}/undo")
            await join(company, eve)
    assert "deadlock" not in log.getvalue()
    assert await find_differences(service.parts.database) == []


async def test_a_party_ended_amid_completions_keeps_the_books(service: Service) -> None:
    random = Random(4)
    members = [await service.learner(f"m{n}@example.org") for n in range(4)]
    tasks = [(await member.create_task())["id"] for member in members]
    with listen() as log:
        for _ in range(ROUNDS):
            company = await found_again(members)
            challenges = await announce_races(company)
            for member in members:
                for challenge_id in random.sample(challenges, CHALLENGES):
                    await join_well(member, challenge_id)
            moves = [
                member.client.post(f"/tasks/{task}/complete")
                for member, task in zip(members, tasks, strict=True)
            ]
            moves.insert(random.randrange(len(moves) + 1), end(company, members[0], members[1]))
            answers = await asyncio.gather(*moves)
            assert {answer.status_code for answer in answers} == {200, 204}
            assert await find_paid_twice(service.parts.database) == []
            for member, task in zip(members, tasks, strict=True):
                await member.post(f"/tasks/{task}/undo")
    assert "deadlock" not in log.getvalue()
    assert await list_rows(service.parts.database, ChallengeMember) == []
    assert await find_differences(service.parts.database) == []


async def found_again(members: Sequence[Learner]) -> Company:
    party = await members[0].post("/game/parties", {"name": "Night Owls"})
    company = Company(party["id"], list(members))
    for member in members[1:]:
        await join(company, member)
    return company


async def test_a_removal_waits_for_what_the_member_does(service: Service) -> None:
    """Whoever moves goals holds the own player's lock: the goals are there until that is done."""
    company, (ada, eve) = await found_party(service, "ada", "eve")
    (challenge_id,) = await announce_races(company, 1)
    await join_well(eve, challenge_id)
    database = service.parts.database
    async with database.writing() as completing:
        await completing.uow.players.lock(eve.id)
        removing = asyncio.create_task(quietly(leave(company, ada, eve), 204))
        await wait_until_blocked(database, removing)
        assert not removing.done()
        assert [row.user_id for row in await list_members(service, challenge_id)] == [eve.id]
        await completing.commit()
    await removing
    assert await list_rows(database, ChallengeMember) == []


async def test_whoever_joins_amid_the_end_of_the_party_is_not_waited_for(
    service: Service,
) -> None:
    """The party's members were locked before somebody else came in: the leader has to try again."""
    company, (ada, eve) = await found_party(service, "ada", "eve")
    bob = await service.learner("bob@example.org")
    database = service.parts.database
    if database.engines.reading.dialect.name != POSTGRESQL:
        return  # with one writer at a time nobody comes in between
    async with database.writing() as joining:
        await joining.uow.players.lock(eve.id)
        ending = asyncio.create_task(quietly(end(company, ada, eve), 503))
        await wait_until_blocked(database, ending)
        await joining.uow.parties.add_member(company.id, bob.id, service.clock.now())
        await joining.commit()
    await ending
    assert await list_member_ids(company, ada) == [ada.id, eve.id, bob.id]
    assert (await end(company, ada, eve)).status_code == 204


async def quietly(answering: Awaitable[httpx.Response], status: int) -> None:
    answer = await answering
    assert answer.status_code == status, answer.text
    if status == 503:
        check_refusal(answer, 503, "database_busy")


@pytest.fixture
async def company(service: Service) -> Company:
    """Three who have fought a boss that strikes back since a Monday; it is Thursday."""
    await add_bosses(service, hp=100_000, strikes_back=True)
    company, members = await found_party(service, "ada", "eve", "bob")
    await fight(members[0], "kraken", company.id)
    for member in members:
        await wake(service, member, START + timedelta(days=3))
    return company


MISSED = [("2026-03-02", -1), ("2026-03-03", -1), ("2026-03-04", -1)]


@pytest.mark.parametrize("part", [go, leave])
async def test_going_dodges_no_strike(service: Service, company: Company, part: Parting) -> None:
    ada, eve, bob = company.members
    assert (await part(company, ada, eve)).status_code == 204
    assert await list_strikes(service, eve) == MISSED
    assert await list_strikes(service, bob) == []  # whoever stays is struck when next seen
    assert await find_differences(service.parts.database) == []


async def test_the_end_of_a_party_dodges_no_strike(service: Service, company: Company) -> None:
    ada, eve, bob = company.members
    assert (await end(company, ada, eve)).status_code == 204
    # The fight was begun on the Monday, which moved no player.
    assert [await list_strikes(service, who) for who in (ada, eve, bob)] == [MISSED] * 3
    assert await list_rows(service.parts.database, PartyMember) == []
    assert await find_differences(service.parts.database) == []


async def test_days_are_those_of_whoever_goes(service: Service) -> None:
    """At the leader's it is still the 3rd; on Kiritimati the 3rd is over."""
    await add_bosses(service, hp=100_000, strikes_back=True)
    company, (ada,) = await found_party(service)
    kiri = await service.learner("kiri@example.org", timezone="Pacific/Kiritimati")
    await join(company, kiri)
    await fight(ada, "kraken", company.id)
    for who in (ada, kiri):
        await wake(service, who, "2026-03-03T11:00:00+00:00")
    assert (await leave(company, ada, kiri)).status_code == 204
    assert [day for day, _ in await list_strikes(service, kiri)] == ["2026-03-03"]


async def test_a_refused_removal_strikes_nobody(service: Service, company: Company) -> None:
    _, eve, bob = company.members
    check_refusal(await leave(company, eve, bob), 403, "leader_required")
    check_refusal(await end(company, eve, bob), 403, "leader_required")
    assert await list_strikes(service, bob) == []


async def test_whoever_went_is_struck_no_more(service: Service, company: Company) -> None:
    _, eve, _ = company.members
    await leave(company, eve)
    await wake(service, eve, START + timedelta(days=9))
    task = await eve.create_task()
    await eve.post(f"/tasks/{task['id']}/complete")
    assert await list_strikes(service, eve) == MISSED
    assert await count_hearts(eve) == 5
