"""Steps that the tests of definitions share."""

from typing import Any

from app.core.roles import Role
from tests.api.authoring_steps import delete, patch
from tests.support.service import Learner, Service

__all__ = ["BADGE", "BOSS", "PATHS", "PRIZE", "QUEST", "admin", "delete", "list_revisions", "patch"]

QUEST = {
    "key": "first-steps",
    "cadence": "once",
    "title": "First steps",
    "description": "Complete three tasks.",
    "metric": "tasks_completed",
    "target": 3,
    "xp": 50,
    "gold": 10,
}
BOSS = {
    "key": "procrastigoblin",
    "kind": "personal",
    "title": "The Procrastigoblin",
    "description": "It will leave tomorrow. Or the day after.",
    "hp": 500,
    "xp": 150,
    "gold": 40,
}
BADGE = {
    "key": "doer-1",
    "family": "doer",
    "title": "Doer",
    "description": "Complete ten tasks.",
    "metric": "tasks_completed",
    "target": 10,
    "xp": 20,
}
PRIZE = {
    "key": "golden-quill",
    "family": "prizes",
    "title": "Golden quill",
    "description": "For those who finished the story.",
}
PATHS = {"quests": QUEST, "bosses": BOSS, "badges": BADGE}


async def admin(service: Service, email: str = "root@example.org") -> Learner:
    """Somebody who defines."""
    return await service.learner(email, role=Role.ADMIN)


async def list_revisions(who: Learner, kind: str, **query: Any) -> list[dict[str, Any]]:
    """Revisions, newest first."""
    page = await who.get(f"/game/admin/{kind}", limit=100, **query)
    assert page["next_cursor"] is None
    items: list[dict[str, Any]] = page["items"]
    return items
