"""Who is seen in tables: by name, without one, not at all; and what nobody learns of others."""

import base64
import json
from typing import Any

import pytest

from tests.api.table_steps import (
    TABLE,
    add_challenge,
    add_learner,
    add_party,
    list_rows,
    set_visibility,
)
from tests.api.task_steps import check_refusal
from tests.support.service import Service
from tests.support.standings import read_scores, record

WAYS = ["shown", "anonymous", "hidden"]


async def test_at_first_everybody_is_shown(service: Service) -> None:
    ada = await add_learner(service, "Ada")
    assert await ada.get("/game/privacy") == {"visibility": "shown"}


@pytest.mark.parametrize("visibility", WAYS)
async def test_a_wish_is_kept(service: Service, visibility: str) -> None:
    ada = await add_learner(service, "Ada")
    answer = await ada.client.patch("/game/privacy", json={"visibility": visibility})
    assert (answer.status_code, answer.json()) == (200, {"visibility": visibility})
    assert await ada.get("/game/privacy") == {"visibility": visibility}


@pytest.mark.parametrize("body", [{}, {"visibility": None}, {"visibility": "x"}, {"shown": True}])
async def test_other_wishes_are_refused(service: Service, body: dict[str, object]) -> None:
    ada = await add_learner(service, "Ada")
    check_refusal(await ada.client.patch("/game/privacy", json=body), 422, "validation_error")
    assert await ada.get("/game/privacy") == {"visibility": "shown"}


@pytest.mark.parametrize("period", ["week", "all"])
async def test_the_table_of_all(service: Service, period: str) -> None:
    ada = await add_learner(service, "Ada", 10)
    bob = await add_learner(service, "Bob", 20)
    await set_visibility(bob, "anonymous")
    assert await list_rows(ada, period=period) == [(1, None, 20), (2, "Ada", 10)]
    page = await bob.get(TABLE, period=period, around="me")
    assert [(row["name"], row["is_me"]) for row in page["items"]] == [(None, True), ("Ada", False)]
    await set_visibility(bob, "hidden")
    assert await list_rows(ada, period=period) == [(1, "Ada", 10)]
    assert await list_rows(bob, period=period) == [(1, "Ada", 10)]
    assert await list_rows(bob, period=period, around="me") == []
    await set_visibility(bob, "shown")
    assert await list_rows(bob, period=period) == [(1, "Bob", 20), (2, "Ada", 10)]


async def test_a_wish_holds_for_xp_to_come(service: Service) -> None:
    bob = await add_learner(service, "Bob")
    await set_visibility(bob, "hidden")
    await record(service.parts.database, bob.id, 20)
    assert await read_scores(service.parts.database) == {(bob.id, "2026-03-02"): (20, False)}
    assert await list_rows(bob) == []


@pytest.mark.parametrize("period", ["week", "all"])
async def test_in_a_party_members_are_known(service: Service, period: str) -> None:
    ada = await add_learner(service, "Ada", 10)
    bob = await add_learner(service, "Bob", 20)
    cy = await add_learner(service, "Cy", 20)
    dee = await add_learner(service, "Dee")
    stranger = await add_learner(service, "Eve", 90)
    party = await add_party(service.parts.database, ada.id, bob.id, cy.id, dee.id)
    await set_visibility(bob, "anonymous")
    query: dict[str, Any] = {"scope": "party", "party_id": party, "period": period}
    expected = [(1, "Cy", 20), (1, "Bob", 20), (3, "Ada", 10), (4, "Dee", 0)]
    assert await list_rows(ada, **query) == expected
    first = await ada.get(TABLE, limit=3, **query)
    assert len(first["items"]) == 3
    assert await list_rows(ada, cursor=first["next_cursor"], **query) == expected[3:]
    assert await list_rows(ada, around="me", limit=2, **query) == expected[2:]
    await set_visibility(bob, "hidden")
    assert await list_rows(ada, **query) == [(1, "Cy", 20), (2, "Ada", 10), (3, "Dee", 0)]
    assert await list_rows(bob, around="me", **query) == []
    refusal = await stranger.client.get(TABLE, params=query)
    check_refusal(refusal, 404, "party_not_found")
    query["party_id"] = party + 1
    refusal = await ada.client.get(TABLE, params=query)
    check_refusal(refusal, 404, "party_not_found")


async def test_the_table_of_a_challenge_goes_by_progress(service: Service) -> None:
    ada = await add_learner(service, "Ada", 90)
    bob = await add_learner(service, "Bob", 80)
    cy = await add_learner(service, "Cy")
    dee = await add_learner(service, "Dee")
    challenge = await add_challenge(
        service.parts.database, {ada.id: 0, bob.id: 7, cy.id: 7, dee.id: 9}
    )
    await set_visibility(bob, "anonymous")
    await set_visibility(dee, "hidden")
    query: dict[str, Any] = {"scope": "challenge", "challenge_id": challenge}
    expected = [(1, "Cy", 7), (1, None, 7), (3, "Ada", 0)]
    assert await list_rows(ada, **query) == expected
    first = await ada.get(TABLE, limit=2, **query)
    assert await list_rows(ada, cursor=first["next_cursor"], **query) == expected[2:]
    assert await list_rows(ada, around="me", limit=2, **query) == expected[1:]
    assert await list_rows(dee, around="me", **query) == []
    query["challenge_id"] = challenge + 1
    refusal = await ada.client.get(TABLE, params=query)
    check_refusal(refusal, 404, "challenge_not_found")


async def test_a_closed_challenge_keeps_its_ranks(service: Service) -> None:
    ada = await add_learner(service, "Ada")
    challenge = await add_challenge(service.parts.database, {ada.id: 5}, final_rank=17)
    rows = await list_rows(ada, scope="challenge", challenge_id=challenge)
    assert rows == [(17, "Ada", 5)]


async def test_who_left_a_challenge_is_not_in_its_table(service: Service) -> None:
    ada = await add_learner(service, "Ada")
    challenge = await add_challenge(
        service.parts.database, {ada.id: 5}, left_at=service.clock.now()
    )
    assert await list_rows(ada, scope="challenge", challenge_id=challenge) == []


async def test_a_challenge_of_a_party_is_for_its_members(service: Service) -> None:
    ada = await add_learner(service, "Ada")
    bob = await add_learner(service, "Bob")
    party = await add_party(service.parts.database, ada.id)
    challenge = await add_challenge(service.parts.database, {ada.id: 5}, party_id=party)
    await set_visibility(ada, "anonymous")
    query: dict[str, Any] = {"scope": "challenge", "challenge_id": challenge}
    assert await list_rows(ada, **query) == [(1, "Ada", 5)]
    refusal = await bob.client.get(TABLE, params=query)
    check_refusal(refusal, 404, "challenge_not_found")


async def test_nobody_can_be_told_by_a_number(service: Service) -> None:
    """Neither rows nor cursors have the user's id; the same learner has another cursor in each table."""
    cursors = []
    ada = await add_learner(service, "Ada", 10)
    bob = await add_learner(service, "Bob", 20)
    await set_visibility(bob, "anonymous")
    for period in ("week", "all"):
        page = await ada.get(TABLE, period=period, limit=1)
        assert set(page["items"][0]) == {"rank", "about", "name", "score", "is_me"}
        cursors.append(page["next_cursor"])
        sealed = base64.urlsafe_b64decode(cursors[-1] + "=" * (-len(cursors[-1]) % 4))
        assert json.dumps(bob.id).encode() not in sealed.split(b",")
        assert b"week" not in sealed
    assert cursors[0] != cursors[1]
