"""The span around every request. In place only where traces are wanted."""

from collections.abc import Callable

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bind_contextvars

from app.api.middleware import template_of
from app.infra.tracing import Traces


class TraceMiddleware:
    """Gives each request its span, and its lines in the log the id of the trace."""

    def __init__(self, app: ASGIApp, find_traces: Callable[[], Traces | None]) -> None:
        """``find_traces`` gives None until the service has started."""
        self._app = app
        self._find_traces = find_traces

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        traces = self._find_traces()
        if scope["type"] != "http" or traces is None:
            await self._app(scope, receive, send)
            return
        status = 500

        async def send_and_look(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        with traces.follow(scope["method"], Headers(scope=scope)) as span:
            bind_contextvars(trace_id=span.trace_id)
            try:
                await self._app(scope, receive, send_and_look)
            finally:
                span.finish(template_of(scope), status)
