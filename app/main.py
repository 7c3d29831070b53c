"""The service: ``create_app`` builds it, the lifespan opens and closes its parts."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp

from app.api.body_limit import BodyLimitMiddleware
from app.api.docs import DESCRIPTION, build_document
from app.api.document import add_document
from app.api.errors import install_error_handlers
from app.api.idempotency import REPLAYED_HEADER
from app.api.middleware import (
    CURRENT_PREFIX,
    NewestVersionMiddleware,
    RequestContextMiddleware,
)
from app.api.rate_limits import RateLimitMiddleware
from app.api.router import add_api
from app.api.routes.metrics import router as metrics_router
from app.api.standings import LIMIT_FIELD, POLICY_FIELD
from app.api.tracing import TraceMiddleware
from app.core.config import Settings, load_settings
from app.core.limits import MAX_BODY_BYTES, MAX_IMPORT_BYTES
from app.core.logging import configure_logging
from app.core.version import VERSION
from app.infra.leaving import tell_when_leaving
from app.infra.tracing import Traces, is_tracing_wanted, open_traces
from app.parts import Parts, open_parts
from app.web.pages import add_pages
from app.worker.all import work_beside

OpenParts = Callable[[Settings], AbstractAsyncContextManager[Parts]]
WorkBeside = Callable[[Parts], AbstractAsyncContextManager[None]]

_TAGS = [
    {"name": "auth", "description": "Registering, logging in, and what is done by mail."},
    {"name": "users", "description": "Accounts and sessions."},
    {"name": "tasks", "description": "Personal tasks, also under `/{user_id}/tasks`."},
    {"name": "courses", "description": "Taking courses, and writing them."},
    {"name": "reviews", "description": "What was missed comes back, by spaced repetition."},
    {"name": "game", "description": "The player, the ledger, and all that is played."},
    {"name": "definitions", "description": "Defining quests, bosses and badges, for admins."},
    {"name": "system", "description": "Health and configuration."},
]

_LARGE_BODIES = {("POST", f"{CURRENT_PREFIX}/courses/import"): MAX_IMPORT_BYTES}


class Questboard(FastAPI):
    """The application, with our middleware around even the server-error handler."""

    settings: Settings
    traces: Traces | None = None

    def build_middleware_stack(self) -> ASGIApp:
        """Wrap FastAPI's own stack, so that a 500 has its request id and headers as well."""
        stack: ASGIApp = BodyLimitMiddleware(
            super().build_middleware_stack(), MAX_BODY_BYTES, _LARGE_BODIES
        )
        if self.settings.cors_origins:
            stack = CORSMiddleware(
                stack,
                allow_origins=self.settings.cors_origins,
                allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
                allow_headers=[
                    "Authorization",
                    "Content-Type",
                    "Idempotency-Key",
                    "If-None-Match",
                    "Last-Event-ID",
                ],
                expose_headers=[
                    "X-Request-ID",
                    "Retry-After",
                    POLICY_FIELD,
                    LIMIT_FIELD,
                    "Location",
                    "ETag",
                    "Content-Disposition",
                    REPLAYED_HEADER,
                ],
                max_age=600,
            )
        if is_tracing_wanted():
            stack = TraceMiddleware(stack, lambda: self.traces)
        stack = RequestContextMiddleware(stack, is_secure=self.settings.is_production)
        # Outermost, because it passes a copy of the scope on: the line in the log needs the original's.
        return NewestVersionMiddleware(stack)

    def openapi(self) -> dict[str, Any]:
        """The OpenAPI document, for tools; ``app.api.document`` serves it."""
        if self.openapi_schema is None:
            self.openapi_schema = build_document(self)
        return self.openapi_schema


def create_app(
    settings: Settings | None = None,
    open_parts_with: OpenParts = open_parts,
    work_beside_with: WorkBeside = work_beside,
) -> Questboard:
    """Build the application. Nothing is opened before its lifespan begins.

    What goes on beside it may be less than all (tests do by themselves what would come at its time).

    Raises:
        SettingsError: a setting is wrong.
    """
    settings = settings or load_settings()
    configure_logging(settings.log_level)

    @asynccontextmanager
    async def lifespan(app: Questboard) -> AsyncIterator[None]:
        async with (
            open_traces() as traces,
            open_parts_with(settings) as parts,
            work_beside_with(parts),
        ):
            app.state.parts = parts
            app.traces = traces
            if traces is not None:
                traces.watch(parts.database.engines.pooled)
            with tell_when_leaving(parts.events.close):
                yield

    app = Questboard(
        title="Questboard",
        version=VERSION,
        description=DESCRIPTION,
        license_info={"name": "MIT", "identifier": "MIT"},
        openapi_tags=_TAGS,
        lifespan=lifespan,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        # A redirect to the form without a slash would be made from what the client claims the host is.
        redirect_slashes=False,
        # Our own middleware traces requests, and only where traces are wanted.
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    app.settings = settings
    install_error_handlers(app)
    # Within the server-error handler and the limit of bodies: it asks parts that may fail.
    app.add_middleware(RateLimitMiddleware)
    add_api(app)
    app.router.routes.extend(metrics_router.routes)
    add_document(app)
    add_pages(app)
    return app


app = create_app()
