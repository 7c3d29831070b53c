"""Founding, showing, changing and ending parties."""

from datetime import timedelta
from typing import Any

import pytest

from app.db.models import BattleFighter, Party, PartyBattle, PartyInvitation, PartyMember
from tests.api.task_steps import check_refusal, dump_tables
from tests.parties.party_steps import (
    MEMBER_FIELDS,
    PARTIES,
    add_crowd,
    begin_battle,
    found_party,
    invite,
    join,
    joined_at,
    leave,
    list_member_ids,
    list_rows,
    set_player,
    win_battle,
)
from tests.support.clock import START
from tests.support.service import Service


async def test_whoever_founds_a_party_leads_it(service: Service) -> None:
    ada = await service.learner(display_name="Ada")
    answer = await ada.client.post(PARTIES, json={"name": " Night Owls "})
    assert answer.status_code == 201
    party = answer.json()
    assert answer.headers["Location"] == f"/api/v1/game/parties/{party['id']}"
    member = {
        "user_id": ada.id,
        "display_name": "Ada",
        "level": 1,
        "streak": 0,
        "damage": 0,
        "joined_at": joined_at(START),
    }
    assert party == {
        "id": party["id"],
        "name": "Night Owls",
        "leader_id": ada.id,
        "created_at": joined_at(START),
        "members": [member],
    }
    assert await ada.get(f"{PARTIES}/{party['id']}") == party
    assert await ada.get(PARTIES) == {"items": [party]}


async def test_nobody_is_in_more_than_three_parties(service: Service) -> None:
    ada = await service.learner()
    parties = [await ada.post(PARTIES, {"name": str(n)}) for n in range(3)]
    refused = await ada.client.post(PARTIES, json={"name": "4"})
    check_refusal(refused, 409, "too_many_parties")
    assert (await ada.get(PARTIES))["items"] == parties
    assert (await ada.client.delete(f"{PARTIES}/{parties[1]['id']}")).status_code == 204
    assert (await ada.client.post(PARTIES, json={"name": "4"})).status_code == 201


async def test_a_key_founds_one_party(service: Service) -> None:
    ada = await service.learner()
    answers = [await ada.post(PARTIES, {"name": "x"}, **{"Idempotency-Key": "k"}) for _ in "ab"]
    assert answers[0] == answers[1]
    assert len((await ada.get(PARTIES))["items"]) == 1


async def test_members_see_name_level_streak_and_damage_and_nothing_else(service: Service) -> None:
    company, (ada, eve) = await found_party(service, "ada", "eve")
    await eve.client.patch("/users/me", json={"display_name": "Eve"})
    await set_player(service, eve.id, xp=300, gold=77, visibility="hidden")
    await begin_battle(service, company.id, {eve.id: 25})
    seen = (await ada.get(company.path))["members"][1]
    assert seen.keys() == MEMBER_FIELDS
    assert (seen["user_id"], seen["display_name"], seen["level"]) == (eve.id, "Eve", 3)
    assert (seen["damage"], seen["joined_at"]) == (25, joined_at(START + timedelta(seconds=1)))
    answer = await ada.client.get(PARTIES)
    assert "example.org" not in answer.text


async def test_the_streak_is_that_of_now_by_the_members_own_day(service: Service) -> None:
    company, (ada, eve) = await found_party(service, "ada", "eve")
    await ada.client.patch("/users/me", json={"timezone": "Pacific/Kiritimati"})  # UTC+14
    await set_player(
        service, eve.id, streak=7, longest_streak=7, last_at=START, last_on=START.date()
    )

    async def see(hours: int) -> int:
        service.clock.set(START + timedelta(hours=hours))
        ada.client.headers["Authorization"] = f"Bearer {await service.open_session(ada.id)}"
        streak: int = (await ada.get(company.path))["members"][1]["streak"]
        return streak

    assert [await see(hours) for hours in (0, 35)] == [7, 7]  # until the end of the 3rd in UTC
    assert await see(36) == 0
    await set_player(service, eve.id, streak_freezes=1)
    assert await see(36) == 7


async def test_damage_is_that_of_the_running_battle(service: Service) -> None:
    company, (ada, eve) = await found_party(service, "ada", "eve")
    won = await begin_battle(service, company.id, {ada.id: 100, eve.id: 5})
    await win_battle(service, won)
    assert [m["damage"] for m in (await eve.get(company.path))["members"]] == [0, 0]
    await begin_battle(service, company.id, {ada.id: 3})
    assert [m["damage"] for m in (await eve.get(company.path))["members"]] == [3, 0]


