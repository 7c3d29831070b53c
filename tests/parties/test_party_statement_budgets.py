"""How many SQL statements parties cost, authentication included, whatever their size."""

import pytest

from tests.parties.party_steps import (
    PARTIES,
    accept,
    add_crowd,
    begin_battle,
    found_party,
    invite,
)
from tests.support.service import Learner, Service


async def count_statements(service: Service, learner: Learner, path: str) -> int:
    """What a GET costs when connections are open."""
    await learner.get(path)
    await service.settle()
    with service.statements.count() as statements:
        await learner.get(path)
    return len(statements)


@pytest.mark.parametrize("size", [1, 30])
async def test_three_parties_with_all_members_are_two_statements(
    service: Service, size: int
) -> None:
    company, (ada,) = await found_party(service)
    others = [(await ada.post(PARTIES, {"name": name}))["id"] for name in "ab"]
    for party_id in (company.id, *others):
        await add_crowd(service, party_id, size - 1)
        await begin_battle(service, party_id, {ada.id: 1})
    assert await count_statements(service, ada, PARTIES) == 2
    assert await count_statements(service, ada, company.path) == 2
    shown = (await ada.get(PARTIES))["items"]
    assert [len(party["members"]) for party in shown] == [size] * 3


async def test_listing_invitations_takes_three_statements(service: Service) -> None:
    company, (ada,) = await found_party(service)
    for _ in range(5):
        await invite(company)
    assert await count_statements(service, ada, f"{company.path}/invitations") == 3


@pytest.mark.parametrize("crowd", [0, 28])
async def test_joining_costs_the_same_in_any_party(service: Service, crowd: int) -> None:
    company, _ = await found_party(service)
    await add_crowd(service, company.id, crowd)
    eve = await service.learner("eve@example.org")
    token = (await invite(company))["token"]
    await service.settle()
    with service.statements.count() as statements:
        assert (await accept(eve, token)).status_code == 200
    assert len(statements) == 11


@pytest.mark.parametrize("crowd", [0, 28])
async def test_leaving_costs_the_same_in_any_party(service: Service, crowd: int) -> None:
    company, (_, eve) = await found_party(service, "ada", "eve")
    await add_crowd(service, company.id, crowd)
    await service.settle()
    with service.statements.count() as statements:
        answer = await eve.client.delete(f"{company.path}/members/{eve.id}")
    assert (answer.status_code, len(statements)) == (204, 12)
