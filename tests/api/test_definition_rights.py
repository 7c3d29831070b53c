"""Who may define quests, bosses and badges."""

from typing import Any

import pytest

from app.core.roles import Role
from tests.api.definition_steps import BADGE, BOSS, QUEST, admin
from tests.api.task_steps import check_refusal, dump_tables
from tests.support.service import Service

CHALLENGE = {
    "metric": "xp_earned",
    "target": 1,
    "starts_at": "2026-01-01T00:00:00Z",
    "ends_at": "2026-02-01T00:00:00Z",
}
ROUTES: list[tuple[str, str, Any]] = [
    ("GET", "/game/admin/quests", None),
    ("POST", "/game/quests", {**QUEST, "key": "new"}),
    ("PATCH", f"/game/quests/{QUEST['key']}", {"title": "New"}),
    ("DELETE", f"/game/quests/{QUEST['key']}", None),
    ("POST", "/game/quests/dry-run", {"quest": QUEST}),
    ("POST", "/game/challenges/dry-run", CHALLENGE),
    ("GET", "/game/admin/bosses", None),
    ("POST", "/game/bosses", {**BOSS, "key": "new"}),
    ("PATCH", f"/game/bosses/{BOSS['key']}", {"title": "New"}),
    ("DELETE", f"/game/bosses/{BOSS['key']}", None),
    ("GET", "/game/admin/badges", None),
    ("POST", "/game/badges", {**BADGE, "key": "new"}),
    ("PATCH", f"/game/badges/{BADGE['key']}", {"title": "New"}),
    ("DELETE", f"/game/badges/{BADGE['key']}", None),
    ("POST", "/game/badges/dry-run", BADGE),
]
each_route = pytest.mark.parametrize(("method", "path", "body"), ROUTES)


async def define(service: Service) -> None:
    """One of each."""
    root = await admin(service)
    await root.post("/game/quests", QUEST)
    await root.post("/game/bosses", BOSS)
    await root.post("/game/badges", BADGE)


@each_route
@pytest.mark.parametrize("role", [Role.LEARNER, Role.AUTHOR])
async def test_others_are_refused_at_once_and_change_nothing(
    service: Service, method: str, path: str, body: Any, role: Role
) -> None:
    await define(service)
    ada = await service.learner(role=role)
    before = await dump_tables(service, without={"user_sessions"})

    for sent in (body, {"x": 1}):
        with service.statements.count() as statements:
            answer = await ada.client.request(method, path, json=sent)
        check_refusal(answer, 403, "admin_required")
        # It is written down afterwards that somebody was refused.
        assert len([each for each in statements if "audit_log" not in each]) == 1

    assert await dump_tables(service, without={"user_sessions"}) == before


@each_route
async def test_who_is_not_known_is_refused(
    service: Service, method: str, path: str, body: Any
) -> None:
    answer = await service.client().request(method, path, json=body)

    check_refusal(answer, 401, "invalid_token")


@each_route
@pytest.mark.parametrize("fields", [{"role": Role.ADMIN}, {"is_superuser": True}], ids=str)
async def test_admins_and_superusers_may_do_all_of_it(
    service: Service, method: str, path: str, body: Any, fields: dict[str, Any]
) -> None:
    await define(service)
    grace = await service.learner("grace@example.org", **fields)

    answer = await grace.client.request(method, path, json=body)

    assert answer.is_success, answer.text
