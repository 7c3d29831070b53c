"""Traces by OpenTelemetry's SDK, sent over OTLP and HTTP. Imported only where they are wanted."""

import asyncio
import os
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.sqlalchemy import SQLAlchemyInstrumentor
from opentelemetry.sdk.resources import SERVICE_NAME, SERVICE_VERSION, Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Span, SpanKind, StatusCode, format_trace_id
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from app.core.request_id import current_request_id
from app.core.version import VERSION

STOP_SECONDS = 5.0
"""How long the receiver may take for what is left when the service leaves."""

_NAME = "questboard"
_propagator = TraceContextTextMapPropagator()


class _OfRequests(BatchSpanProcessor):
    """Leaves out the statements of what goes on beside requests: looking for jobs every second, and such."""

    def on_end(self, span: ReadableSpan) -> None:
        """Keep a span that ended."""
        if span.parent is not None or span.kind is SpanKind.SERVER:
            super().on_end(span)


class OtelRequestSpan:
    """The span of a request under way."""

    def __init__(self, span: Span, method: str) -> None:
        self._span = span
        self._method = method

    @property
    def trace_id(self) -> str:
        """The trace that it belongs to, as W3C's ``traceparent`` has it."""
        return format_trace_id(self._span.get_span_context().trace_id)

    def finish(self, route: str | None, status: int) -> None:
        """Name the span by the route, not by the path: that holds ids of people."""
        if route is not None:
            self._span.update_name(f"{self._method} {route}")
            self._span.set_attribute("http.route", route)
        self._span.set_attribute("http.response.status_code", status)
        if status >= 500:
            self._span.set_status(StatusCode.ERROR)


class OtelTraces:
    """Makes spans and sends them in the background, in batches."""

    def __init__(self) -> None:
        self._provider = TracerProvider(resource=_describe_service(), shutdown_on_exit=False)
        exporter = OTLPSpanExporter()
        self._give_up: Callable[[], None] = exporter.shutdown  # the library gives no types
        self._provider.add_span_processor(_OfRequests(exporter))
        self._tracer = self._provider.get_tracer(_NAME, VERSION)
        self._instrumentor = SQLAlchemyInstrumentor()

    def watch(self, engines: Sequence[Any]) -> None:
        """Make a span for each statement: its text has placeholders, never what users entered."""
        self._instrumentor.instrument(engines=list(engines), tracer_provider=self._provider)

    @contextmanager
    def follow(self, method: str, headers: Mapping[str, str]) -> Iterator[OtelRequestSpan]:
        """The span of a request, which goes on with the caller's trace if its headers name one."""
        # What an exception says may be what somebody entered: it stays out.
        with self._tracer.start_as_current_span(
            method,
            context=_propagator.extract(headers),
            kind=SpanKind.SERVER,
            attributes={
                "http.request.method": method,
                "questboard.request_id": current_request_id(),
            },
            record_exception=False,
            set_status_on_exception=False,
        ) as span:
            yield OtelRequestSpan(span, method)

    async def stop(self) -> None:
        """Send what is left, within a few seconds: a receiver that is away must not hold up the end."""
        if self._instrumentor.is_instrumented_by_opentelemetry:
            self._instrumentor.uninstrument()
        sending = threading.Thread(target=self._provider.shutdown, daemon=True)
        sending.start()
        await asyncio.to_thread(sending.join, STOP_SECONDS)
        if sending.is_alive():
            self._give_up()  # it would go on trying
            await asyncio.to_thread(sending.join, STOP_SECONDS)


def _describe_service() -> Resource:
    """Who sends: what OpenTelemetry's variables say, and our name where they say none."""
    resource = Resource.create({SERVICE_VERSION: VERSION})
    is_named = "OTEL_SERVICE_NAME" in os.environ or SERVICE_NAME in os.environ.get(
        "OTEL_RESOURCE_ATTRIBUTES", ""
    )
    return resource if is_named else resource.merge(Resource({SERVICE_NAME: _NAME}))
