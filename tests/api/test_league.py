"""``GET /game/league``: the group of this week, and how the last one ended, before and after it is closed."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.worker.standings import close_leagues
from tests.api.table_steps import add_learner, set_visibility
from tests.support.service import Learner, Service
from tests.support.standings import add_players, record, record_all

LEAGUE = "/game/league"
NEXT_WEEK = datetime(2026, 3, 9, tzinfo=UTC)


async def move_on(service: Service, learner: Learner, to: datetime) -> Learner:
    """The same learner at a later time, logged in anew."""
    service.clock.set(to)
    return Learner(
        learner.id, learner.email, service.client(await service.open_session(learner.id))
    )


async def test_before_the_first_xp(service: Service) -> None:
    ada = await add_learner(service, "Ada")
    assert await ada.get(LEAGUE) == {
        "week_on": "2026-03-02",
        "ends_at": "2026-03-09T00:00:00Z",
        "tier": 1,
        "members": [],
        "last_result": None,
    }


async def test_a_group_with_its_zones(service: Service) -> None:
    """In the lowest tier nobody goes down. Names are those who wish to be seen."""
    ada = await add_learner(service, "Ada", 30)
    bob = await add_learner(service, "Bob", 40)
    cy = await add_learner(service, "Cy", 30)
    await set_visibility(bob, "anonymous")
    await set_visibility(cy, "hidden")
    league = await ada.get(LEAGUE)
    members = [tuple(member.values()) for member in league["members"]]
    assert list(league["members"][0]) == ["rank", "name", "score", "zone", "is_me"]
    assert members == [
        (1, None, 40, "up", False),
        (2, "Ada", 30, "stay", True),
        (2, None, 30, "stay", False),
    ]
    mine = (await cy.get(LEAGUE))["members"][2]
    assert mine == {**league["members"][2], "is_me": True}


@pytest.mark.parametrize("closed", [False, True])
async def test_the_result_of_the_last_week(service: Service, closed: bool) -> None:
    """It is the same whether the job ran or not, and says where the next week begins."""
    database = service.parts.database
    ada = await add_learner(service, "Ada", 90)
    others = await add_players(database, 7)
    await record_all(database, {user_id: 50 - n for n, user_id in enumerate(others)})
    ada = await move_on(service, ada, NEXT_WEEK + timedelta(minutes=5))
    if closed:
        await close_leagues(service.parts)
    expected: dict[str, Any] = {
        "week_on": "2026-03-09",
        "ends_at": "2026-03-16T00:00:00Z",
        "tier": 2,
        "members": [],
        "last_result": {
            "week_on": "2026-03-02", "tier": 1, "rank": 1, "members": 8, "zone": "up",
            "next_tier": 2,
        },
    }  # fmt: skip
    assert await ada.get(LEAGUE) == expected
    await record(database, ada.id, 10, service.clock.now())
    league = await ada.get(LEAGUE)
    assert (league["tier"], league["last_result"]) == (2, expected["last_result"])
    assert [(one["rank"], one["score"], one["is_me"]) for one in league["members"]] == [
        (1, 10, True)
    ]


@pytest.mark.parametrize("closed", [False, True])
async def test_down_again(service: Service, closed: bool) -> None:
    """Six go up together; of the six in tier 2 the last goes down."""
    database = service.parts.database
    ada = await add_learner(service, "Ada", 1000)
    others = await add_players(database, 23)
    await record_all(database, {user_id: 900 - n for n, user_id in enumerate(others)})
    climbers = [ada.id, *others[:5]]
    for n, user_id in enumerate(climbers):
        await record(database, user_id, 10 + n, NEXT_WEEK)
    ada = await move_on(service, ada, NEXT_WEEK)
    assert [one["zone"] for one in (await ada.get(LEAGUE))["members"]] == [
        "up", "stay", "stay", "stay", "stay", "down",
    ]  # fmt: skip
    ada = await move_on(service, ada, NEXT_WEEK + timedelta(days=15))
    if closed:
        await close_leagues(service.parts)
    league = await ada.get(LEAGUE)
    assert league["tier"] == 1
    assert league["last_result"] == {
        "week_on": "2026-03-09", "tier": 2, "rank": 6, "members": 6, "zone": "down", "next_tier": 1,
    }  # fmt: skip


@pytest.mark.parametrize(("weeks", "statements"), [(0, 3), (1, 4), (2, 5)])
async def test_a_league_costs_few_statements(service: Service, weeks: int, statements: int) -> None:
    """The caller, who waits for a place, the last two weeks, the group, and that of the week before."""
    ada = await add_learner(service, "Ada")
    for week in range(weeks):
        await record(service.parts.database, ada.id, 10, NEXT_WEEK - timedelta(days=7 * week))
    ada = await move_on(service, ada, NEXT_WEEK)
    await ada.get(LEAGUE)
    with service.statements.count() as sent:
        await ada.get(LEAGUE)
    assert len(sent) == statements, "\n".join(sent)
