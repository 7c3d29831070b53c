"""Bodies: strict JSON, honest content types, and no more than 1 MiB."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from app.core.limits import MAX_BODY_BYTES
from tests.support.contract import check_problem
from tests.support.service import Service

JSON = {"Content-Type": "application/json"}
FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b'{"title": "a", "title": "b"}', 400, "bad_request"),
        (b'{"title": "a", "checklist": [{"text": "b", "text": "c"}]}', 400, "bad_request"),
        (b'{"title": NaN}', 400, "bad_request"),
        (b'{"title": -Infinity}', 400, "bad_request"),
        (b'{"title": 1e400}', 400, "bad_request"),
        (b'{"title": ' + b"9" * 5000 + b"}", 400, "bad_request"),
        (b'{"title": "\xff\xfe"}', 400, "bad_request"),
        (b'{"title": "\xed\xa0\x80"}', 400, "bad_request"),
        (b"[" * 100_000, 400, "bad_request"),
        (b'{"title":' * 50_000, 400, "bad_request"),
        (b"\x1f\x8b\x08\x00\x00\x00", 400, "bad_request"),
        ('{"title": "a"}'.encode("utf-16"), 400, "bad_request"),
        (b'{"title": "a"', 422, "validation_error"),
        (b'{"title": "a"} {}', 422, "validation_error"),
        (b"\xef\xbb\xbf{}", 422, "validation_error"),
        (b'{"title": "a\nb"}', 422, "validation_error"),
        (b'{"title": "\\ud800"}', 422, "validation_error"),
        (b'{"title": "\\u0000"}', 422, "validation_error"),
        (b'"title"', 422, "validation_error"),
        (b"null", 422, "validation_error"),
        (b"[{}]", 422, "validation_error"),
        (b"", 422, "validation_error"),
    ],
    ids=lambda value: repr(value)[:40] if isinstance(value, bytes) else None,
)
async def test_what_is_no_strict_json_is_refused(
    service: Service, body: bytes, status: int, code: str
) -> None:
    learner = await service.learner()

    answer = await learner.client.post("/tasks", content=body, headers=JSON)

    assert (answer.status_code, check_problem(answer)["code"]) == (status, code)
    assert (await learner.get("/tasks"))["items"] == []


@pytest.mark.parametrize(
    "content_type",
    [
        None,
        "",
        "json",
        "text/plain",
        "text/json",
        "application/xml",
        "application/octet-stream",
        "multipart/form-data",
        FORM,
        "application/json; charset=utf-7",
        "application/json; charset=utf-16",
        "application/json; charset=klingon",
        "application/json; charset*=utf-7''x",
        "\xe4pplication/json",
    ],
)
async def test_a_body_of_another_type_or_charset_is_refused(
    service: Service, content_type: str | None
) -> None:
    headers = {} if content_type is None else {b"Content-Type": content_type.encode("latin-1")}
    learner = await service.learner()

    answer = await learner.client.post("/tasks", content=b'{"title": "a"}', headers=headers)

    assert (answer.status_code, check_problem(answer)["code"]) == (415, "unsupported_media_type")
    assert (await learner.get("/tasks"))["items"] == []


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "application/json;charset=UTF-8",
        'application/json; charset="utf-8"',
        "Application/JSON; charset=utf8",
        "application/vnd.questboard+json",
    ],
)
async def test_every_spelling_of_json_is_taken(service: Service, content_type: str) -> None:
    learner = await service.learner()

    answer = await learner.client.post(
        "/tasks", content=b'{"title": "a"}', headers={"Content-Type": content_type}
    )

    assert answer.status_code == 201


async def test_no_body_needs_no_type(service: Service) -> None:
    learner = await service.learner()
    task = await learner.create_task()

    answer = await learner.client.post(f"/tasks/{task['id']}/complete")

    assert answer.status_code == 200


LOGIN = b"username=ada%40example.org&password=correct+horse+battery"


@pytest.mark.parametrize("content_type", [FORM, f"{FORM}; charset=utf-8"])
async def test_a_login_is_a_form(service: Service, content_type: str) -> None:
    await service.add_user()

    answer = await service.client().post(
        "/auth/login", content=LOGIN, headers={"Content-Type": content_type}
    )

    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("content_type", "status"),
    [
        (None, 415),
        ("application/json", 415),
        ("text/plain", 415),
        (f"{FORM}; charset=utf-7", 415),
        ("multipart/form-data; charset=utf-7; boundary=x", 415),
        ("multipart/form-data", 400),
        ("multipart/form-data; boundary=x", 400),
    ],
)
async def test_a_login_of_another_type_is_refused(
    service: Service, content_type: str | None, status: int
) -> None:
    await service.add_user()
    headers = {} if content_type is None else {"Content-Type": content_type}

    answer = await service.client().post("/auth/login", content=LOGIN, headers=headers)

    assert answer.status_code == status
    check_problem(answer)


@pytest.mark.parametrize(
    "form", [b"&" * 2000 + LOGIN, b"&".join(b"f%d=1" % n for n in range(2000)), b"username=%00%ff"]
)
async def test_an_absurd_form_is_refused(service: Service, form: bytes) -> None:
    answer = await service.client().post(
        "/auth/login", content=form, headers={"Content-Type": FORM}
    )

    assert answer.status_code in {400, 422}
    check_problem(answer)


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