async def test_parties_are_listed_as_they_were_joined(service: Service) -> None:
    first, (ada,) = await found_party(service, "ada", name="First")
    second, (eve,) = await found_party(service, "eve", name="Second")
    service.clock.advance(minutes=1)
    await join(second, ada)
    service.clock.advance(minutes=1)
    await join(first, eve)
    assert [party["id"] for party in (await ada.get(PARTIES))["items"]] == [first.id, second.id]
    assert [party["id"] for party in (await eve.get(PARTIES))["items"]] == [second.id, first.id]
    assert [len(party["members"]) for party in (await eve.get(PARTIES))["items"]] == [2, 2]


async def test_another_ones_party_is_not_there(service: Service) -> None:
    company, (ada,) = await found_party(service)
    invitation = await invite(company)
    before = await dump_tables(service, without={"users", "players", "user_sessions"})
    eve = await service.learner("eve@example.org")
    missing = f"{PARTIES}/{company.id + 1}"
    for path in (company.path, missing):
        bodies = []
        for method, end, body in (
            ("GET", "", None),
            ("PATCH", "", {"name": "Mine"}),
            ("DELETE", "", None),
            ("GET", "/invitations", None),
            ("POST", "/invitations", {}),
            ("DELETE", f"/invitations/{invitation['id']}", None),
            ("DELETE", f"/members/{ada.id}", None),
            ("DELETE", f"/members/{eve.id}", None),
        ):
            answer = await eve.client.request(method, path + end, json=body)
            bodies.append(check_refusal(answer, 404, "party_not_found")["detail"])
        assert len(set(bodies)) == 1
    assert (await eve.get(PARTIES))["items"] == []
    assert await dump_tables(service, without={"users", "players", "user_sessions"}) == before


async def test_the_leader_renames_and_hands_over(service: Service) -> None:
    company, (ada, eve) = await found_party(service, "ada", "eve")
    for body in ({"name": "Larks"}, {"leader_id": eve.id}, {}):
        check_refusal(await eve.client.patch(company.path, json=body), 403, "leader_required")
    renamed = await ada.client.patch(company.path, json={"name": "Larks"})
    assert (renamed.json()["name"], renamed.json()["leader_id"]) == ("Larks", ada.id)
    unchanged = await ada.client.patch(company.path, json={})
    assert unchanged.json() == renamed.json()
    handed = await ada.client.patch(company.path, json={"leader_id": eve.id, "name": "Eve's"})
    assert (handed.json()["name"], handed.json()["leader_id"]) == ("Eve's", eve.id)
    check_refusal(await ada.client.patch(company.path, json={}), 403, "leader_required")
    assert await eve.get(company.path) == handed.json()


async def test_only_members_can_be_handed_a_party(service: Service) -> None:
    company, (ada,) = await found_party(service)
    eve = await service.learner("eve@example.org")
    before = await ada.get(company.path)
    for leader_id in (eve.id, 2**63 - 1):
        body = {"leader_id": leader_id, "name": "Other"}
        check_refusal(await ada.client.patch(company.path, json=body), 422, "not_a_member")
    assert await ada.get(company.path) == before


async def test_the_leader_ends_a_party_with_all_that_belongs_to_it(service: Service) -> None:
    company, (ada, eve) = await found_party(service, "ada", "eve")
    await invite(company)
    won = await begin_battle(service, company.id, {ada.id: 100, eve.id: 5})
    await win_battle(service, won)
    await begin_battle(service, company.id, {ada.id: 1, eve.id: 2})
    check_refusal(await eve.client.delete(company.path), 403, "leader_required")
    assert (await ada.client.delete(company.path)).status_code == 204
    check_refusal(await ada.client.delete(company.path), 404, "party_not_found")
    for model in (Party, PartyMember, PartyInvitation, PartyBattle, BattleFighter):
        assert await list_rows(service.parts.database, model) == []


async def test_a_member_leaves(service: Service) -> None:
    company, (ada, eve, _bob) = await found_party(service, "ada", "eve", "bob")
    battle = await begin_battle(service, company.id, {ada.id: 1, eve.id: 2})
    assert (await leave(company, eve)).status_code == 204
    check_refusal(await leave(company, eve), 404, "party_not_found")
    assert eve.id not in await list_member_ids(company, ada)
    fighters = await list_rows(service.parts.database, BattleFighter)
    assert fighters == [(ada.id, battle, 1), (eve.id, battle, 2)]


