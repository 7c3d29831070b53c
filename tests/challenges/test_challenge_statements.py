"""How many statements each request costs, authentication included."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import insert

from app.db.models import ChallengeMember
from app.services.challenge_closing import ChallengeClosing
from tests.challenges.challenge_steps import (
    CHALLENGES,
    announce,
    change,
    draft,
    join,
    join_well,
    leave,
    load,
    make_admin,
    wake_all,
)
from tests.parties.party_steps import Company, execute, found_party
from tests.support.clock import START
from tests.support.costs import Cost, cost_on
from tests.support.service import Learner, Service
from tests.support.standings import add_players


@dataclass
class Prepared:
    """Bob, who is in a party and in two of three challenges, and an admin."""

    root: Learner
    bob: Learner
    company: Company
    for_all: int
    of_party: int
    joined: int
    streak: int

    async def get(self, path: str) -> httpx.Response:
        return await self.bob.client.get(CHALLENGES + path)

    async def announce(self, who: Learner, party_id: int | None) -> httpx.Response:
        return await who.client.post(CHALLENGES, json=draft(party_id=party_id))


@pytest.fixture
async def prepared(service: Service) -> Prepared:
    company, (_, bob) = await found_party(service, "ada", "bob")
    root = await make_admin(service)
    for_all, joined, streak = [
        (await announce(root, **fields))["id"]
        for fields in ({}, {}, {"metric": "streak_days", "starts_in": 0})
    ]
    of_party = (await announce(bob, party_id=company.id))["id"]
    for challenge_id in (joined, streak):
        await join_well(bob, challenge_id)
    await bob.get(CHALLENGES)
    await service.settle()
    return Prepared(root, bob, company, for_all, of_party, joined, streak)


Ask = Callable[[Prepared], Awaitable[httpx.Response]]

TABLE: dict[str, tuple[Cost | int, Ask]] = {
    "list": (3, lambda p: p.get("")),
    "list without a streak": (2, lambda p: p.get("?state=upcoming")),
    "list of mine": (3, lambda p: p.get("?mine=true")),
    "one": (3, lambda p: p.get(f"/{p.for_all}")),
    "one with a streak": (4, lambda p: p.get(f"/{p.streak}")),
    "announcement for all": (4, lambda p: p.announce(p.root, None)),
    "announcement for a party": (7, lambda p: p.announce(p.bob, p.company.id)),
    "change": (5, lambda p: change(p.root, p.for_all, target=5)),
    "joining": (8, lambda p: join(p.bob, p.for_all)),
    "joining a party's": (10, lambda p: join(p.bob, p.of_party)),
    "joining again": (3, lambda p: join(p.bob, p.joined)),
    "leaving": (7, lambda p: leave(p.bob, p.joined)),
    "leaving again": (3, lambda p: leave(p.bob, p.for_all)),
}


@pytest.mark.parametrize("name", TABLE)
async def test_a_request_costs_its_statements(
    service: Service, prepared: Prepared, database_kind: str, name: str
) -> None:
    cost, ask = TABLE[name]
    expected = cost_on(database_kind, cost)
    with service.statements.count() as statements:
        answer = await ask(prepared)
    assert answer.is_success, answer.text
    assert len(statements) == expected, "\n".join(statements)


async def add_members(service: Service, challenge_id: int, count: int) -> list[int]:
    """So many who are in a challenge, and did more one after another; their user ids."""
    ids = await add_players(service.parts.database, count)
    rows = [
        {
            "user_id": user_id, "challenge_id": challenge_id, "progress": number,
            "joined_at": START, "joined_sequence": 0,
        }
        for number, user_id in enumerate(ids)
    ]  # fmt: skip
    await execute(service.parts.database, insert(ChallengeMember), rows)
    return ids


@pytest.mark.parametrize("members", [0, 1, 2000])
async def test_closing_costs_the_same_for_many_and_locks_no_player(
    service: Service, prepared: Prepared, database_kind: str, members: int
) -> None:
    challenge_id = (await announce(prepared.root))["id"]
    if members:
        await add_members(service, challenge_id, members)
    await wake_all(service, START + timedelta(days=2), prepared.bob)
    with service.statements.count() as statements:
        answer = await prepared.get(f"/{challenge_id}")
    assert answer.status_code == 200
    # The caller, whether it is due; the closing, its members, their ranks; then the challenge itself.
    # On PostgreSQL closings wait for their turn; SQLite has one writer at a time anyhow.
    assert len(statements) == cost_on(database_kind, Cost(6, 7)), "\n".join(statements)
    assert not [each for each in statements if "players" in each and "FOR UPDATE" in each]
    assert (await load(service, challenge_id)).closed_at is not None


@pytest.mark.parametrize("members", [1, 100])
async def test_telling_a_batch_costs_the_same(
    service: Service, prepared: Prepared, database_kind: str, members: int
) -> None:
    challenge_id = (await announce(prepared.root))["id"]
    await add_members(service, challenge_id, members)
    await wake_all(service, START + timedelta(days=2), prepared.bob)
    await prepared.get(f"/{challenge_id}")
    with service.statements.count() as statements:
        async with service.parts.database.writing() as transaction:
            closing = ChallengeClosing(transaction.uow, service.clock)
            assert await closing.tell_some(challenge_id)
            await transaction.commit()
    assert len(statements) == cost_on(database_kind, Cost(6, 7)), "\n".join(statements)
