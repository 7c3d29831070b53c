"""Getting into parties by links."""

import hashlib
import re
from typing import Any
from urllib.parse import urlsplit

import pytest

from app.db.models import PartyInvitation
from tests.api.task_steps import check_refusal, sleep
from tests.parties.party_steps import (
    NO_TOKEN,
    PARTIES,
    accept,
    add_crowd,
    found_party,
    invite,
    join,
    leave,
    list_member_ids,
    list_rows,
)
from tests.support.logs import listen
from tests.support.service import Service

OPEN_FIELDS = {"id", "created_by", "created_at", "expires_at", "uses_left"}


async def test_an_invitation_tells_its_token_once(service: Service) -> None:
    company, (ada,) = await found_party(service)
    answer = await ada.client.post(f"{company.path}/invitations")
    assert answer.status_code == 201
    made = answer.json()
    assert made.keys() == OPEN_FIELDS | {"token", "link"}
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", made["token"])
    assert (made["created_by"], made["uses_left"]) == (ada.id, 1)
    assert made["expires_at"] == "2026-03-09T12:00:00Z"
    listed = await ada.client.get(f"{company.path}/invitations")
    assert listed.json() == {"items": [{name: made[name] for name in OPEN_FIELDS}]}
    (row,) = await list_rows(service.parts.database, PartyInvitation)
    assert hashlib.sha256(made["token"].encode()).digest() in row
    assert made["token"] not in str(row)


async def test_the_token_of_a_link_is_in_no_request_for_its_page(service: Service) -> None:
    company, _ = await found_party(service)
    made = await invite(company)
    link = urlsplit(made["link"])
    assert made["link"].startswith(f"{service.parts.settings.frontend_url}/join#")
    assert (link.path, link.query, link.fragment) == ("/join", "", f"token={made['token']}")


async def test_accepting_gives_the_party(service: Service) -> None:
    company, (ada,) = await found_party(service)
    eve = await service.learner("eve@example.org")
    answer = await accept(eve, (await invite(company))["token"])
    assert answer.status_code == 200
    assert answer.json() == await eve.get(company.path) == await ada.get(company.path)
    assert await list_member_ids(company, eve) == [ada.id, eve.id]


async def test_accepting_again_changes_nothing(service: Service) -> None:
    company, _ = await found_party(service)
    eve, bob = [await service.learner(f"{name}@example.org") for name in ("eve", "bob")]
    made = await invite(company, uses=2)
    first = await accept(eve, made["token"])
    assert [(await accept(eve, made["token"])).json() for _ in range(3)] == [first.json()] * 3
    assert (await accept(bob, made["token"])).status_code == 200
    # Used up by now, and for those whom it let in still no refusal.
    assert (await accept(eve, made["token"])).status_code == 200
    carl = await service.learner("carl@example.org")
    check_refusal(await accept(carl, made["token"]), 404, "invitation_not_found")
    assert (await carl.get(PARTIES))["items"] == []


