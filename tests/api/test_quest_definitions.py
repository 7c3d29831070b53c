"""Defining quests: revisions, conditions, and the pool of daily ones."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from tests.api.definition_steps import (
    BADGE,
    PRIZE,
    QUEST,
    admin,
    delete,
    list_revisions,
    patch,
)
from tests.api.task_steps import check_refusal, dump_tables, wake
from tests.support.courses import add_course
from tests.support.service import Learner, Service

DAILY = {**QUEST, "key": "three-a-day", "cadence": "daily"}
PATH = f"/game/quests/{QUEST['key']}"


async def read_pool(service: Service, on: str) -> list[tuple[str, int]]:
    async with service.parts.database.reading() as uow:
        quests = await uow.definitions.list_pool(date.fromisoformat(on))
    return [(quest.key, quest.revision) for quest in quests]


@pytest.fixture
async def root(service: Service) -> Learner:
    return await admin(service)


async def test_a_quest_is_defined_with_what_was_sent(service: Service, root: Learner) -> None:
    await root.post("/game/badges", PRIZE)
    await add_course(service.parts.database)
    await root.post("/game/quests", QUEST)
    body = {
        **QUEST,
        "key": "second-steps",
        "metric": "course_tasks_completed",
        "course_slug": "python",
        "requires_quest": QUEST["key"],
        "min_level": 2,
        "freezes": 1,
        "badge_key": PRIZE["key"],
    }

    answer = await root.client.post("/game/quests", json=body)

    assert answer.status_code == 201
    assert answer.headers["location"] == "/api/v1/game/admin/quests?key=second-steps"
    assert answer.json() == {
        **body,
        "revision": 1,
        "created_at": "2026-03-02T12:00:00Z",
        "retired_at": None,
        "pool_from": None,
        "pool_until": None,
    }
    assert await list_revisions(root, "quests", key="second-steps") == [answer.json()]


async def test_a_change_is_a_new_revision_that_retires_the_old_one(
    service: Service, root: Learner
) -> None:
    first = await root.post("/game/quests", QUEST)
    await wake(service, root, datetime(2026, 3, 3, tzinfo=UTC))

    second = await patch(root, PATH, target=5, revision=1)

    assert second == {**first, "target": 5, "revision": 2, "created_at": "2026-03-03T00:00:00Z"}
    retired = {**first, "retired_at": "2026-03-03T00:00:00Z"}
    assert await list_revisions(root, "quests") == [second, retired]
    assert await list_revisions(root, "quests", in_force=True) == [second]
    assert await list_revisions(root, "quests", in_force=False) == [retired]


@pytest.mark.parametrize("changes", [{}, {"target": 3}, {"course_slug": None, "xp": 50}])
async def test_what_makes_no_difference_makes_no_revision(
    service: Service, root: Learner, changes: dict[str, Any]
) -> None:
    first = await root.post("/game/quests", QUEST)
    before = await dump_tables(service)

    assert await patch(root, PATH, **changes) == first

    assert await dump_tables(service) == before


async def test_a_stale_revision_is_refused(service: Service, root: Learner) -> None:
    await root.post("/game/quests", QUEST)
    await patch(root, PATH, target=4, revision=1)
    before = await dump_tables(service)

    answer = await root.client.patch(PATH, json={"target": 5, "revision": 1})

    check_refusal(answer, 409, "definition_changed")
    assert await dump_tables(service) == before


async def test_a_retired_key_can_be_used_anew(service: Service, root: Learner) -> None:
    await root.post("/game/quests", QUEST)
    await delete(root, PATH)
    for answer in [await root.client.delete(PATH), await root.client.patch(PATH, json={})]:
        check_refusal(answer, 404, "quest_not_found")

    again = await root.post("/game/quests", {**QUEST, "title": "Again"})

    assert (again["revision"], again["title"]) == (2, "Again")
    check_refusal(await root.client.post("/game/quests", json=QUEST), 409, "definition_exists")
    revisions = await list_revisions(root, "quests")
    assert [revision["revision"] for revision in revisions] == [2, 1]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"course_slug": "no-such-course"}, "unknown_course"),
        ({"course_slug": "python"}, "bad_definition"),
        ({"metric": "streak_days", "course_slug": "python"}, "bad_definition"),
        ({"badge_key": "no-such-badge"}, "unknown_prize"),
        ({"badge_key": BADGE["key"]}, "unknown_prize"),
        ({"requires_quest": "no-such-quest"}, "unknown_quest"),
        ({"requires_quest": "weekly"}, "unknown_quest"),
        ({"requires_quest": QUEST["key"]}, "quest_cycle"),
        ({"cadence": "daily", "min_level": 2}, "bad_definition"),
        ({"cadence": "daily", "requires_quest": "other"}, "bad_definition"),
    ],
)
async def test_what_does_not_fit_is_refused_new_and_changed(
    service: Service, root: Learner, changes: dict[str, Any], code: str
) -> None:
    await add_course(service.parts.database)
    await root.post("/game/badges", BADGE)
    await root.post("/game/quests", {**QUEST, "key": "weekly", "cadence": "weekly"})
    for key in ("other", "changed"):
        await root.post("/game/quests", {**QUEST, "key": key})
    if code == "quest_cycle":
        await root.post("/game/quests", QUEST)
        changes = {"requires_quest": "changed"}
        await patch(root, "/game/quests/other", **changes)
        changes = {"requires_quest": "other"}
    before = await dump_tables(service)

    changed = await root.client.patch("/game/quests/changed", json=changes)
    check_refusal(changed, 422, code)
    if code != "quest_cycle":
        created = await root.client.post("/game/quests", json={**QUEST, **changes})
        check_refusal(created, 422, code)

    assert await dump_tables(service) == before


async def test_a_quest_does_not_require_itself(service: Service, root: Learner) -> None:
    answer = await root.client.post("/game/quests", json={**QUEST, "requires_quest": QUEST["key"]})

    check_refusal(answer, 422, "quest_cycle")


@pytest.mark.parametrize(
    "changes",
    [
        {"target": 0},
        {"target": 1_000_001},
        {"xp": 501},
        {"xp": -1},
        {"gold": 501},
        {"freezes": 3},
        {"min_level": 0},
        {"min_level": 101},
        {"metric": "steps_walked"},
        {"cadence": "hourly"},
        {"title": ""},
        {"title": "x" * 101},
        {"description": "x" * 501},
        {"revision": 0},
        {"pool_from": "2026-01-01"},
        {"target": None},
    ],
    ids=str,
)
async def test_what_is_out_of_bounds_is_refused(
    service: Service, root: Learner, changes: dict[str, Any]
) -> None:
    await root.post("/game/quests", QUEST)
    before = await dump_tables(service)

    answers = [
        await root.client.patch(PATH, json=changes),
        await root.client.post("/game/quests", json={**QUEST, "key": "new", **changes}),
    ]

    for answer in answers:
        check_refusal(answer, 422, "validation_error")
    assert await dump_tables(service) == before


async def test_a_quest_that_another_requires_stays_and_stays_done_once(
    service: Service, root: Learner
) -> None:
    await root.post("/game/quests", QUEST)
    await root.post("/game/quests", {**QUEST, "key": "next", "requires_quest": QUEST["key"]})

    check_refusal(await root.client.delete(PATH), 409, "definition_in_use")
    answer = await root.client.patch(PATH, json={"cadence": "weekly"})
    check_refusal(answer, 409, "definition_in_use")

    assert (await patch(root, PATH, target=7))["revision"] == 2
    await delete(root, "/game/quests/next")
    await delete(root, PATH)


@pytest.mark.parametrize(
    ("now", "effect", "eve"),
    [
        ("2026-03-02T09:59:59+00:00", "2026-03-03", "2026-03-02"),
        ("2026-03-02T10:00:00+00:00", "2026-03-04", "2026-03-03"),
    ],
)
async def test_the_pool_changes_on_a_date_that_has_begun_nowhere(
    service: Service, root: Learner, now: str, effect: str, eve: str
) -> None:
    created = await root.post("/game/quests", DAILY)
    assert created["pool_from"] == "2026-03-04"  # noon in UTC is tomorrow already in Kiritimati
    await wake(service, root, "2026-04-01T00:00:00+00:00")
    await wake(service, root, now.replace("-03-", "-05-"))
    effect, eve = effect.replace("-03-", "-05-"), eve.replace("-03-", "-05-")

    changed = await patch(root, "/game/quests/three-a-day", target=4)

    assert changed["pool_from"] == effect
    assert await read_pool(service, eve) == [("three-a-day", 1)]
    assert await read_pool(service, effect) == [("three-a-day", 2)]
    await delete(root, "/game/quests/three-a-day")
    assert await read_pool(service, eve) == [("three-a-day", 1)]
    assert await read_pool(service, effect) == []
    await root.post("/game/quests", DAILY)
    assert await read_pool(service, eve) == [("three-a-day", 1)]
    assert await read_pool(service, effect) == [("three-a-day", 3)]


async def test_a_clock_that_steps_back_puts_no_quest_into_the_pool_twice(
    service: Service, root: Learner
) -> None:
    await wake(service, root, "2026-05-02T12:00:00+00:00")
    await root.post("/game/quests", DAILY)
    await delete(root, "/game/quests/three-a-day")
    await wake(service, root, "2026-05-01T12:00:00+00:00")

    await root.post("/game/quests", DAILY)
    await patch(root, "/game/quests/three-a-day", target=4)

    for day in range(1, 9):
        assert len(await read_pool(service, f"2026-05-0{day}")) <= 1
    assert await read_pool(service, "2026-05-08") == [("three-a-day", 3)]


async def test_a_daily_quest_may_become_another(service: Service, root: Learner) -> None:
    await root.post("/game/quests", DAILY)

    changed = await patch(root, "/game/quests/three-a-day", cadence="weekly", min_level=2)

    assert (changed["pool_from"], changed["pool_until"]) == (None, None)
    assert await read_pool(service, "2027-01-01") == []


async def test_revisions_come_in_pages(service: Service, root: Learner) -> None:
    for number in range(5):
        await root.post("/game/quests", {**QUEST, "key": f"quest-{number}"})

    first = await root.get("/game/admin/quests", limit=3)
    second = await root.get("/game/admin/quests", limit=3, cursor=first["next_cursor"])

    keys = [quest["key"] for quest in first["items"] + second["items"]]
    assert keys == [f"quest-{number}" for number in reversed(range(5))]
    assert second["next_cursor"] is None
    answer = await root.client.get("/game/admin/bosses", params={"cursor": first["next_cursor"]})
    check_refusal(answer, 422, "bad_cursor")
