"""``GET /game/challenges``: who sees what, in which order, page by page."""

from datetime import timedelta
from typing import Any

import pytest

from app.services.paging import encode_cursor
from tests.api.task_steps import check_refusal, list_all
from tests.challenges.challenge_steps import (
    CHALLENGES,
    announce,
    join_well,
    leave_well,
    make_admin,
    wake_all,
)
from tests.parties.party_steps import found_party
from tests.support.clock import START
from tests.support.service import Learner, Service

HOUR = timedelta(hours=1)


async def list_titles(who: Learner, **query: Any) -> list[str]:
    """The titles of all pages."""
    return [challenge["title"] for challenge in await list_all(who, CHALLENGES, **query)]


async def announce_three(who: Learner) -> dict[str, int]:
    """Of the three that are announced at the start one is past, one open and one upcoming at START + 2 h."""
    made = {
        "past": await announce(who, title="past", starts_in=0, hours=2),
        "open": await announce(who, title="open", starts_in=2, hours=2),
        "upcoming": await announce(who, title="upcoming", starts_in=2 + 1 / 3600, hours=1),
    }
    return {title: challenge["id"] for title, challenge in made.items()}


async def test_states_by_the_clock(service: Service) -> None:
    root = await make_admin(service)
    await announce_three(root)
    await wake_all(service, START + 2 * HOUR, root)
    assert await list_titles(root) == ["open", "upcoming", "past"]
    for state in ("past", "open", "upcoming"):
        (challenge,) = (await root.get(CHALLENGES, state=state))["items"]
        assert (challenge["title"], challenge["state"]) == (state, state)


async def test_those_of_one_s_parties_and_those_for_all(service: Service) -> None:
    company, (ada, bob) = await found_party(service, "ada", "bob")
    other, (eve,) = await found_party(service, "eve")
    root = await make_admin(service)
    await announce(ada, party_id=company.id, title="ours", starts_in=2)
    await announce(eve, party_id=other.id, title="theirs", starts_in=3)
    await announce(root, title="all", starts_in=1)
    for who in (ada, bob):
        assert await list_titles(who) == ["ours", "all"]
    assert await list_titles(eve) == ["theirs", "all"]
    assert await list_titles(root) == ["all"]


async def test_mine_are_those_that_i_am_in(service: Service) -> None:
    root, ada = await make_admin(service), await service.learner()
    ids = await announce_three(root)
    for title in ids:
        await join_well(ada, ids[title])
    await leave_well(ada, ids["upcoming"])
    await wake_all(service, START + 2 * HOUR, root, ada)
    assert await list_titles(ada, mine=True) == ["open", "past"]
    assert await list_titles(ada, mine=True, state="past") == ["past"]
    assert await list_titles(ada, mine=True, state="upcoming") == []
    assert await list_titles(ada, mine=False) == ["open", "upcoming", "past"]
    assert await list_titles(root, mine=True) == []


@pytest.mark.parametrize("mine", [False, True])
async def test_pages(service: Service, mine: bool) -> None:
    company, (ada,) = await found_party(service)
    root = await make_admin(service)
    for number in range(7):
        # Ties between those for all and those of the party; the id decides.
        title = f"{number}"
        if number % 2:
            challenge = await announce(ada, party_id=company.id, title=title, starts_in=number // 3)
        else:
            challenge = await announce(root, title=title, starts_in=number // 3)
        await join_well(ada, challenge["id"])
    expected = ["6", "5", "4", "3", "2", "1", "0"]
    for limit in (1, 2, 3, 7, 100):
        assert await list_titles(ada, limit=limit, mine=mine) == expected


@pytest.mark.parametrize(
    "query",
    [
        {"state": "closed"}, {"state": ""}, {"mine": "perhaps"}, {"limit": 0}, {"limit": 101},
        {"cursor": "x" * 201}, {"party_id": 1},
    ],
)  # fmt: skip
async def test_what_is_no_query(service: Service, query: Any) -> None:
    ada = await service.learner()
    answer = await ada.client.get(CHALLENGES, params=query)
    check_refusal(answer, 422, "validation_error")


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        encode_cursor("tasks", ["2026-03-02T12:00:00+00:00", 1]),
        encode_cursor("challenges", ["2026-03-02T12:00:00+00:00"]),
        encode_cursor("challenges", ["2026-03-02T12:00:00+00:00", 1, 2]),
        encode_cursor("challenges", ["2026-03-02T12:00:00", 1]),
        encode_cursor("challenges", ["0001-01-01T00:00:00+23:59", 1]),
        encode_cursor("challenges", ["tomorrow", 1]),
        encode_cursor("challenges", [1, 1]),
        encode_cursor("challenges", ["2026-03-02T12:00:00+00:00", "1"]),
        encode_cursor("challenges", ["2026-03-02T12:00:00+00:00", -1]),
        encode_cursor("challenges", ["2026-03-02T12:00:00+00:00", 2**63]),
    ],
)
async def test_what_is_no_cursor(service: Service, cursor: str) -> None:
    ada = await service.learner()
    answer = await ada.client.get(CHALLENGES, params={"cursor": cursor})
    check_refusal(answer, 422, "bad_cursor")
