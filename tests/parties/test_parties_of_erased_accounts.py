"""What becomes of a party when an account in it is erased."""

import httpx
import pytest

from app.db.models import BattleFighter, Party, PartyBattle, PartyInvitation, PartyMember
from tests.api.task_steps import check_refusal
from tests.parties.party_steps import (
    accept,
    begin_battle,
    check_parties,
    found_party,
    invite,
    leave,
    list_member_ids,
    list_rows,
    win_battle,
)
from tests.support.service import PASSWORD, Learner, Service


async def erase(service: Service, who: Learner, by: str = "owner") -> httpx.Response:
    """Erase an account, by its owner or by a superuser."""
    if by == "owner":
        return await who.client.request("DELETE", "/users/me", json={"password": PASSWORD})
    admin = await service.learner("root@example.org", is_superuser=True)
    return await admin.client.delete(f"/users/{who.id}")


@pytest.mark.parametrize("by", ["owner", "superuser"])
async def test_a_party_goes_to_its_oldest_member(service: Service, by: str) -> None:
    company, (ada, eve, bob) = await found_party(service, "ada", "eve", "bob")
    assert (await erase(service, ada, by)).status_code == 204
    party = await bob.get(company.path)
    assert (party["leader_id"], await list_member_ids(company, bob)) == (eve.id, [eve.id, bob.id])


@pytest.mark.parametrize("by", ["owner", "superuser"])
async def test_a_party_of_one_ends(service: Service, by: str) -> None:
    company, (ada,) = await found_party(service)
    await invite(company)
    await begin_battle(service, company.id, {ada.id: 5})
    assert (await erase(service, ada, by)).status_code == 204
    for model in (Party, PartyMember, PartyInvitation, PartyBattle, BattleFighter):
        assert await list_rows(service.parts.database, model) == []


async def test_the_battle_keeps_the_damage(service: Service) -> None:
    company, (ada, eve) = await found_party(service, "ada", "eve")
    won = await begin_battle(service, company.id, {ada.id: 1, eve.id: 2})
    await win_battle(service, won)
    await begin_battle(service, company.id, {ada.id: 30, eve.id: 4})
    before = await list_rows(service.parts.database, PartyBattle)
    await erase(service, ada)
    assert await list_rows(service.parts.database, PartyBattle) == before
    fighters = await list_rows(service.parts.database, BattleFighter)
    assert [row[0] for row in fighters] == [eve.id, eve.id]


async def test_a_fighter_who_had_left_is_erased_all_the_same(service: Service) -> None:
    company, (ada, eve) = await found_party(service, "ada", "eve")
    await begin_battle(service, company.id, {ada.id: 1, eve.id: 2})
    await leave(company, eve)
    assert (await erase(service, eve)).status_code == 204
    assert [row[0] for row in await list_rows(service.parts.database, BattleFighter)] == [ada.id]


async def test_each_party_of_the_account_is_left(service: Service) -> None:
    led, (ada, eve) = await found_party(service, "ada", "eve", name="Led")
    alone = await ada.post("/game/parties", {"name": "Alone"})
    other, (bob,) = await found_party(service, "bob", name="Other")
    await accept(ada, (await invite(other))["token"])
    await erase(service, ada)
    parties = await check_parties(service.parts.database)
    assert parties == {led.id: {eve.id}, other.id: {bob.id}}
    assert alone["id"] not in parties


async def test_the_invitations_of_the_account_are_withdrawn(service: Service) -> None:
    company, (ada, eve) = await found_party(service, "ada", "eve")
    token = (await invite(company, eve, uses=5))["token"]
    await erase(service, eve)
    bob = await service.learner("bob@example.org")
    check_refusal(await accept(bob, token), 404, "invitation_not_found")
    assert (await ada.get(company.path))["leader_id"] == ada.id


async def test_a_wrong_password_leaves_the_party_alone(service: Service) -> None:
    company, (ada, _) = await found_party(service, "ada", "eve")
    before = await ada.get(company.path)
    refused = await ada.client.request("DELETE", "/users/me", json={"password": "x" * 12})
    check_refusal(refused, 403, "current_password_required")
    assert await ada.get(company.path) == before
