"""Every refusal has the one form, and a defect of ours gives nothing away."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import httpx
import pytest

from app.core.config import Settings
from app.core.rate_limits import DEFAULT_RATE_LIMITS
from app.core.roles import Role
from app.main import create_app
from tests.support.contract import check_problem
from tests.support.logs import listen
from tests.support.service import BASE_URL, Service

Provoke = Callable[[Service], Awaitable[httpx.Response]]


async def _ask_without_a_token(service: Service) -> httpx.Response:
    return await service.client().get("/tasks")


async def _ask_without_the_right(service: Service) -> httpx.Response:
    return await (await service.learner()).client.get("/users")


async def _ask_for_an_unknown_path(service: Service) -> httpx.Response:
    return await service.client().get("/no/such/path")


async def _ask_beyond_the_api(service: Service) -> httpx.Response:
    return await service.client().get("http://testserver/no-such-page")


async def _ask_for_another_version(service: Service) -> httpx.Response:
    return await service.client().get("http://testserver/api/v2/health")


async def _ask_with_a_slash_too_many(service: Service) -> httpx.Response:
    return await service.client().get("/health/")


async def _ask_by_a_wrong_method(service: Service) -> httpx.Response:
    return await service.client().delete("/health")


async def _ask_for_nothing(service: Service) -> httpx.Response:
    return await (await service.learner()).client.get("/tasks/4711")


async def _delete_oneself(service: Service) -> httpx.Response:
    admin = await service.learner(is_superuser=True, role=Role.ADMIN)
    return await admin.client.delete(f"/users/{admin.id}")


async def _send_too_much(service: Service) -> httpx.Response:
    return await service.client().post("/auth/register", content=b" " * (1024 * 1024 + 1))


async def _send_a_text(service: Service) -> httpx.Response:
    headers = {"Content-Type": "text/plain"}
    return await service.client().post("/auth/register", content=b"hello", headers=headers)


async def _send_half_a_body(service: Service) -> httpx.Response:
    headers = {"Content-Type": "application/json"}
    return await service.client().post("/auth/verify", content=b'{"token": ', headers=headers)


async def _send_a_key_twice(service: Service) -> httpx.Response:
    headers = {"Content-Type": "application/json"}
    body = b'{"token": "a", "token": "b"}'
    return await service.client().post("/auth/verify", content=body, headers=headers)


async def _guess_too_often(service: Service) -> httpx.Response:
    guess = {"username": "ada@example.org", "password": "guess"}
    for _ in range(DEFAULT_RATE_LIMITS.failed_logins.free_failures):
        await service.client().post("/auth/login", data=guess)
    return await service.client().post("/auth/login", data=guess)


@pytest.mark.parametrize(
    ("provoke", "status", "code"),
    [
        (_send_a_key_twice, 400, "bad_request"),
        (_ask_without_a_token, 401, "invalid_token"),
        (_ask_without_the_right, 403, "superuser_required"),
        (_ask_for_an_unknown_path, 404, "not_found"),
        (_ask_beyond_the_api, 404, "not_found"),
        (_ask_for_another_version, 404, "not_found"),
        (_ask_with_a_slash_too_many, 404, "not_found"),
        (_ask_for_nothing, 404, "task_not_found"),
        (_ask_by_a_wrong_method, 405, "method_not_allowed"),
        (_delete_oneself, 409, "own_account"),
        (_send_too_much, 413, "body_too_large"),
        (_send_a_text, 415, "unsupported_media_type"),
        (_send_half_a_body, 422, "validation_error"),
        (_guess_too_often, 429, "too_many_attempts"),
    ],
)
async def test_a_refusal_is_a_problem_document(
    service: Service, provoke: Provoke, status: int, code: str
) -> None:
    answer = await provoke(service)

    problem = check_problem(answer)
    assert (answer.status_code, problem["code"]) == (status, code)


async def test_an_unknown_caller_is_told_how_to_authenticate(service: Service) -> None:
    answer = await _ask_without_a_token(service)

    assert answer.headers["www-authenticate"] == "Bearer"


async def test_who_tries_too_often_is_told_when_to_come_back(service: Service) -> None:
    answer = await _guess_too_often(service)

    assert int(answer.headers["retry-after"]) > 0


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/health", "GET"),
        ("/tasks", "GET, POST"),
        ("/tasks/12", "DELETE, GET, PATCH, PUT"),
        ("/12/tasks/12", "DELETE, GET, PATCH, PUT"),
        ("http://testserver/docs", "GET"),
    ],
)
async def test_a_wrong_method_is_told_the_right_ones(
    service: Service, path: str, allowed: str
) -> None:
    answer = await service.client().request("REPORT", path)

    assert (answer.status_code, answer.headers["allow"]) == (405, allowed)
    check_problem(answer)


async def test_a_misfit_says_where_and_why_but_not_what(service: Service) -> None:
    answer = await service.client().post(
        "/auth/register", json={"email": "no address", "password": "my secret"}
    )

    problem = check_problem(answer)
    assert [error["loc"] for error in problem["errors"]] == [["body", "email"]]
    assert problem["errors"][0].keys() == {"loc", "msg", "type"}
    assert "my secret" not in answer.text


@pytest.mark.parametrize("character", ["x", "\x01", "\ud800", "\N{DRAGON}", '"'])
async def test_long_names_of_unknown_fields_do_not_fill_the_answer(
    service: Service, character: str
) -> None:
    body = json.dumps({f"{character * 500}{number}": 1 for number in range(30)})

    answer = await service.client().post(
        "/auth/verify", content=body, headers={"Content-Type": "application/json"}
    )

    assert 0 < len(check_problem(answer)["errors"]) <= 10


@pytest.fixture
async def broken(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A client of an app that was never opened: whatever needs its parts meets a defect."""
    app = create_app(Settings(data_dir=tmp_path, cors_origins=["https://play.example.org"]))
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=BASE_URL) as client:
        yield client


async def test_a_defect_is_a_problem_document(broken: httpx.AsyncClient) -> None:
    answer = await broken.get("/config")

    problem = check_problem(answer)
    assert (answer.status_code, problem["code"]) == (500, "internal_error")
    assert "parts" not in answer.text


async def test_a_defect_has_the_security_headers(broken: httpx.AsyncClient) -> None:
    answer = await broken.get("/config")

    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"


async def test_a_defect_can_be_read_by_a_web_client(broken: httpx.AsyncClient) -> None:
    answer = await broken.get("/config", headers={"Origin": "https://play.example.org"})

    assert answer.headers["access-control-allow-origin"] == "https://play.example.org"


async def test_a_defect_is_logged_with_its_request_and_without_secrets(
    broken: httpx.AsyncClient,
) -> None:
    with listen() as log:
        answer = await broken.post("/auth/login", data={"username": "ada", "password": "hunter2"})

    line = next(line for line in log.lines if line["event"] == "unhandled_error")
    assert line["request_id"] == answer.headers["x-request-id"]
    assert line["exception"][0]["exc_type"] == "AttributeError"
    assert "hunter2" not in log.getvalue()


async def test_a_defect_is_logged_without_secrets_on_a_terminal_too(
    broken: httpx.AsyncClient,
) -> None:
    with listen(is_terminal=True) as log:
        await broken.post("/auth/login", data={"username": "ada", "password": "hunter2"})

    assert "AttributeError" in log.getvalue()
    assert "hunter2" not in log.getvalue()
