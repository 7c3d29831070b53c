"""``GET /game/leaderboard`` of all learners: ranks, ties, pages, neighbours."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.api.table_steps import TABLE, add_learner, list_all, list_rows
from tests.api.task_steps import check_refusal, sleep
from tests.support.databases import SQLITE
from tests.support.service import Learner, Service
from tests.support.standings import add_players, record, record_all


async def add_field(service: Service, scores: list[int]) -> list[int]:
    """Players with these scores, named by their number in the list. Gives their ids."""
    players = await add_players(service.parts.database, len(scores))
    await record_all(
        service.parts.database, dict(zip(players, scores, strict=True)), service.clock.now()
    )
    return players


@pytest.mark.parametrize("period", ["week", "all"])
async def test_ties_share_a_rank(service: Service, period: str) -> None:
    ada = await add_learner(service, "Ada", 30)
    for name, xp in (("Bob", 50), ("Cy", 30), ("Dee", 10), ("Eve", 0)):
        await add_learner(service, name, xp)
    page = await ada.get(TABLE, period=period)
    assert page == {
        "items": [
            {"rank": 1, "about": False, "name": "Bob", "score": 50, "is_me": False},
            {"rank": 2, "about": False, "name": "Cy", "score": 30, "is_me": False},
            {"rank": 2, "about": False, "name": "Ada", "score": 30, "is_me": True},
            {"rank": 4, "about": False, "name": "Dee", "score": 10, "is_me": False},
        ],
        "next_cursor": None,
    }


async def test_what_was_earned_before_this_week_counts_for_all_time(service: Service) -> None:
    ada = await add_learner(service, "Ada", 30)
    await add_learner(service, "Bob", 50)
    service.clock.set(datetime(2026, 3, 8, 23, 59, 59, tzinfo=UTC))
    ada = await log_in_again(service, ada)
    assert await list_rows(ada) == [(1, "Bob", 50), (2, "Ada", 30)]
    service.clock.advance(seconds=1)
    assert await list_rows(ada) == []
    await record(service.parts.database, ada.id, 5, service.clock.now())
    assert await list_rows(ada) == [(1, "Ada", 5)]
    assert await list_rows(ada, period="all") == [(1, "Bob", 50), (2, "Ada", 35)]


async def log_in_again(service: Service, learner: Learner) -> Learner:
    token = await service.open_session(learner.id)
    return Learner(learner.id, learner.email, service.client(token))


async def test_nobody_is_in_an_empty_table(service: Service) -> None:
    ada = await add_learner(service, "Ada")
    for query in ({}, {"around": "me"}, {"period": "all"}, {"period": "all", "around": "me"}):
        assert await ada.get(TABLE, **query) == {"items": [], "next_cursor": None}


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 100])
@pytest.mark.parametrize("period", ["week", "all"])
async def test_pages_make_up_the_table(service: Service, limit: int, period: str) -> None:
    await add_field(service, [50, 40, 40, 40, 30, 20, 20, 10])
    ada = await add_learner(service, "Ada", 40)
    rows = await list_all(ada, limit, period=period)
    assert [(rank, score) for rank, _, score in rows] == [
        (1, 50), (2, 40), (2, 40), (2, 40), (2, 40), (6, 30), (7, 20), (7, 20), (9, 10),
    ]  # fmt: skip
    assert len({name for _, name, _ in rows}) == 9


async def test_who_does_not_move_is_seen_once(service: Service) -> None:
    """Between two pages the last becomes the first, and one of the page falls behind."""
    players = await add_field(service, [60, 50, 40, 30, 20, 10])
    ada = await add_learner(service, "Ada")
    first = await ada.get(TABLE, limit=3)
    await record(service.parts.database, players[5], 100)
    await record(service.parts.database, players[1], -15)
    second = await list_rows(ada, limit=3, cursor=first["next_cursor"])
    assert [row["score"] for row in first["items"]] == [60, 50, 40]
    assert second == [(4, "player 1", 35), (5, "player 3", 30), (6, "player 4", 20)]


@pytest.mark.parametrize(
    ("xp", "limit", "expected"),
    [
        (100, 3, [100, 60, 50]),
        (35, 1, [35]),
        (35, 2, [35, 30]),
        (35, 3, [40, 35, 30]),
        (35, 4, [40, 35, 30, 20]),
        (35, 5, [50, 40, 35, 30, 20]),
        (15, 5, [40, 30, 20, 15, 10]),
        (5, 3, [20, 10, 5]),
        (5, 100, [60, 50, 40, 30, 20, 10, 5]),
    ],
)
@pytest.mark.parametrize("period", ["week", "all"])
async def test_neighbours(
    service: Service, period: str, xp: int, limit: int, expected: list[int]
) -> None:
    scores = [60, 50, 40, 30, 20, 10]
    await add_field(service, scores)
    ada = await add_learner(service, "Ada", xp)
    page = await ada.get(TABLE, period=period, around="me", limit=limit)
    shown = [row["score"] for row in page["items"]]
    assert shown == expected
    assert [row["score"] for row in page["items"] if row["is_me"]] == [xp]
    table = sorted([*scores, xp], reverse=True)
    assert [row["rank"] for row in page["items"]] == [table.index(score) + 1 for score in shown]
    assert (page["next_cursor"] is None) == (shown[-1] == table[-1])


async def test_neighbours_lead_on_to_the_rest(service: Service) -> None:
    await add_field(service, [60, 50, 40, 30, 20, 10])
    ada = await add_learner(service, "Ada", 50)
    page = await ada.get(TABLE, around="me", limit=3)
    rest = await list_rows(ada, cursor=page["next_cursor"])
    assert [score for _, _, score in rest] == [40, 30, 20, 10]


@pytest.mark.parametrize(
    "query",
    [
        {"scope": "party"},
        {"scope": "challenge"},
        {"party_id": 1},
        {"challenge_id": 1},
        {"scope": "party", "party_id": 1, "challenge_id": 1},
        {"scope": "challenge", "party_id": 1, "challenge_id": 1},
        {"scope": "challenge", "challenge_id": 1, "period": "week"},
        {"around": "me", "cursor": "x"},
    ],
)
async def test_what_does_not_go_together(service: Service, query: dict[str, Any]) -> None:
    ada = await add_learner(service, "Ada")
    check_refusal(await ada.client.get(TABLE, params=query), 422, "bad_table")


@pytest.mark.parametrize(
    "query", [{"scope": "x"}, {"period": "day"}, {"around": "you"}, {"limit": 101}, {"sort": "xp"}]
)
async def test_what_there_is_not(service: Service, query: dict[str, Any]) -> None:
    ada = await add_learner(service, "Ada")
    check_refusal(await ada.client.get(TABLE, params=query), 422, "validation_error")


async def test_cursors_belong_to_one_table(service: Service) -> None:
    await add_field(service, [60, 50, 40])
    ada = await add_learner(service, "Ada")
    cursor = (await ada.get(TABLE, limit=1))["next_cursor"]
    forged = cursor[:-1] + ("A" if cursor[-1] != "A" else "E")
    for query in ({"period": "all", "cursor": cursor}, {"cursor": forged}, {"cursor": "e30"}):
        check_refusal(await ada.client.get(TABLE, params=query), 422, "bad_cursor")
    await sleep(service, ada, days=7)
    check_refusal(await ada.client.get(TABLE, params={"cursor": cursor}), 422, "bad_cursor")


@pytest.mark.parametrize(
    ("query", "expected"),
    [({"around": "me"}, 5), ({"cursor": None}, 3)],
)
async def test_a_page_costs_its_statements(
    service: Service, query: dict[str, Any], expected: int
) -> None:
    """The caller, the rows, and how many stand before them; around somebody three for the rows."""
    await add_field(service, [60, 50, 40])
    ada = await add_learner(service, "Ada", 45)
    if "cursor" in query:
        query = {"cursor": (await ada.get(TABLE, limit=1))["next_cursor"]}
    await ada.get(TABLE, **query)
    with service.statements.count() as statements:
        await ada.get(TABLE, **query)
    assert len(statements) == expected, "\n".join(statements)


@pytest.mark.parametrize("query", [{}, {"period": "all"}])
async def test_a_first_page_is_read_once(
    service: Service, query: dict[str, Any], database_kind: str
) -> None:
    """On PostgreSQL without Redis it is read each time: what other processes commit would not be heard of."""
    await add_field(service, [60, 50, 40])
    ada = await add_learner(service, "Ada", 45)
    for expected in (3, 1 if database_kind == SQLITE else 3):
        with service.statements.count() as statements:
            await ada.get(TABLE, **query)
        assert len(statements) == expected, "\n".join(statements)


async def test_only_who_is_known_sees_tables(service: Service) -> None:
    for path in (TABLE, "/game/league", "/game/privacy"):
        check_refusal(await service.client().get(path), 401, "invalid_token")
