"""Bodies: no more than 1 MiB, and unread where that is known beforehand."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from app.core.limits import MAX_BODY_BYTES
from tests.support.contract import check_problem
from tests.support.service import Service

JSON = {"Content-Type": "application/json"}
FORM = "application/x-www-form-urlencoded"


async def endless_spaces() -> AsyncIterator[bytes]:
    """A body without a known length."""
    while True:
        yield b" " * 65536


async def call(service: Service, method: str, path: str, **headers: str) -> tuple[int, Any, int]:
    """Send a request at the ASGI interface, with a body that must not be read.

    Gives the status, the headers and how many messages of the body were asked for.
    """
    asked = 0
    answered: list[Any] = []
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [
            (name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()
        ],
        "client": ("127.0.0.1", 1),
        "server": ("testserver", 80),
    }

    async def receive() -> Any:
        nonlocal asked
        asked += 1
        return {"type": "http.request", "body": b" " * 65536, "more_body": True}

    async def answer(message: Any) -> None:
        answered.append(message)

    await service.app(scope, receive, answer)
    return answered[0]["status"], dict(answered[0]["headers"]), asked


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api/v1/tasks"),
        ("POST", "/api/tasks"),
        ("POST", "/api/v1/auth/login"),
        ("GET", "/api/v1/tasks"),
        ("GET", "/api/v1/health"),
        ("DELETE", "/api/v1/tasks/1"),
        ("PUT", "/api/v1/no/such/path"),
        ("POST", "/"),
        ("GET", "/docs"),
    ],
)
@pytest.mark.parametrize("length", [str(MAX_BODY_BYTES + 1), "9" * 4000])
async def test_a_body_that_says_to_be_too_large_is_refused_unread(
    service: Service, method: str, path: str, length: str
) -> None:
    status, headers, asked = await call(service, method, path, content_length=length)

    assert (status, asked) == (413, 0)
    assert headers[b"content-type"] == b"application/problem+json"


async def test_a_refused_body_leaves_nothing_done(service: Service) -> None:
    learner = await service.learner()
    task = await learner.create_task()

    answer = await learner.client.delete(
        f"/tasks/{task['id']}", headers={"Content-Length": str(MAX_BODY_BYTES + 1)}
    )

    assert answer.status_code == 413
    assert (await learner.get(f"/tasks/{task['id']}"))["id"] == task["id"]


@pytest.mark.parametrize("headers", [JSON, {"Content-Type": FORM}], ids=["json", "form"])
async def test_a_body_of_unknown_length_is_read_no_further_than_the_limit(
    service: Service, headers: dict[str, str]
) -> None:
    path = "/auth/login" if headers["Content-Type"] == FORM else "/auth/register"
    status, _, asked = await call(
        service, "POST", f"/api/v1{path}", content_type=headers["Content-Type"]
    )

    assert status == 413
    assert asked == MAX_BODY_BYTES // 65536 + 1


async def test_a_chunked_body_that_is_too_large_is_a_problem(service: Service) -> None:
    answer = await service.client().post("/auth/register", content=endless_spaces(), headers=JSON)

    assert (answer.status_code, check_problem(answer)["code"]) == (413, "body_too_large")


@pytest.mark.parametrize(("padding", "status"), [(0, 201), (1, 413)])
async def test_the_limit_is_exact(service: Service, padding: int, status: int) -> None:
    learner = await service.learner()
    body = b'{"title": "a"}'
    body += b" " * (MAX_BODY_BYTES - len(body) + padding)

    answer = await learner.client.post("/tasks", content=body, headers=JSON)

    assert answer.status_code == status
