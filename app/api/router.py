"""All routes of the API, in the order that counts where a path fits several."""

from fastapi import FastAPI

from app.api.middleware import CURRENT_PREFIX
from app.api.route_table import RouteTable
from app.api.routes import (
    audit,
    auth,
    authoring,
    authoring_questions,
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

_ROUTERS = (
    system.router,
    auth.router,
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
    authoring_questions.router,
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
    tasks.router.of_user,
)


_ROUTES = [route for router in _ROUTERS for route in router.routes]


def add_api(app: FastAPI) -> None:
    """Put the API into an application. Those of one process share its routes.

    The routes themselves stand behind their table, for the document and for whoever lists them.
    """
    app.router.routes[:0] = [RouteTable(CURRENT_PREFIX, _ROUTES), *_ROUTES]
