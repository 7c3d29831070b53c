"""Traces, where OpenTelemetry's own variables say where to send them. Else nothing of it is loaded."""

import os
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractContextManager, asynccontextmanager
from typing import Any, Protocol

import structlog

_ENDPOINTS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
_OFF = "OTEL_SDK_DISABLED"

_log = structlog.get_logger(__name__)


class RequestSpan(Protocol):
    """The span of a request under way."""

    @property
    def trace_id(self) -> str:
        """The trace that it belongs to, as W3C's ``traceparent`` has it."""
        ...

    def finish(self, route: str | None, status: int) -> None:
        """Say what became of the request: its route's template, and the status of the answer."""
        ...


class Traces(Protocol):
    """Makes spans."""

    def watch(self, engines: Sequence[Any]) -> None:
        """Make a span for each statement that goes over these engines in a request."""
        ...

    def follow(
        self, method: str, headers: Mapping[str, str]
    ) -> AbstractContextManager[RequestSpan]:
        """The span of a request, which goes on with the caller's trace if its headers name one."""
        ...

    async def stop(self) -> None:
        """Send what is left, within a few seconds."""
        ...


def is_tracing_wanted() -> bool:
    """Whether the environment names a receiver of traces, and does not turn OpenTelemetry off."""
    is_off = os.environ.get(_OFF, "").strip().lower() == "true"
    return not is_off and any(os.environ.get(name) for name in _ENDPOINTS)


@asynccontextmanager
async def open_traces() -> AsyncIterator[Traces | None]:
    """Traces until the block is left; None where none are wanted, or the extra is not installed."""
    traces = _create_traces() if is_tracing_wanted() else None
    try:
        yield traces
    finally:
        if traces is not None:
            await traces.stop()


def _create_traces() -> Traces | None:
    try:
        from app.infra.otel_traces import OtelTraces
    except ImportError as error:
        _log.warning(
            "traces_unavailable",
            detail="A receiver of traces is set, but the extra is missing: uv sync --extra traces",
            missing=error.name,
        )
        return None
    return OtelTraces()
