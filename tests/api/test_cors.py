"""Web clients on other origins: those that the settings name, and no others."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from app.core.config import Settings
from app.main import create_app
from tests.support.service import BASE_URL, Service

OURS = "https://play.example.org"
OTHERS = ["https://evil.example.org", "http://play.example.org", f"{OURS}.evil.org", "null"]


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A client of an app that lets one other origin in."""
    app = create_app(Settings(data_dir=tmp_path, cors_origins=[OURS]))
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=BASE_URL) as client:
        yield client


def preflight(origin: str, method: str = "POST", *headers: str) -> dict[str, str]:
    """The headers with which a browser asks beforehand."""
    asked = {"Origin": origin, "Access-Control-Request-Method": method}
    return asked | ({"Access-Control-Request-Headers": ", ".join(headers)} if headers else {})


@pytest.mark.parametrize(
    ("path", "status"),
    [("/health", 200), ("http://testserver/no/such/path", 404), ("/config", 500)],
)
async def test_our_origin_may_read_every_answer(
    client: httpx.AsyncClient, path: str, status: int
) -> None:
    answer = await client.get(path, headers={"Origin": OURS})

    assert answer.status_code == status
    assert answer.headers["access-control-allow-origin"] == OURS
    assert "Origin" in answer.headers["vary"]


async def test_our_origin_may_read_a_refused_body(client: httpx.AsyncClient) -> None:
    answer = await client.post("/tasks", content=b" " * 2_000_000, headers={"Origin": OURS})

    assert answer.status_code == 413
    assert answer.headers["access-control-allow-origin"] == OURS


async def test_our_origin_may_read_the_headers_that_clients_need(client: httpx.AsyncClient) -> None:
    answer = await client.get("/health", headers={"Origin": OURS})

    exposed = answer.headers["access-control-expose-headers"]
    assert set(exposed.split(", ")) == {
        "X-Request-ID",
        "Retry-After",
        "RateLimit-Policy",
        "RateLimit",
        "Location",
        "ETag",
        "Content-Disposition",
        "Idempotency-Replayed",
    }


@pytest.mark.parametrize("origin", OTHERS)
async def test_other_origins_may_not_read(client: httpx.AsyncClient, origin: str) -> None:
    answer = await client.get("/health", headers={"Origin": origin})

    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
async def test_our_origin_may_send(client: httpx.AsyncClient, method: str) -> None:
    asked = preflight(
        OURS, method, "Authorization", "Idempotency-Key", "Content-Type", "If-None-Match"
    )

    answer = await client.options("/tasks", headers=asked)

    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == OURS
    assert method in answer.headers["access-control-allow-methods"]
    allowed = answer.headers["access-control-allow-headers"]
    assert {"Authorization", "Content-Type", "Idempotency-Key", "If-None-Match"} <= set(
        allowed.split(", ")
    )


@pytest.mark.parametrize("origin", OTHERS)
async def test_other_origins_may_not_send(client: httpx.AsyncClient, origin: str) -> None:
    answer = await client.options("/tasks", headers=preflight(origin))

    assert answer.status_code == 400
    assert "access-control-allow-origin" not in answer.headers


async def test_cookies_are_never_asked_for(client: httpx.AsyncClient) -> None:
    answer = await client.get("/health", headers={"Origin": OURS})

    assert "access-control-allow-credentials" not in answer.headers
    assert "set-cookie" not in answer.headers


async def test_without_the_setting_no_other_origin_may_read(service: Service) -> None:
    answer = await service.client().get("/health", headers={"Origin": OURS})

    assert "access-control-allow-origin" not in answer.headers
