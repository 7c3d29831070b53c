"""What stands around every request: its id, its headers, its line in the log."""

import re
from pathlib import Path

import httpx
import pytest
from starlette.types import Receive, Scope, Send

from app.api.middleware import RequestContextMiddleware
from app.core.config import Environment, Settings
from app.main import create_app
from tests.support.logs import Stream, listen
from tests.support.service import BASE_URL, Service

SECURITY = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
EVERYWHERE = ["/health", "/tasks", "/no/such/path", "http://testserver/", "http://testserver/x"]


async def ask_log(service: Service, path: str, method: str = "GET") -> dict[str, object]:
    """The line that a request without a token leaves in the log."""
    with listen() as log:
        await service.client().request(method, path)
    return read_access_line(log)


def read_access_line(log: Stream) -> dict[str, object]:
    """The one line of the one request."""
    (line,) = [line for line in log.lines if line["event"] == "request"]
    return line


@pytest.mark.parametrize("path", EVERYWHERE)
async def test_every_answer_has_the_security_headers(service: Service, path: str) -> None:
    answer = await service.client().get(path)

    assert SECURITY.items() <= dict(answer.headers).items()
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize("path", ["/health", "/tasks", "/no/such/path"])
async def test_nothing_of_the_api_is_kept_by_caches_or_run_by_browsers(
    service: Service, path: str
) -> None:
    answer = await service.client().get(path)

    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")


SET_BY_A_ROUTE = {
    b"x-frame-options": b"SAMEORIGIN",
    b"strict-transport-security": b"max-age=0",
    b"x-request-id": b"mine",
    b"content-security-policy": b"default-src 'self'",
    b"cache-control": b"max-age=60",
    b"vary": b"Origin",
}


@pytest.mark.parametrize("path", ["/api/v1/tasks", "/docs"])
@pytest.mark.parametrize("is_secure", [True, False])
async def test_no_field_is_there_twice_where_a_route_sets_it(path: str, is_secure: bool) -> None:
    """What holds for all answers is as ever; a policy, and what caches may do, is the route's choice."""

    async def answer_with_fields(scope: Scope, receive: Receive, send: Send) -> None:
        fields = [*SET_BY_A_ROUTE.items(), (b"vary", b"Accept")]
        await send({"type": "http.response.start", "status": 200, "headers": fields})
        await send({"type": "http.response.body"})

    stack = RequestContextMiddleware(answer_with_fields, is_secure=is_secure)
    transport = httpx.ASGITransport(stack)
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
        fields = (await client.get(path)).headers

    assert fields.get_list("vary") == ["Origin", "Accept"]
    names = [name for name, _ in fields.multi_items() if name != "vary"]
    assert len(names) == len(set(names))
    assert SECURITY.items() <= dict(fields).items()
    assert fields["x-request-id"] != "mine"
    assert fields["content-security-policy"] == "default-src 'self'"
    assert fields["cache-control"] == "max-age=60"
    assert (fields["strict-transport-security"] == "max-age=0") is not is_secure


async def test_a_path_that_only_begins_like_the_api_is_none(service: Service) -> None:
    answer = await service.client().get("http://testserver/apiary")

    assert "cache-control" not in answer.headers


@pytest.mark.parametrize("path", EVERYWHERE)
async def test_plain_http_is_not_forbidden_in_development(service: Service, path: str) -> None:
    answer = await service.client().get(path)

    assert "strict-transport-security" not in answer.headers


@pytest.mark.parametrize("path", EVERYWHERE)
async def test_production_insists_on_https(tmp_path: Path, path: str) -> None:
    app = create_app(Settings(environment=Environment.PRODUCTION, data_dir=tmp_path))
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=BASE_URL) as client:
        answer = await client.get(path)

    assert answer.headers["strict-transport-security"].startswith("max-age=31536000")


@pytest.mark.parametrize("path", EVERYWHERE)
async def test_every_answer_has_an_id_of_its_own(service: Service, path: str) -> None:
    ids = [(await service.client().get(path)).headers["x-request-id"] for _ in range(2)]

    assert all(re.fullmatch(r"[0-9a-f]{32}", request_id) for request_id in ids)
    assert ids[0] != ids[1]


async def test_a_client_can_not_choose_the_id(service: Service) -> None:
    answer = await service.client().get("/health", headers={"X-Request-ID": "mine"})

    assert answer.headers["x-request-id"] != "mine"


@pytest.mark.parametrize(
    ("method", "path", "route", "status"),
    [
        ("GET", "/health", "/api/v1/health", 200),
        ("GET", "/config", "/api/v1/config", 200),
        ("GET", "http://testserver/api/config", "/api/v1/config", 200),
        ("GET", "/tasks/4711", "/api/v1/tasks/{task_id}", 401),
        ("GET", "/4711/tasks", "/api/v1/{user_id}/tasks", 401),
        ("POST", "/4711/tasks/12/undo", "/api/v1/{user_id}/tasks/{task_id}/undo", 401),
        ("DELETE", "/users/me", "/api/v1/users/me", 401),
        ("PUT", "/health", "/api/v1/health", 405),
        ("GET", "http://testserver/docs", "/docs", 200),
        ("GET", "/no/such/path", None, 404),
        ("GET", "http://testserver/no-such-page", None, 404),
    ],
)
async def test_a_request_is_logged_by_its_route_and_not_by_its_path(
    service: Service, method: str, path: str, route: str | None, status: int
) -> None:
    line = await ask_log(service, path, method)

    assert (line["method"], line["route"], line["status"]) == (method, route, status)


async def test_a_request_is_logged_with_its_time_and_id(service: Service) -> None:
    with listen() as log:
        answer = await service.client().get("/health")

    line = read_access_line(log)
    assert isinstance(line["milliseconds"], float)
    assert line["request_id"] == answer.headers["x-request-id"]


async def test_a_request_is_logged_with_its_user(service: Service) -> None:
    learner = await service.learner()

    with listen() as log:
        await learner.client.get("/tasks")

    assert read_access_line(log)["user_id"] == learner.id


async def test_the_user_of_one_request_is_not_taken_for_that_of_the_next(service: Service) -> None:
    learner = await service.learner()
    await learner.client.get("/tasks")

    line = await ask_log(service, "/health")

    assert "user_id" not in line


async def test_neither_path_nor_query_nor_token_is_logged(service: Service) -> None:
    with listen(level="debug") as log:
        await service.client("my-token").get("/4711/tasks", params={"q": "my secret wish"})

    assert log.lines
    assert not [word for word in ("4711", "wish", "my-token") if word in log.getvalue()]
