"""``PATCH`` and ``DELETE /game/challenges/{challenge_id}``: by whom, what, and until when."""

from datetime import timedelta
from typing import Any

import pytest

from tests.api.definition_steps import PRIZE
from tests.api.task_steps import check_refusal, dump_tables
from tests.challenges.challenge_steps import (
    CHALLENGES,
    announce,
    change,
    erase,
    join_well,
    list_members,
    load,
    make_admin,
    read,
    wake_all,
    write_instant,
)
from tests.parties.party_steps import found_party
from tests.parties.party_steps import leave as leave_party
from tests.support.clock import START
from tests.support.courses import add_course
from tests.support.service import PASSWORD, Service

STARTS_AT = START + timedelta(days=1)
ENDS_AT = START + timedelta(days=2)
SECOND = timedelta(seconds=1)


async def test_everything_can_be_changed_before_the_start(service: Service) -> None:
    root = await make_admin(service)
    await root.post("/game/badges", PRIZE)
    await add_course(service.parts.database)
    challenge = await announce(root)
    changes = {
        "title": "Quiz sprint", "description": "Pass ten.", "metric": "quizzes_passed",
        "target": 10, "course_slug": "python", "starts_at": "2026-03-04T00:00:00Z",
        "ends_at": "2026-03-05T00:00:00Z",
    }  # fmt: skip
    reward = {"xp": 100, "gold": 20, "freezes": 1, "badge_key": PRIZE["key"]}

    answer = await change(root, challenge["id"], **changes, **reward)

    assert answer.status_code == 200, answer.text
    assert answer.json() == {**challenge, **changes, "reward": reward, "revision": 2}
    assert await read(root, challenge["id"]) == answer.json()


async def test_what_is_so_already_changes_nothing(service: Service) -> None:
    root = await make_admin(service)
    challenge = await announce(root)
    before = await dump_tables(service)
    same = {name: challenge[name] for name in ("title", "target", "starts_at", "course_slug")}
    for changes in ({}, {"revision": 1}, same):
        answer = await change(root, challenge["id"], **changes)
        assert (answer.status_code, answer.json()) == (200, challenge), answer.text
    assert await dump_tables(service) == before


async def test_a_change_may_name_the_revision_that_it_is_for(service: Service) -> None:
    root = await make_admin(service)
    challenge = await announce(root)
    assert (await change(root, challenge["id"], revision=1, target=4)).json()["revision"] == 2
    stale = await change(root, challenge["id"], revision=1, target=5)
    check_refusal(stale, 409, "challenge_changed")
    assert (await change(root, challenge["id"], revision=2, target=5)).json()["target"] == 5


async def test_from_the_start_on_title_and_description_alone_change(service: Service) -> None:
    root = await make_admin(service)
    challenge = await announce(root)
    await wake_all(service, STARTS_AT - SECOND, root)
    assert (await change(root, challenge["id"], target=4)).status_code == 200
    await wake_all(service, STARTS_AT, root)

    for changes in (
        {"target": 5}, {"xp": 1}, {"ends_at": write_instant(ENDS_AT + SECOND)},
        {"title": "New", "metric": "xp_earned"},
    ):  # fmt: skip
        answer = await change(root, challenge["id"], **changes)
        check_refusal(answer, 409, "challenge_started")

    answer = await change(root, challenge["id"], title="New", description="Words.", target=4)
    assert answer.status_code == 200, answer.text
    seen = answer.json()
    assert (seen["title"], seen["description"], seen["revision"]) == ("New", "Words.", 3)


