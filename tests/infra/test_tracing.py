"""Traces: sent to a real receiver, without secrets, and only where they are wanted."""

import subprocess
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from app.infra.tracing import is_tracing_wanted, open_traces
from tests.infra.otlp_receiver import read_attributes, receive
from tests.support.logs import listen
from tests.support.process import ROOT, free_port
from tests.support.service import Service, run_service

SERVER, CLIENT = 2, 3
PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.fixture(autouse=True)
def no_receiver(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"):
        monkeypatch.delenv(name, raising=False)


@asynccontextmanager
async def run_traced(
    url: str, folder: Path, monkeypatch: pytest.MonkeyPatch, endpoint: str
) -> AsyncIterator[Service]:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint)
    async with run_service(url, folder) as service:
        yield service


async def test_a_request_and_its_statements_are_one_trace(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with receive() as receiver:
        async with run_traced(database_url, tmp_path, monkeypatch, receiver.url) as service:
            learner = await service.learner()
            with listen() as log:
                answer = await learner.client.get("/tasks/4711", headers={"traceparent": PARENT})
            await service.reset()

    (span,) = [
        span
        for span in receiver.spans
        if span.kind == SERVER and span.name == "GET /api/v1/tasks/{task_id}"
    ]
    assert span.trace_id.hex() == "0af7651916cd43dd8448eb211c80319c"
    assert span.parent_span_id.hex() == "b7ad6b7169203331"
    assert read_attributes(span) == {
        "http.request.method": "GET",
        "http.route": "/api/v1/tasks/{task_id}",
        "http.response.status_code": 404,
        "questboard.request_id": answer.headers["x-request-id"],
    }
    statements = [
        other
        for other in receiver.spans
        if other.trace_id == span.trace_id and other.name.startswith("SELECT")
    ]
    assert len(statements) == 2
    (line,) = [line for line in log.lines if line["event"] == "request"]
    assert line["trace_id"] == span.trace_id.hex()
    assert receiver.resources[0]["service.name"] == "questboard"


async def test_spans_hold_nothing_that_was_entered(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secrets = ("horse-battery-staple", "my secret wish", "ada@example.org", "4711")
    with receive() as receiver:
        async with run_traced(database_url, tmp_path, monkeypatch, receiver.url) as service:
            learner = await service.learner()
            body = {"email": "ada@example.org", "password": "horse-battery-staple"}
            for _ in range(2):  # the second breaks a unique constraint
                await service.client().post("/auth/register", json=body)
            await learner.client.post("/tasks", json={"title": "my secret wish"})
            await learner.client.get("/4711/tasks", params={"q": "my secret wish"})
            await service.reset()

    assert receiver.spans
    for secret in secrets:
        assert not [span.name for span in receiver.spans if secret in str(span)]


async def test_a_defect_is_a_span_that_failed(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with receive() as receiver:
        async with run_traced(database_url, tmp_path, monkeypatch, receiver.url) as service:
            monkeypatch.setattr("app.api.route.keep_answer", None)
            answer = await service.client().get("/health")

    assert answer.status_code == 500
    (span,) = [span for span in receiver.spans if span.kind == SERVER]
    assert span.status.code == 2
    assert not span.events


async def test_what_goes_on_beside_requests_is_left_out(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with receive() as receiver:
        async with run_traced(database_url, tmp_path, monkeypatch, receiver.url) as service:
            async with service.parts.database.reading() as uow:
                await uow.schema_version.get()
            await service.client().get("/health")

    assert [span.name for span in receiver.spans] == ["GET /api/v1/health"]


@pytest.mark.parametrize(
    "name", ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"]
)
def test_a_receiver_is_what_makes_them_wanted(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    assert not is_tracing_wanted()
    monkeypatch.setenv(name, "http://127.0.0.1:4318")
    assert is_tracing_wanted()
    monkeypatch.setenv("OTEL_SDK_DISABLED", "true")
    assert not is_tracing_wanted()


async def test_without_a_receiver_there_are_none() -> None:
    async with open_traces() as traces:
        assert traces is None


def test_without_a_receiver_nothing_of_it_is_loaded() -> None:
    code = (
        "import sys; from app.main import create_app; app = create_app(); app.build_middleware_stack();"
        "print({'app.infra.otel_traces', 'opentelemetry.instrumentation.sqlalchemy'} & {*sys.modules})"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == "set()"


async def test_without_the_extra_one_line_says_what_to_do(
    database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "app.infra.otel_traces", None)
    nowhere = "http://127.0.0.1:4318"
    async with run_traced(database_url, tmp_path, monkeypatch, nowhere) as service:
        assert (await service.client().get("/health")).status_code == 200
    with listen() as log:
        async with open_traces() as traces:
            assert traces is None

    (line,) = log.lines
    assert line["event"] == "traces_unavailable"
    assert "uv sync --extra traces" in line["detail"]


async def test_a_receiver_that_is_away_harms_nobody(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.infra.otel_traces.STOP_SECONDS", 0.5)
    nowhere = f"http://127.0.0.1:{free_port()}"
    async with run_traced(database_url, tmp_path, monkeypatch, nowhere) as service:
        assert (await service.client().get("/health")).status_code == 200

    assert not [thread for thread in threading.enumerate() if thread.name.startswith("Otel")]
