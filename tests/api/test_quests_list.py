"""``GET /game/quests``: what a learner can do today, this week, and once."""

from typing import Any

import pytest

from app.db.session import Database
from tests.api.quest_steps import POOL, QUESTS, accept, read_quest, read_quests
from tests.api.task_steps import check_refusal, list_all, sleep
from tests.support.clock import START
from tests.support.courses import add_course, small_course
from tests.support.quests import (
    add_quests,
    complete_quest,
    quest_row,
    retire_quest,
    set_player,
    split_pool,
)
from tests.support.service import Learner, Service

TODAY = START.date()


@pytest.fixture
async def ada(service: Service) -> Learner:
    return await service.learner()


@pytest.fixture
def database(service: Service) -> Database:
    return service.parts.database


async def fill(database: Database) -> None:
    """A pool of eight, three weekly quests, and three that are completed once."""
    await add_quests(
        database,
        *(quest_row(key, "daily") for key in POOL),
        *(quest_row(f"weekly-{letter}", "weekly") for letter in "bca"),
        *(quest_row(f"once-{letter}") for letter in "bca"),
    )


async def test_without_quests_there_are_none(ada: Learner) -> None:
    assert await ada.get(QUESTS) == {"items": [], "next_cursor": None}


async def test_what_a_quest_tells(ada: Learner, database: Database) -> None:
    course_id = await add_course(database, small_course())
    row = quest_row(
        "two-lessons", "weekly", metric="course_tasks_completed", target=2, course_id=course_id,
        min_level=1, xp=40, gold=8, freezes=1, badge_key="golden-quill",
    )  # fmt: skip
    await add_quests(database, row)
    assert (await ada.get(QUESTS))["items"] == [
        {
            "key": "two-lessons",
            "cadence": "weekly",
            "title": "Two lessons",
            "description": "Complete three tasks.",
            "metric": "course_tasks_completed",
            "course_slug": "python",
            "target": 2,
            "progress": 0,
            "reward": {"xp": 40, "gold": 8, "freezes": 1, "badge_key": "golden-quill"},
            "status": "available",
            "min_level": 1,
            "requires_quest": None,
            "locked_by": [],
            "accepted_at": None,
            "ends_at": "2026-03-09T00:00:00Z",
            "finished_at": None,
        }
    ]


async def test_todays_three_then_the_weeks_then_the_rest(ada: Learner, database: Database) -> None:
    await fill(database)
    mine, _others = split_pool(ada.id, TODAY, POOL)
    quests = await read_quests(ada)
    assert list(quests) == [
        *mine, "weekly-a", "weekly-b", "weekly-c", "once-a", "once-b", "once-c",
    ]  # fmt: skip
    assert {quests[key]["status"] for key in mine} == {"active"}
    assert {quests[key]["ends_at"] for key in mine} == {"2026-03-03T00:00:00Z"}
    assert quests["once-a"]["ends_at"] is None


async def test_every_day_has_its_own_three(
    service: Service, ada: Learner, database: Database
) -> None:
    await fill(database)
    seen = []
    for _ in range(4):
        expected, _others = split_pool(ada.id, service.clock.now().date(), POOL)
        assert list(await read_quests(ada, cadence="daily")) == expected
        seen.append(tuple(expected))
        await sleep(service, ada, days=1)
    assert len(set(seen)) > 1


async def test_learners_have_their_own_three(service: Service, database: Database) -> None:
    await fill(database)
    lists = set()
    for name in ("ada", "bob", "eve", "dan", "fay"):
        learner = await service.learner(f"{name}@example.org")
        expected, _others = split_pool(learner.id, TODAY, POOL)
        assert list(await read_quests(learner, cadence="daily")) == expected
        lists.add(tuple(expected))
    assert len(lists) > 1


async def test_the_pool_of_a_date(ada: Learner, database: Database) -> None:
    """What was edited or retired today is still today's as it was."""
    tomorrow = TODAY.replace(day=TODAY.day + 1)
    await add_quests(
        database,
        quest_row("edited", "daily", target=5, pool_until=tomorrow, retired_at=START),
        quest_row("edited", "daily", target=7, pool_from=tomorrow, revision=2),
        quest_row("retired", "daily", pool_until=tomorrow, retired_at=START),
        quest_row("gone", "daily", pool_until=TODAY, retired_at=START),
        quest_row("new", "daily", pool_from=tomorrow),
    )
    quests = await read_quests(ada)
    assert {key: quest["target"] for key, quest in quests.items()} == {"edited": 5, "retired": 3}


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 100])
async def test_pages_of_any_size_give_each_once(
    ada: Learner, database: Database, limit: int
) -> None:
    await fill(database)
    expected = list(await read_quests(ada, limit=50))
    quests = await list_all(ada, QUESTS, limit=limit)
    assert [quest["key"] for quest in quests] == expected


@pytest.mark.parametrize("cadence", ["daily", "weekly", "once"])
async def test_one_cadence_alone(ada: Learner, database: Database, cadence: str) -> None:
    await fill(database)
    expected = [
        key for key, quest in (await read_quests(ada)).items() if quest["cadence"] == cadence
    ]
    quests = await list_all(ada, QUESTS, cadence=cadence, limit=2)
    assert [quest["key"] for quest in quests] == expected
    assert len(expected) == 3


