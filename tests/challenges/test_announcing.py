"""``POST /game/challenges``: who may announce what, and for when."""

from datetime import timedelta
from typing import Any

import pytest

from tests.api.definition_steps import BADGE, PRIZE
from tests.api.retry_steps import check_replay
from tests.api.task_steps import check_refusal, dump_tables
from tests.challenges.challenge_steps import (
    CHALLENGES,
    announce,
    draft,
    join_well,
    make_admin,
    read,
    try_to_announce,
    wake_all,
)
from tests.parties.party_steps import Company, found_party
from tests.parties.party_steps import leave as leave_party
from tests.support.clock import START
from tests.support.courses import add_course
from tests.support.service import Learner, Service

DAYS = 24.0


async def test_an_admin_announces_a_challenge_for_all(service: Service) -> None:
    root, ada = await make_admin(service), await service.learner()
    await root.post("/game/badges", PRIZE)
    reward = {"xp": 500, "gold": 500, "freezes": 2, "badge_key": PRIZE["key"]}

    answer = await try_to_announce(root, **reward)

    assert answer.status_code == 201, answer.text
    body = answer.json()
    assert answer.headers["location"] == f"/api/v1{CHALLENGES}/{body['id']}"
    assert body == {
        "id": body["id"], "revision": 1, "party_id": None, "created_by": None,
        "title": "Spring sprint", "description": "Do three tasks.",
        "metric": "tasks_completed", "target": 3, "course_slug": None, "reward": reward,
        "starts_at": "2026-03-03T12:00:00Z", "ends_at": "2026-03-04T12:00:00Z",
        "created_at": "2026-03-02T12:00:00Z", "state": "upcoming", "membership": None,
    }  # fmt: skip
    assert await read(ada, body["id"]) == body


async def test_a_member_announces_a_challenge_for_a_party(service: Service) -> None:
    company, (ada, bob) = await found_party(service, "ada", "bob")
    body = await announce(bob, party_id=company.id, metric="streak_days", target=7)
    assert (body["party_id"], body["created_by"]) == (company.id, bob.id)
    assert body["reward"] == {"xp": 0, "gold": 0, "freezes": 0, "badge_key": None}
    assert await read(ada, body["id"]) == body


async def test_only_admins_announce_for_all(service: Service) -> None:
    ada = await service.learner()
    before = await dump_tables(service)
    check_refusal(await try_to_announce(ada), 403, "admin_required")
    check_refusal(await try_to_announce(ada, party_id=None, xp=1), 403, "admin_required")
    check_refusal(await service.client().post(CHALLENGES, json=draft()), 401, "invalid_token")
    assert await dump_tables(service) == before


async def test_a_superuser_is_an_admin(service: Service) -> None:
    root = await service.learner("root@example.org", is_superuser=True)
    assert (await announce(root, gold=500))["reward"]["gold"] == 500


async def test_another_party_is_like_none(service: Service) -> None:
    company, _ = await found_party(service)
    eve, root = await service.learner("eve@example.org"), await make_admin(service)
    for who in (eve, root):
        foreign = check_refusal(
            await try_to_announce(who, party_id=company.id), 404, "party_not_found"
        )
        missing = check_refusal(
            await try_to_announce(who, party_id=company.id + 1), 404, "party_not_found"
        )
        del foreign["request_id"], missing["request_id"]
        assert foreign == missing


@pytest.mark.parametrize(
    "reward", [{"xp": 1}, {"gold": 1}, {"freezes": 1}, {"badge_key": PRIZE["key"]}]
)
async def test_a_party_s_challenge_pays_nothing(service: Service, reward: dict[str, Any]) -> None:
    root = await make_admin(service)
    await root.post("/game/badges", PRIZE)
    company, (ada,) = await found_party(service)
    answer = await try_to_announce(ada, party_id=company.id, **reward)
    check_refusal(answer, 422, "reward_not_allowed")


@pytest.mark.parametrize(
    ("starts_in", "hours", "status"),
    [
        (0.0, 1.0, 201),
        (0.0, 1.0 - 1 / 3600, 422),
        (0.0, 90 * DAYS, 201),
        (0.0, 90 * DAYS + 1 / 3600, 422),
        (0.0, 0.0, 422),
        (5.0, -1.0, 422),
        (-1 / 60, 1.0, 201),
        (-61 / 3600, 2.0, 422),
        (365 * DAYS, 1.0, 201),
        (365 * DAYS + 1 / 3600, 1.0, 422),
    ],
)
async def test_the_bounds_of_a_period(
    service: Service, starts_in: float, hours: float, status: int
) -> None:
    root = await make_admin(service)
    answer = await try_to_announce(root, starts_in=starts_in, hours=hours)
    assert answer.status_code == status, answer.text
    if status == 422:
        check_refusal(answer, 422, "bad_period")


async def test_instants_may_have_any_offset(service: Service) -> None:
    root = await make_admin(service)
    body = await announce(
        root, starts_at="2026-03-03T09:30:00.5+05:30", ends_at="2026-03-02T22:00-08:00"
    )
    assert body["starts_at"] == "2026-03-03T04:00:00.500000Z"
    assert body["ends_at"] == "2026-03-03T06:00:00Z"