async def test_the_same_acceptance_by_key_is_one(service: Service) -> None:
    company, _ = await found_party(service)
    eve = await service.learner("eve@example.org")
    token = (await invite(company))["token"]
    answers = [await accept(eve, token, **{"Idempotency-Key": "k"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].content == answers[1].content


async def test_an_invitation_ends(service: Service) -> None:
    company, (ada,) = await found_party(service)
    eve = await service.learner("eve@example.org")
    token = (await invite(company, expires_in_hours=2, uses=30))["token"]
    await sleep(service, eve, hours=1, minutes=59, seconds=59)
    assert (await accept(eve, token)).status_code == 200
    bob = await service.learner("bob@example.org")
    await sleep(service, bob, seconds=1)
    check_refusal(await accept(bob, token), 404, "invitation_not_found")
    await sleep(service, ada, seconds=0)
    assert (await ada.get(f"{company.path}/invitations"))["items"] == []


async def test_the_ended_are_cleared_by_the_next(service: Service) -> None:
    company, (ada,) = await found_party(service)
    for _ in range(3):
        await invite(company, expires_in_hours=1)
    await sleep(service, ada, hours=1)
    await invite(company)
    assert len(await list_rows(service.parts.database, PartyInvitation)) == 1


@pytest.mark.parametrize("token", [NO_TOKEN, "-" * 43, "_" * 43])
async def test_a_token_of_nobody_is_not_found(service: Service, token: str) -> None:
    eve = await service.learner("eve@example.org")
    check_refusal(await accept(eve, token), 404, "invitation_not_found")


@pytest.mark.parametrize(
    "token",
    ["x", "A" * 42, "A" * 44, "A" * 42 + "+", "A" * 42 + "%00", "A" * 43 + "%0A", "A" * 5000],
)
async def test_what_is_no_token_is_refused_without_repeating_it(
    service: Service, token: str
) -> None:
    eve = await service.learner("eve@example.org")
    answer = await accept(eve, token)
    check_refusal(answer, 422, "validation_error")
    assert "AAAA" not in answer.text


async def test_a_withdrawn_invitation_lets_nobody_in(service: Service) -> None:
    company, (ada, eve, bob) = await found_party(service, "ada", "eve", "bob")
    made = await invite(company, eve, uses=5)
    path = f"{company.path}/invitations/{made['id']}"
    check_refusal(await bob.client.delete(path), 403, "not_your_invitation")
    assert (await eve.client.delete(path)).status_code == 204
    check_refusal(await eve.client.delete(path), 404, "invitation_not_found")
    carl = await service.learner("carl@example.org")
    check_refusal(await accept(carl, made["token"]), 404, "invitation_not_found")
    other = await invite(company, eve)
    assert (await ada.client.delete(f"{company.path}/invitations/{other['id']}")).status_code == 204


async def test_another_partys_invitation_is_not_withdrawn(service: Service) -> None:
    company, (ada,) = await found_party(service)
    other, (eve,) = await found_party(service, "eve")
    made = await invite(other)
    refused = await ada.client.delete(f"{company.path}/invitations/{made['id']}")
    check_refusal(refused, 404, "invitation_not_found")
    assert len((await eve.get(f"{other.path}/invitations"))["items"]) == 1


async def test_whoever_is_removed_does_not_come_back_by_an_old_link(service: Service) -> None:
    company, (ada, eve, bob) = await found_party(service, "ada", "eve", "bob")
    tokens = [(await invite(company, who, uses=9))["token"] for who in (ada, eve, bob)]
    await leave(company, ada, eve)
    for token in tokens:
        check_refusal(await accept(eve, token), 404, "invitation_not_found")
    assert await list_member_ids(company, ada) == [ada.id, bob.id]


async def test_whoever_leaves_leaves_no_links_behind(service: Service) -> None:
    company, (ada, eve) = await found_party(service, "ada", "eve")
    kept, gone = [(await invite(company, who, uses=9))["token"] for who in (ada, eve)]
    await leave(company, eve)
    check_refusal(await accept(eve, gone), 404, "invitation_not_found")
    assert (await accept(eve, kept)).status_code == 200


async def test_the_links_of_an_ended_party_are_dead(service: Service) -> None:
    company, (ada,) = await found_party(service)
    eve = await service.learner("eve@example.org")
    token = (await invite(company))["token"]
    await ada.client.delete(company.path)
    check_refusal(await accept(eve, token), 404, "invitation_not_found")


async def test_a_full_party_takes_nobody(service: Service) -> None:
    company, (ada,) = await found_party(service)
    await add_crowd(service, company.id, 29)
    eve = await service.learner("eve@example.org")
    token = (await invite(company))["token"]
    check_refusal(await accept(eve, token), 409, "party_full")
    (invitation,) = (await ada.get(f"{company.path}/invitations"))["items"]
    assert invitation["uses_left"] == 1
    assert len(await list_member_ids(company, ada)) == 30


async def test_who_is_in_three_parties_joins_no_fourth(service: Service) -> None:
    company, (ada,) = await found_party(service)
    eve = await service.learner("eve@example.org")
    for n in range(3):
        await eve.post(PARTIES, {"name": str(n)})
    token = (await invite(company))["token"]
    check_refusal(await accept(eve, token), 409, "too_many_parties")
    assert await list_member_ids(company, ada) == [ada.id]


async def test_open_invitations_are_bounded_and_used_ones_make_room(service: Service) -> None:
    company, (ada,) = await found_party(service)
    tokens = [(await invite(company))["token"] for _ in range(30)]
    path = f"{company.path}/invitations"
    check_refusal(await ada.client.post(path, json={}), 409, "too_many_invitations")
    eve = await service.learner("eve@example.org")
    await accept(eve, tokens[0])
    assert (await ada.client.post(path, json={})).status_code == 201
    check_refusal(await ada.client.post(path, json={}), 409, "too_many_invitations")
    assert len((await ada.get(path))["items"]) == 30


@pytest.mark.parametrize(
    "body",
    [
        {"uses": 0}, {"uses": 31}, {"uses": "1"}, {"uses": None}, {"uses": 1.0}, {"uses": True},
        {"expires_in_hours": 0}, {"expires_in_hours": 721}, {"expires_in_hours": 1.5},
        {"token": NO_TOKEN}, [], 5,
    ],
)  # fmt: skip
async def test_bad_invitations_are_refused(service: Service, body: Any) -> None:
    company, (ada,) = await found_party(service)
    answer = await ada.client.post(f"{company.path}/invitations", json=body)
    check_refusal(answer, 422, "validation_error")
    assert (await ada.get(f"{company.path}/invitations"))["items"] == []


async def test_the_ends_of_the_ranges_are_fine(service: Service) -> None:
    company, _ = await found_party(service)
    made = await invite(company, expires_in_hours=720, uses=30)
    assert (made["expires_at"], made["uses_left"]) == ("2026-04-01T12:00:00Z", 30)


async def test_no_log_line_has_a_token(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    with listen(level="debug") as log:
        company, (ada,) = await found_party(service)
        eve = await service.learner("eve@example.org")
        token = (await invite(company))["token"]
        await accept(eve, token)
        await accept(eve, token + "x")
        await eve.client.get(f"/game/party-invitations/{token}/accept")
        await eve.client.post(f"/game/party-invitations/{token}")
        await eve.client.post(f"/game/party-invitations/{token}/accept?token={token}")
        await service.client().post(f"/game/party-invitations/{token}/accept")
        await eve.client.post(f"/game/party-invitations/{token}/accept", json={"token": token})
        await leave(company, ada)
        await leave(company, eve)
        await accept(eve, token)

        async def fail(*_: Any) -> None:
            raise RuntimeError("out of order")

        monkeypatch.setattr("app.services.party_invitations.lock_player", fail)
        company, _ = await found_party(service, "bob")
        defect = (await invite(company))["token"]
        answer = await accept(eve, defect)
    assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")
    written = log.getvalue()
    assert "out of order" in written
    assert "/api/v1/game/party-invitations/{token}/accept" in written
    for secret in (token, defect):
        assert secret not in written
        assert secret not in answer.text


async def test_refusals_do_not_repeat_the_token(service: Service) -> None:
    eve = await service.learner("eve@example.org")
    path = f"/game/party-invitations/{NO_TOKEN}"
    for answer in (
        await eve.client.get(f"{path}/accept"),
        await eve.client.post(path),
        await eve.client.post(f"{path}/accept"),
        await service.client().post(f"{path}/accept"),
    ):
        assert NO_TOKEN not in answer.text
        assert NO_TOKEN not in str(answer.headers)


async def test_joining_needs_an_account(service: Service) -> None:
    company, _ = await found_party(service)
    token = (await invite(company))["token"]
    answer = await service.client().post(f"/game/party-invitations/{token}/accept")
    check_refusal(answer, 401, "invalid_token")


async def test_coming_back_makes_the_youngest_member(service: Service) -> None:
    company, (ada, eve, bob) = await found_party(service, "ada", "eve", "bob")
    await leave(company, eve)
    service.clock.advance(seconds=1)
    await join(company, eve)
    assert await list_member_ids(company, ada) == [ada.id, bob.id, eve.id]