async def test_from_the_end_on_nothing_changes(service: Service) -> None:
    root = await make_admin(service)
    challenge = await announce(root)
    await wake_all(service, ENDS_AT - SECOND, root)
    assert (await change(root, challenge["id"], title="Late")).status_code == 200
    await wake_all(service, ENDS_AT, root)
    check_refusal(await change(root, challenge["id"], title="Later"), 409, "challenge_over")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"starts_at": "2026-03-02T11:58:00Z"}, "bad_period"),
        ({"starts_at": "2027-03-03T12:00:00Z", "ends_at": "2027-03-04T12:00:00Z"}, "bad_period"),
        ({"ends_at": "2026-03-03T12:59:59Z"}, "bad_period"),
        ({"starts_at": "2026-03-04T11:30:00Z"}, "bad_period"),
        ({"course_slug": "python"}, "bad_definition"),
        ({"course_slug": "nothing"}, "unknown_course"),
        ({"badge_key": "nothing"}, "unknown_prize"),
    ],
)
async def test_a_challenge_stays_sound(service: Service, changes: Any, code: str) -> None:
    root = await make_admin(service)
    await add_course(service.parts.database)
    challenge = await announce(root)
    before = await dump_tables(service)
    check_refusal(await change(root, challenge["id"], **changes), 422, code)
    assert await dump_tables(service) == before


async def test_a_course_must_suit_the_metric_that_stays(service: Service) -> None:
    root = await make_admin(service)
    await add_course(service.parts.database)
    challenge = await announce(root, metric="xp_earned", course_slug="python")
    answer = await change(root, challenge["id"], metric="tasks_completed")
    check_refusal(answer, 422, "bad_definition")
    answer = await change(root, challenge["id"], metric="tasks_completed", course_slug=None)
    assert answer.json()["course_slug"] is None


@pytest.mark.parametrize(
    "changes",
    [
        {"title": None}, {"target": None}, {"starts_at": None}, {"xp": None}, {"revision": None},
        {"revision": 0}, {"party_id": None}, {"party_id": 1}, {"state": "open"}, {"id": 1},
    ],
)  # fmt: skip
async def test_what_is_no_change(service: Service, changes: Any) -> None:
    root = await make_admin(service)
    challenge = await announce(root)
    check_refusal(await change(root, challenge["id"], **changes), 422, "validation_error")


async def test_who_may_change_and_delete_a_party_s(service: Service) -> None:
    company, (ada, bob, cy) = await found_party(service, "ada", "bob", "cy")
    root, eve = await make_admin(service), await service.learner("eve@example.org")
    challenge = await announce(bob, party_id=company.id)
    check_refusal(await change(cy, challenge["id"], title="X"), 403, "not_your_challenge")
    check_refusal(await erase(cy, challenge["id"]), 403, "not_your_challenge")
    check_refusal(await change(eve, challenge["id"], title="X"), 404, "challenge_not_found")
    check_refusal(await erase(eve, challenge["id"]), 404, "challenge_not_found")
    assert (await change(bob, challenge["id"], target=9)).json()["target"] == 9
    assert (await change(root, challenge["id"], title="Tamed")).json()["title"] == "Tamed"
    assert (await change(ada, challenge["id"], target=8)).json()["target"] == 8  # its leader
    for who in (ada, bob, root):
        check_refusal(await change(who, challenge["id"], xp=1), 422, "reward_not_allowed")
    assert (await erase(bob, challenge["id"])).status_code == 204


async def test_whoever_left_the_party_may_no_more(service: Service) -> None:
    company, (ada, bob) = await found_party(service, "ada", "bob")
    challenge = await announce(bob, party_id=company.id)
    await leave_party(company, bob)
    check_refusal(await change(bob, challenge["id"], title="X"), 404, "challenge_not_found")
    check_refusal(await erase(bob, challenge["id"]), 404, "challenge_not_found")
    assert (await read(ada, challenge["id"]))["title"] == challenge["title"]
    # Its leader is not stuck with it.
    assert (await erase(ada, challenge["id"])).status_code == 204


