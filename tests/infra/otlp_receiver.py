"""A receiver of traces: OTLP over HTTP, as collectors speak it."""

import gzip
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


class Receiver:
    """Keeps the spans that were sent to it."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if self.headers.get("Content-Encoding") == "gzip":
                    body = gzip.decompress(body)
                receiver.bodies.append(body)
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def resources(self) -> list[dict[str, Any]]:
        """Who sent."""
        return [
            _read(part.resource.attributes)
            for request in self._requests()
            for part in request.resource_spans
        ]

    @property
    def spans(self) -> list[Any]:
        """All spans, in the order in which they ended."""
        return [
            span
            for request in self._requests()
            for part in request.resource_spans
            for scope in part.scope_spans
            for span in scope.spans
        ]

    def _requests(self) -> list[Any]:
        requests = []
        for body in self.bodies:
            request = ExportTraceServiceRequest()
            request.ParseFromString(body)
            requests.append(request)
        return requests

    def start(self) -> None:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@contextmanager
def receive() -> Iterator[Receiver]:
    """A receiver that listens."""
    receiver = Receiver()
    receiver.start()
    try:
        yield receiver
    finally:
        receiver.stop()


def _read(attributes: Any) -> dict[str, Any]:
    return {pair.key: getattr(pair.value, pair.value.WhichOneof("value")) for pair in attributes}


def read_attributes(span: Any) -> dict[str, Any]:
    """The attributes of a span."""
    return _read(span.attributes)