@pytest.mark.parametrize(
    "instant",
    [
        "2026-03-03", "2026-03-03T12:00:00", "1772539200", 1772539200, 1772539200.5, None, True, "",
        "tomorrow", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "2026-02-30T00:00:00Z",
        "2026-03-03T25:00:00Z", "2026-03-03T12:00:00+99:99", "2026-03-03 12:00:00Z",
        "2026-03-03T12:00:00Z\n", "٢026-03-03T12:00:00Z",
    ],
)  # fmt: skip
@pytest.mark.parametrize("name", ["starts_at", "ends_at"])
async def test_what_is_no_instant(service: Service, name: str, instant: Any) -> None:
    root = await make_admin(service)
    answer = await try_to_announce(root, **{name: instant})
    check_refusal(answer, 422, "validation_error")


@pytest.mark.parametrize(
    "fields",
    [
        {"xp": 501}, {"xp": -1}, {"gold": 501}, {"gold": -1}, {"freezes": 3}, {"freezes": -1},
        {"xp": "1"}, {"xp": 1.0}, {"target": 0}, {"target": 1_000_001}, {"target": None},
        {"metric": "gold"}, {"metric": None}, {"title": ""}, {"title": "x" * 101}, {"title": "a\nb"},
        {"title": "a\x00"}, {"description": "x" * 501}, {"party_id": 0}, {"party_id": 2**63},
        {"party_id": "1"}, {"party_id": True}, {"badge_key": "No Key"}, {"course_slug": ""},
        {"created_by": 1}, {"id": 1}, {"revision": 1}, {"closed_at": None},
    ],
)  # fmt: skip
async def test_what_is_no_challenge(service: Service, fields: dict[str, Any]) -> None:
    root = await make_admin(service)
    check_refusal(await try_to_announce(root, **fields), 422, "validation_error")


async def test_a_course_goes_with_metrics_that_know_courses(service: Service) -> None:
    root = await make_admin(service)
    await add_course(service.parts.database)
    course = {"course_slug": "python"}
    assert (await announce(root, metric="quizzes_passed", **course))["course_slug"] == "python"
    answer = await try_to_announce(root, metric="tasks_completed", **course)
    check_refusal(answer, 422, "bad_definition")
    answer = await try_to_announce(root, metric="quizzes_passed", course_slug="nothing")
    check_refusal(answer, 422, "unknown_course")


async def test_the_badge_is_a_prize_in_force(service: Service) -> None:
    root = await make_admin(service)
    for badge in (PRIZE, BADGE):
        await root.post("/game/badges", badge)
    check_refusal(await try_to_announce(root, badge_key=BADGE["key"]), 422, "unknown_prize")
    check_refusal(await try_to_announce(root, badge_key="nothing"), 422, "unknown_prize")
    await announce(root, badge_key=PRIZE["key"])
    answer = await root.client.delete(f"/game/badges/{PRIZE['key']}")
    check_refusal(answer, 409, "definition_in_use")


async def test_a_party_has_five_at_a_time(service: Service) -> None:
    company, (ada, bob) = await found_party(service, "ada", "bob")
    for number in range(5):
        await announce(ada, party_id=company.id, starts_in=number, hours=1.0)
    check_refusal(await try_to_announce(bob, party_id=company.id), 409, "too_many_challenges")

    await wake_all(service, START + timedelta(hours=1), ada, bob)

    now = service.clock.now()
    await announce(bob, party_id=company.id, now=now)
    answer = await try_to_announce(bob, party_id=company.id, now=now)
    check_refusal(answer, 409, "too_many_challenges")


async def test_a_retry_announces_once(service: Service) -> None:
    root = await make_admin(service)
    first = await root.client.post(CHALLENGES, json=draft(), headers={"Idempotency-Key": "k"})
    again = await root.client.post(CHALLENGES, json=draft(), headers={"Idempotency-Key": "k"})
    check_replay(again, first)
    assert len((await root.get(CHALLENGES))["items"]) == 1


async def make_race(service: Service) -> tuple[Company, Learner, Learner, dict[str, Any]]:
    """A party of ada and bob, and a challenge in it that bob made and both joined."""
    company, (ada, bob) = await found_party(service, "ada", "bob")
    challenge = await announce(bob, party_id=company.id)
    for who in (ada, bob):
        await join_well(who, challenge["id"])
    return company, ada, bob, challenge


async def test_strangers_see_nothing_of_a_party_s_challenge(service: Service) -> None:
    _, _, _, challenge = await make_race(service)
    eve = await service.learner("eve@example.org")
    paths = [f"{CHALLENGES}/{challenge['id']}", f"{CHALLENGES}/{challenge['id']}/leaderboard"]
    for path in paths:
        check_refusal(await eve.client.get(path), 404, "challenge_not_found")
    assert (await eve.get(CHALLENGES))["items"] == []


async def test_admins_see_a_party_s_challenge_by_its_id(service: Service) -> None:
    _, _, _, challenge = await make_race(service)
    root = await make_admin(service)
    assert (await read(root, challenge["id"]))["title"] == challenge["title"]
    assert (await root.get(CHALLENGES))["items"] == []
    path = f"{CHALLENGES}/{challenge['id']}/leaderboard"
    check_refusal(await root.client.get(path), 404, "challenge_not_found")


async def test_who_left_the_party_sees_it_no_more(service: Service) -> None:
    company, ada, bob, challenge = await make_race(service)
    await leave_party(company, bob)
    assert (await bob.client.get(f"{CHALLENGES}/{challenge['id']}")).status_code == 404
    seen = await read(ada, challenge["id"])
    assert seen["created_by"] == bob.id
    assert seen["starts_at"] == challenge["starts_at"]