async def test_those_for_all_are_the_admins_alone(service: Service) -> None:
    root, ada = await make_admin(service), await service.learner()
    other = await make_admin(service, "other@example.org")
    challenge = await announce(root)
    check_refusal(await change(ada, challenge["id"], title="X"), 403, "not_your_challenge")
    check_refusal(await erase(ada, challenge["id"]), 403, "not_your_challenge")
    assert (await change(other, challenge["id"], title="Ours")).status_code == 200
    demoting = await service.learner("boss@example.org", is_superuser=True)
    demoted = await demoting.client.patch(f"/users/{root.id}", json={"role": "learner"})
    assert demoted.status_code == 200, demoted.text
    check_refusal(await change(root, challenge["id"], xp=500), 403, "not_your_challenge")


async def test_deleting_takes_the_members_along(service: Service) -> None:
    root, ada = await make_admin(service), await service.learner()
    challenge = await announce(root)
    await join_well(ada, challenge["id"])
    answer = await erase(root, challenge["id"])
    assert (answer.status_code, answer.content) == (204, b"")
    assert await list_members(service, challenge["id"]) == []
    check_refusal(
        await ada.client.get(f"{CHALLENGES}/{challenge['id']}"), 404, "challenge_not_found"
    )
    check_refusal(await erase(root, challenge["id"]), 404, "challenge_not_found")


async def test_what_has_started_is_not_deleted(service: Service) -> None:
    root = await make_admin(service)
    challenge = await announce(root)
    await wake_all(service, STARTS_AT, root)
    check_refusal(await erase(root, challenge["id"]), 409, "challenge_started")
    await wake_all(service, ENDS_AT + SECOND, root)
    check_refusal(await erase(root, challenge["id"]), 409, "challenge_started")
    await wake_all(service, STARTS_AT - SECOND, root)
    assert (await erase(root, challenge["id"])).status_code == 204


async def test_a_challenge_outlives_whoever_made_it(service: Service) -> None:
    company, (ada, bob) = await found_party(service, "ada", "bob")
    challenge = await announce(bob, party_id=company.id)
    for who in (ada, bob):
        await join_well(who, challenge["id"])
    gone = await bob.client.request("DELETE", "/users/me", json={"password": PASSWORD})
    assert gone.status_code == 204, gone.text
    assert (await load(service, challenge["id"])).created_by is None
    assert [row.user_id for row in await list_members(service, challenge["id"])] == [ada.id]
    assert (await read(ada, challenge["id"]))["created_by"] is None


async def test_a_party_s_challenges_end_with_it(service: Service) -> None:
    company, (ada, bob) = await found_party(service, "ada", "bob")
    challenge = await announce(bob, party_id=company.id)
    await join_well(ada, challenge["id"])
    assert (await ada.client.delete(company.path)).status_code == 204
    assert await list_members(service, challenge["id"]) == []
    assert (await ada.client.get(f"{CHALLENGES}/{challenge['id']}")).status_code == 404


@pytest.mark.parametrize("challenge_id", ["0", "-1", "x", "1.0", "9223372036854775808", "1_0"])
async def test_what_is_no_id(service: Service, challenge_id: str) -> None:
    ada = await service.learner()
    path = f"{CHALLENGES}/{challenge_id}"
    for method, end in [
        ("GET", ""), ("PATCH", ""), ("DELETE", ""), ("POST", "/membership"),
        ("DELETE", "/membership"), ("GET", "/leaderboard"),
    ]:  # fmt: skip
        body: dict[str, Any] | None = {} if method == "PATCH" else None
        answer = await ada.client.request(method, path + end, json=body)
        check_refusal(answer, 422, "validation_error")


async def test_what_is_not_there(service: Service) -> None:
    ada = await service.learner()
    path = f"{CHALLENGES}/9223372036854775807"
    for method, end in [
        ("GET", ""), ("PATCH", ""), ("DELETE", ""), ("POST", "/membership"),
        ("DELETE", "/membership"), ("GET", "/leaderboard"),
    ]:  # fmt: skip
        body: dict[str, Any] | None = {} if method == "PATCH" else None
        answer = await ada.client.request(method, path + end, json=body)
        check_refusal(answer, 404, "challenge_not_found")
