"""The application: ``create_yardstick`` builds it, its lifespan opens the pool."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from app.core.config import load_settings
from tests.benchmarks.yardstick.completions import complete_task
from tests.benchmarks.yardstick.courses import show_course
from tests.benchmarks.yardstick.duties import Duties, Limiter
from tests.benchmarks.yardstick.entrance import Parts, send
from tests.benchmarks.yardstick.game import show_profile
from tests.benchmarks.yardstick.logins import log_in
from tests.benchmarks.yardstick.tasks import create_task, list_tasks

PREFIX = "/api/v1"


async def show_health(_request: Request) -> Response:
    """``GET /health``."""
    return send({"status": "ok"})


def create_yardstick(dsn: str, key: str, connections: int) -> ASGIApp:
    """Build the application on a migrated PostgreSQL; ``key`` signs the access tokens."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with asyncpg.create_pool(dsn, min_size=connections, max_size=connections) as pool:
            app.state.parts = Parts(pool, key, Limiter(), {})
            yield

    routes = [
        Route(f"{PREFIX}/health", show_health),
        Route(f"{PREFIX}/auth/login", log_in, methods=["POST"]),
        Route(f"{PREFIX}/tasks", list_tasks),
        Route(f"{PREFIX}/tasks", create_task, methods=["POST"]),
        Route(f"{PREFIX}/tasks/{{task_id:int}}/complete", complete_task, methods=["POST"]),
        Route(f"{PREFIX}/game/profile", show_profile),
        Route(f"{PREFIX}/courses/{{slug}}", show_course),
    ]
    return Duties(Starlette(routes=routes, lifespan=lifespan))


def create_from_settings() -> ASGIApp:
    """Build it from the service's own settings; uvicorn calls this in each process."""
    settings = load_settings()
    if settings.access_secret_key is None:
        raise ValueError("ACCESS_SECRET_KEY: should be given")
    dsn = settings.resolved_database_url.replace("+asyncpg", "")
    return create_yardstick(
        dsn, settings.access_secret_key.get_secret_value(), settings.database_pool_size
    )
