"""All routes of the API, under the one prefix of the version."""

from fastapi import APIRouter, Depends
from starlette.convertors import Convertor, register_url_convertor

from app.api.deps import require_own_path
from app.api.docs import problems
from app.api.middleware import CURRENT_PREFIX
from app.api.routes import (
    audit,
    auth,
    authoring,
    background_tasks,
    badge_definitions,
    badges,
    boss_definitions,
    bosses,
    challenges,
    config_settings,
    courses,
    curricula,
    export,
    game,
    learning,
    mail_preferences,
    me,
    notifications,
    parties,
    pause,
    quest_definitions,
    quests,
    quizzes,
    reviews,
    summary,
    system,
    tables,
    tasks,
    users,
)
from app.auth.errors import InvalidTokenError, KeysUnavailableError
from app.core.errors import ForbiddenError

RESERVED = (
    "auth", "users", "tasks", "courses", "course-tasks", "weeks", "questions", "reviews", "game",
    "health", "config", "metrics", "audit",
)  # fmt: skip
"""The first words of other paths, present and planned; ``/{user_id}/tasks`` never matches them."""


class _SubjectConvertor(Convertor[str]):
    """An id of a user in a path: a number of ours, or the ``sub`` of another issuer."""

    regex = rf"(?!(?:{'|'.join(RESERVED)})/)[^/]+"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


register_url_convertor("subject", _SubjectConvertor())

_KNOWN = problems(InvalidTokenError, KeysUnavailableError)
_OWN_PATH = problems(ForbiddenError)

api_router = APIRouter(prefix=CURRENT_PREFIX)
api_router.include_router(system.router)
api_router.include_router(auth.router)
for _router in (
    me.router,
    export.router,
    background_tasks.router,
    mail_preferences.router,
    users.router,
    audit.router,
    config_settings.router,
    tasks.router,
    curricula.router,
    courses.router,
    learning.router,
    quizzes.router,
    authoring.router,
    reviews.router,
    game.router,
    summary.router,
    challenges.router,
    tables.router,
    badges.router,
    quest_definitions.router,
    bosses.router,
    boss_definitions.router,
    badge_definitions.router,
    notifications.router,
    parties.router,
    pause.router,
    quests.router,
):
    api_router.include_router(_router, responses=_KNOWN)
api_router.include_router(
    tasks.router,
    prefix="/{user_id:subject}",
    dependencies=[Depends(require_own_path)],
    responses={**_KNOWN, **_OWN_PATH},
)
