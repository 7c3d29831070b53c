"""Defining bosses and badges."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.db.models import Challenge
from tests.api.definition_steps import (
    BADGE,
    BOSS,
    PATHS,
    PRIZE,
    QUEST,
    admin,
    delete,
    list_revisions,
    patch,
)
from tests.api.task_steps import check_refusal, dump_tables
from tests.support.courses import add_course
from tests.support.service import Learner, Service

BADGE_PATH = f"/game/badges/{BADGE['key']}"
PRIZE_PATH = f"/game/badges/{PRIZE['key']}"


@pytest.fixture
async def root(service: Service) -> Learner:
    return await admin(service)


@pytest.mark.parametrize(
    ("kind", "defaults"),
    [
        ("bosses", {"strikes_back": False, "min_level": 1}),
        ("badges", {"tier": 1, "course_slug": None, "gold": 0, "freezes": 0}),
    ],
)
async def test_they_are_defined_changed_and_retired(
    service: Service, root: Learner, kind: str, defaults: dict[str, Any]
) -> None:
    path = f"/game/{kind}/{PATHS[kind]['key']}"
    created = await root.post(f"/game/{kind}", PATHS[kind])
    assert created == {
        **defaults,
        **PATHS[kind],
        "revision": 1,
        "created_at": "2026-03-02T12:00:00Z",
        "retired_at": None,
    }
    assert await patch(root, path, title=created["title"], revision=1) == created

    changed = await patch(root, path, title="New", xp=499)
    stale = await root.client.patch(path, json={"title": "Newer", "revision": 1})
    taken = await root.client.post(f"/game/{kind}", json=PATHS[kind])
    await delete(root, path)
    again = await root.post(f"/game/{kind}", PATHS[kind])

    assert changed == {**created, "title": "New", "xp": 499, "revision": 2}
    check_refusal(stale, 409, "definition_changed")
    check_refusal(taken, 409, "definition_exists")
    assert again == {**created, "revision": 3}
    revisions = await list_revisions(root, kind, key=PATHS[kind]["key"])
    assert [revision["revision"] for revision in revisions] == [3, 2, 1]
    assert [revision["retired_at"] is None for revision in revisions] == [True, False, False]


@pytest.mark.parametrize(
    ("kind", "code"), [("bosses", "boss_not_found"), ("badges", "badge_not_found")]
)
async def test_what_is_not_in_force_is_not_found(
    service: Service, root: Learner, kind: str, code: str
) -> None:
    path = f"/game/{kind}/nothing"

    check_refusal(await root.client.patch(path, json={"title": "New"}), 404, code)
    check_refusal(await root.client.delete(path), 404, code)


@pytest.mark.parametrize(
    ("kind", "changes"),
    [
        ("bosses", {"xp": 1001}),
        ("bosses", {"gold": 501}),
        ("bosses", {"hp": 0}),
        ("bosses", {"hp": 1_000_001}),
        ("bosses", {"kind": "league"}),
        ("bosses", {"strikes_back": "yes"}),
        ("badges", {"tier": 0}),
        ("badges", {"family": "Not A Key"}),
        ("badges", {"xp": 501}),
        ("badges", {"metric": "steps_walked"}),
        ("badges", {"target": 0}),
    ],
    ids=str,
)
async def test_what_is_out_of_bounds_is_refused(
    service: Service, root: Learner, kind: str, changes: dict[str, Any]
) -> None:
    await root.post(f"/game/{kind}", PATHS[kind])
    before = await dump_tables(service)

    answers = [
        await root.client.patch(f"/game/{kind}/{PATHS[kind]['key']}", json=changes),
        await root.client.post(f"/game/{kind}", json={**PATHS[kind], "key": "new", **changes}),
    ]

    for answer in answers:
        check_refusal(answer, 422, "validation_error")
    assert await dump_tables(service) == before


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"metric": None}, "bad_definition"),
        ({"target": None}, "bad_definition"),
        ({"course_slug": "python"}, "bad_definition"),
        ({"metric": None, "target": None, "course_slug": "python"}, "bad_definition"),
        ({"metric": "xp_earned", "course_slug": "nothing"}, "unknown_course"),
    ],
)
async def test_a_badge_whose_parts_do_not_fit_is_refused(
    service: Service, root: Learner, changes: dict[str, Any], code: str
) -> None:
    await add_course(service.parts.database)
    await root.post("/game/badges", BADGE)
    before = await dump_tables(service)

    check_refusal(await root.client.patch(BADGE_PATH, json=changes), 422, code)
    answer = await root.client.post("/game/badges", json={**BADGE, "key": "new", **changes})
    check_refusal(answer, 422, code)

    assert await dump_tables(service) == before


async def test_a_badge_may_be_bound_to_a_course_and_let_go(service: Service, root: Learner) -> None:
    await add_course(service.parts.database)
    await root.post("/game/badges", BADGE)

    bound = await patch(root, BADGE_PATH, metric="quizzes_passed", course_slug="python")
    freed = await patch(root, BADGE_PATH, course_slug=None)

    assert (bound["course_slug"], freed["course_slug"]) == ("python", None)


async def test_a_prize_of_a_quest_in_force_stays_a_prize(service: Service, root: Learner) -> None:
    await root.post("/game/badges", PRIZE)
    await root.post("/game/quests", {**QUEST, "badge_key": PRIZE["key"]})

    check_refusal(await root.client.delete(PRIZE_PATH), 409, "definition_in_use")
    answer = await root.client.patch(PRIZE_PATH, json={"metric": "xp_earned", "target": 5})
    check_refusal(answer, 409, "definition_in_use")

    assert (await patch(root, PRIZE_PATH, title="Silver quill"))["revision"] == 2
    await patch(root, f"/game/quests/{QUEST['key']}", badge_key=None)
    await patch(root, PRIZE_PATH, metric="xp_earned", target=5)


@pytest.mark.parametrize(("ends_in", "status"), [(timedelta(0), 204), (timedelta(seconds=1), 409)])
async def test_a_prize_of_a_challenge_stays_until_its_end(
    service: Service, root: Learner, ends_in: timedelta, status: int
) -> None:
    await root.post("/game/badges", PRIZE)
    now = service.clock.now()
    challenge = Challenge(
        revision=1, party_id=None, created_by=root.id, title="Race", description="", xp=0, gold=0,
        metric="xp_earned", target=5, course_id=None, badge_key=PRIZE["key"], freezes=0,
        starts_at=datetime(2026, 1, 1, tzinfo=UTC), ends_at=now + ends_in, created_at=now,
    )  # fmt: skip
    async with service.parts.database.writing() as transaction:
        transaction._session.add(challenge)
        await transaction.commit()

    answer = await root.client.delete(PRIZE_PATH)

    assert answer.status_code == status


async def test_a_boss_is_read_as_it_is_in_force(service: Service, root: Learner) -> None:
    await root.post("/game/bosses", BOSS)
    await patch(root, f"/game/bosses/{BOSS['key']}", hp=900, strikes_back=True)

    async with service.parts.database.reading() as uow:
        boss = await uow.definitions.get_boss(str(BOSS["key"]))

    assert boss is not None
    assert (boss.revision, boss.hp, boss.strikes_back) == (2, 900, True)