async def test_conditions_lock_a_quest(ada: Learner, database: Database) -> None:
    await add_quests(
        database,
        quest_row("first"),
        quest_row("second", requires_quest="first"),
        quest_row("third", "weekly", min_level=3),
        quest_row("fourth", min_level=2, requires_quest="first"),
    )
    quests = await read_quests(ada)
    assert {key: (quest["status"], quest["locked_by"]) for key, quest in quests.items()} == {
        "third": ("locked", ["level"]),
        "first": ("available", []),
        "fourth": ("locked", ["level", "quest"]),
        "second": ("locked", ["quest"]),
    }
    assert (quests["fourth"]["min_level"], quests["fourth"]["requires_quest"]) == (2, "first")

    await set_player(database, ada.id, xp=100)
    await accept(ada, "first")
    assert (await read_quest(ada, "fourth"))["locked_by"] == ["quest"]
    await complete_quest(database, ada.id, "first")

    quests = await read_quests(ada)
    assert {key: quest["status"] for key, quest in quests.items()} == {
        "third": "locked", "first": "completed", "fourth": "available", "second": "available",
    }  # fmt: skip
    assert quests["first"]["progress"] == quests["first"]["target"]
    assert quests["first"]["finished_at"] is not None


async def test_what_others_completed_unlocks_nothing(
    service: Service, ada: Learner, database: Database
) -> None:
    bob = await service.learner("bob@example.org")
    await add_quests(database, quest_row("first"), quest_row("second", requires_quest="first"))
    await accept(bob, "first")
    await complete_quest(database, bob.id, "first")
    assert {key: quest["status"] for key, quest in (await read_quests(ada)).items()} == {
        "first": "available", "second": "locked",
    }  # fmt: skip


async def test_a_revision_shows_to_those_who_have_not_accepted_the_earlier_one(
    service: Service, ada: Learner, database: Database
) -> None:
    await add_quests(database, quest_row("story"))
    await accept(ada, "story")
    await retire_quest(database, "story")
    assert list(await read_quests(ada)) == ["story"]
    await add_quests(database, quest_row("story", target=9, revision=2))
    bob = await service.learner("bob@example.org")
    assert (await read_quest(ada, "story"))["target"] == 3
    assert (await read_quest(bob, "story"))["target"] == 9


@pytest.mark.parametrize("status", ["untouched", "abandoned"])
async def test_what_is_retired_and_not_accepted_is_gone(
    ada: Learner, database: Database, status: str
) -> None:
    await add_quests(database, quest_row("story"))
    if status == "abandoned":
        await accept(ada, "story")
        await ada.post(f"{QUESTS}/story/abandon")
    await retire_quest(database, "story")
    assert await read_quests(ada) == {}


async def test_the_streak_is_shown_as_it_is(
    service: Service, ada: Learner, database: Database
) -> None:
    await add_quests(
        database,
        quest_row("three-days", metric="streak_days", target=3),
        quest_row("one-day", "weekly", metric="streak_days", target=1),
        quest_row("today", "daily", metric="streak_days", target=2),
    )
    await accept(ada, "three-days")
    await set_player(database, ada.id, streak=2, last_at=START, last_on=TODAY)

    async def progress() -> dict[str, Any]:
        return {key: quest["progress"] for key, quest in (await read_quests(ada)).items()}

    assert await progress() == {"today": 2, "one-day": 0, "three-days": 2}
    await accept(ada, "one-day")
    assert await progress() == {"today": 2, "one-day": 1, "three-days": 2}
    await sleep(service, ada, days=2)
    assert await progress() == {"today": 0, "one-day": 0, "three-days": 0}


@pytest.mark.parametrize(
    "query",
    [
        {"cadence": "monthly"},
        {"cadence": ""},
        {"limit": 0},
        {"limit": 101},
        {"status": "active"},
        {"cursor": "x"},
        {"cursor": "W10"},  # []
        {"cursor": "WyJxdWVzdHMiXQ"},  # ["quests"]
        {"cursor": "WyJxdWVzdHMiLCJkYWlseSJd"},  # ["quests","daily"]
        {"cursor": "WyJxdWVzdHMiLCJob3VybHkiLCJhIl0"},  # ["quests","hourly","a"]
        {"cursor": "WyJxdWVzdHMiLCJvbmNlIiwiYVx1MDAwMCJd"},  # ["quests","once","a\u0000"]
        {"cursor": "WyJxdWVzdHMiLCJvbmNlIiwxXQ"},  # ["quests","once",1]
        {"cursor": "WyJiYWRnZXMiLCJvbmNlIiwiYSJd"},  # ["badges","once","a"]
    ],
)
async def test_queries_that_make_no_sense(
    ada: Learner, database: Database, query: dict[str, Any]
) -> None:
    await fill(database)
    answer = await ada.client.get(QUESTS, params=query)
    check_refusal(answer, 422, "bad_cursor" if "cursor" in query else "validation_error")


async def test_a_cursor_of_another_cadence_leads_on(ada: Learner, database: Database) -> None:
    await fill(database)
    cursor = (await ada.get(QUESTS, limit=4))["next_cursor"]
    assert list(await read_quests(ada, cadence="daily", cursor=cursor)) == []
    assert list(await read_quests(ada, cadence="once", cursor=cursor)) == [
        "once-a", "once-b", "once-c",
    ]  # fmt: skip


async def test_quests_are_for_those_who_are_logged_in(service: Service) -> None:
    check_refusal(await service.client().get(QUESTS), 401, "invalid_token")


async def test_the_list_costs_four_statements(
    service: Service, ada: Learner, database: Database
) -> None:
    await fill(database)
    await read_quests(ada)
    with service.statements.count() as statements:
        assert len((await ada.get(QUESTS, limit=100))["items"]) == 9
    assert len(statements) == 4, "\n".join(statements)
