"""The page of badges: all that can be won and all that one has, with progress."""

from typing import Any

import pytest

from app.db.models import BadgeAward, PlayerCounter
from app.services.paging import encode_cursor
from tests.api.definition_steps import BADGE, PRIZE, admin, delete, patch
from tests.api.task_steps import check_refusal
from tests.support.courses import add_course
from tests.support.service import Learner, Service


async def award(service: Service, learner: Learner, key: str) -> None:
    """Give a badge in force by hand."""
    async with service.parts.database.writing() as transaction:
        badge = await transaction.uow.definitions.get_badge(key)
        assert badge is not None
        transaction._session.add(
            BadgeAward(
                user_id=learner.id,
                badge_key=key,
                badge_id=badge.id,
                awarded_at=service.clock.now(),
                activity_sequence=1,
            )
        )
        await transaction._session.flush()
        await transaction.commit()


async def count_up(service: Service, learner: Learner, metric: str, value: int) -> None:
    async with service.parts.database.writing() as transaction:
        transaction._session.add(PlayerCounter(user_id=learner.id, metric=metric, value=value))
        await transaction._session.flush()
        await transaction.commit()


async def list_badges(learner: Learner) -> dict[str, dict[str, Any]]:
    page = await learner.get("/game/badges", limit=100)
    assert page["next_cursor"] is None
    return {badge["key"]: badge for badge in page["items"]}


@pytest.fixture
async def root(service: Service) -> Learner:
    return await admin(service)


@pytest.fixture
async def ada(service: Service) -> Learner:
    return await service.learner()


async def test_a_badge_is_shown_with_progress(
    service: Service, root: Learner, ada: Learner
) -> None:
    await root.post("/game/badges", BADGE)
    task = await ada.create_task()
    await ada.post(f"/tasks/{task['id']}/complete")

    badges = await list_badges(ada)

    assert badges["doer-1"] == {
        **BADGE,
        "tier": 1,
        "course_slug": None,
        "progress": 1,
        "gold": 0,
        "freezes": 0,
        "awarded_at": None,
    }


async def test_an_outcome_tells_whether_a_badge_was_won_or_taken_back(
    root: Learner, ada: Learner
) -> None:
    await root.post("/game/badges", {**BADGE, "target": 1})
    task = await ada.create_task()

    won = (await ada.post(f"/tasks/{task['id']}/complete"))["outcome"]
    lost = (await ada.post(f"/tasks/{task['id']}/undo"))["outcome"]

    badge = {"key": "doer-1", "title": "Doer"}
    assert won["badges"] == [{**badge, "taken_back": False}]
    assert lost["badges"] == [{**badge, "taken_back": True}]


async def test_progress_is_by_course_and_by_the_longest_streak_and_ends_at_the_target(
    service: Service, root: Learner, ada: Learner
) -> None:
    course_id = await add_course(service.parts.database)
    for key, metric, target, slug in [
        ("quizzes", "quizzes_passed", 10, None),
        ("of-course", "quizzes_passed", 10, "python"),
        ("met", "reviews_done", 3, None),
        ("streak", "streak_days", 5, None),
        ("not-begun", "bosses_defeated", 5, None),
    ]:
        body = {**BADGE, "key": key, "metric": metric, "target": target, "course_slug": slug}
        await root.post("/game/badges", body)
    await root.post("/game/badges", PRIZE)
    await count_up(service, ada, "quizzes_passed", 7)
    await count_up(service, ada, f"quizzes_passed@{course_id}", 4)
    await count_up(service, ada, "reviews_done", 99)
    task = await ada.create_task()
    await ada.post(f"/tasks/{task['id']}/complete")

    badges = await list_badges(ada)

    assert {key: badge["progress"] for key, badge in badges.items()} == {
        "quizzes": 7,
        "of-course": 4,
        "met": 3,
        "streak": 1,
        "not-begun": 0,
        PRIZE["key"]: None,
    }
    assert badges["of-course"]["course_slug"] == "python"


async def test_what_one_has_is_shown_also_when_it_is_retired(
    service: Service, root: Learner, ada: Learner
) -> None:
    for key in ("kept", "changed", "anew", "lost"):
        await root.post("/game/badges", {**BADGE, "key": key})
    for key in ("kept", "changed", "anew"):
        await award(service, ada, key)
    at = service.clock.now().isoformat().replace("+00:00", "Z")
    for key in ("kept", "anew", "lost"):
        await delete(root, f"/game/badges/{key}")
    await patch(root, "/game/badges/changed", title="New")
    await root.post("/game/badges", {**BADGE, "key": "anew", "title": "New"})

    badges = await list_badges(ada)

    shown = {key: (badge["title"], badge["awarded_at"]) for key, badge in badges.items()}
    assert shown == {"kept": ("Doer", at), "changed": ("New", at), "anew": ("New", at)}
    others = await service.learner("eve@example.org")
    assert {key: badge["awarded_at"] for key, badge in (await list_badges(others)).items()} == {
        "changed": None,
        "anew": None,
    }


async def test_badges_come_in_pages_by_family_and_tier(
    service: Service, root: Learner, ada: Learner
) -> None:
    wanted = [(family, tier) for family in ("alpha", "beta") for tier in (1, 2, 10)]
    for family, tier in reversed(wanted):
        body = {**BADGE, "key": f"{family}-{tier}", "family": family, "tier": tier}
        await root.post("/game/badges", body)

    found, cursor = [], None
    while True:
        query: dict[str, str] = {} if cursor is None else {"cursor": cursor}
        with service.statements.count() as statements:
            page = await ada.get("/game/badges", limit=4, **query)
        assert len(statements) == 3
        found += [(badge["family"], badge["tier"]) for badge in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break

    assert found == wanted


@pytest.mark.parametrize(
    "position",
    [[], ["a", 1], ["a", "b", "c"], ["a", 99999, "b"], ["a", -1, "b"], ["A\u0000", 1, "b"], ["", 1, "b"]],
    ids=str,
)  # fmt: skip
async def test_a_cursor_that_is_none_is_refused(
    service: Service, ada: Learner, position: list[str | int]
) -> None:
    cursor = encode_cursor("badges", position)

    check_refusal(
        await ada.client.get("/game/badges", params={"cursor": cursor}), 422, "bad_cursor"
    )