async def test_when_the_leader_leaves_the_oldest_member_leads(service: Service) -> None:
    company, (ada, eve, bob) = await found_party(service, "ada", "eve", "bob")
    assert (await leave(company, ada)).status_code == 204
    assert (await bob.get(company.path))["leader_id"] == eve.id
    await join_again(service, company, eve, ada)
    assert (await leave(company, eve)).status_code == 204
    party = await ada.get(company.path)
    assert (party["leader_id"], [m["user_id"] for m in party["members"]]) == (
        bob.id,
        [bob.id, ada.id],
    )


async def join_again(service: Service, company: Any, leader: Any, who: Any) -> None:
    """Come back, and be the youngest member."""
    service.clock.advance(seconds=1)
    company.members[0] = leader
    await join(company, who)


async def test_among_equally_old_members_the_least_id_leads(service: Service) -> None:
    company, (ada,) = await found_party(service)
    crowd = await add_crowd(service, company.id, 3)
    await leave(company, ada)
    heir = service.client(await service.open_session(crowd[-1]))
    assert (await heir.get(company.path)).json()["leader_id"] == min(crowd)


async def test_when_the_last_one_leaves_the_party_ends(service: Service) -> None:
    company, (ada, eve) = await found_party(service, "ada", "eve")
    await invite(company)
    await begin_battle(service, company.id, {eve.id: 2})
    await leave(company, ada)
    assert (await leave(company, eve)).status_code == 204
    for model in (Party, PartyInvitation, PartyBattle, BattleFighter):
        assert await list_rows(service.parts.database, model) == []


async def test_only_the_leader_removes_others(service: Service) -> None:
    company, (ada, eve, bob) = await found_party(service, "ada", "eve", "bob")
    for member in (ada, bob):
        check_refusal(await leave(company, eve, member), 403, "leader_required")
    assert (await leave(company, ada, bob)).status_code == 204
    check_refusal(await leave(company, ada, bob), 404, "member_not_found")
    check_refusal(await bob.client.get(company.path), 404, "party_not_found")
    assert await list_member_ids(company, eve) == [ada.id, eve.id]
    assert (await ada.get(company.path))["leader_id"] == ada.id


@pytest.mark.parametrize(
    "body",
    [
        {}, {"name": None}, {"name": ""}, {"name": " "}, {"name": "x" * 51}, {"name": "a\nb"},
        {"name": "\u200b"}, {"name": 5}, {"name": "x", "leader_id": 1}, [], "x",
    ],
)  # fmt: skip
async def test_a_new_party_needs_a_name(service: Service, body: Any) -> None:
    ada = await service.learner()
    check_refusal(await ada.client.post(PARTIES, json=body), 422, "validation_error")
    assert (await ada.get(PARTIES))["items"] == []


@pytest.mark.parametrize(
    "body",
    [
        {"name": None}, {"leader_id": None}, {"leader_id": 0}, {"leader_id": "1"},
        {"leader_id": 2**63}, {"leader_id": True}, {"members": []}, {"id": 5},
    ],
)  # fmt: skip
async def test_bad_changes_are_refused(service: Service, body: Any) -> None:
    company, (ada,) = await found_party(service)
    before = await ada.get(company.path)
    check_refusal(await ada.client.patch(company.path, json=body), 422, "validation_error")
    assert await ada.get(company.path) == before


@pytest.mark.parametrize("bad_id", ["0", "-1", "x", "1.5", str(2**63), "%00"])
async def test_bad_ids_are_refused(service: Service, bad_id: str) -> None:
    company, (ada,) = await found_party(service)
    for method, path in (
        ("GET", f"{PARTIES}/{bad_id}"),
        ("DELETE", f"{company.path}/members/{bad_id}"),
        ("DELETE", f"{company.path}/invitations/{bad_id}"),
    ):
        check_refusal(await ada.client.request(method, path), 422, "validation_error")


async def test_a_name_of_fifty_characters_fits(service: Service) -> None:
    ada = await service.learner()
    party = await ada.post(PARTIES, {"name": "\N{DRAGON}" * 50})
    assert party["name"] == "\N{DRAGON}" * 50
