"""Is it alive, is it ready, and what may a client know?"""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.core import limits
from app.core.listing import MAX_PAGE_SIZE
from app.core.version import API_VERSION, VERSION
from app.game.rules import RULES
from tests.support.contract import check_problem
from tests.support.databases import migrate_url
from tests.support.logs import listen
from tests.support.process import free_port
from tests.support.service import Service, run_service


@pytest.fixture(params=["no server", "no such database"])
async def lost(
    request: pytest.FixtureRequest, database_url: str, tmp_path: Path
) -> AsyncIterator[Service]:
    """The service, without its database."""
    url = {
        "no server": f"postgresql+asyncpg://nobody@127.0.0.1:{free_port()}/nothing",
        "no such database": f"{database_url}_missing/name",
    }[request.param]
    async with run_service(url, tmp_path) as service:
        yield service


async def test_it_is_alive(service: Service) -> None:
    answer = await service.client().get("/health")

    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


async def test_it_is_ready(service: Service) -> None:
    answer = await service.client().get("/health/ready")

    assert answer.status_code == 200
    assert answer.json() == {
        "status": "ok",
        "database": "ok",
        "migrations": "ok",
        "redis": "none",
    }


async def test_it_is_alive_without_its_database(lost: Service) -> None:
    answer = await lost.client().get("/health")

    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


async def test_it_is_not_ready_without_its_database(lost: Service) -> None:
    answer = await lost.client().get("/health/ready")

    assert (answer.status_code, check_problem(answer)["code"]) == (503, "database_unavailable")
    assert int(answer.headers["retry-after"]) > 0


async def test_the_operator_is_told_why(lost: Service) -> None:
    with listen() as log:
        await lost.client().get("/health/ready")

    line = next(line for line in log.lines if line["event"] == "unavailable")
    assert (line["level"], line["code"]) == ("warning", "database_unavailable")
    assert re.match(r"\w+Error: .+", line["cause"])


async def test_a_login_without_the_database_says_to_come_back(lost: Service) -> None:
    answer = await lost.client().post("/auth/login", data={"username": "ada", "password": "x" * 10})

    assert (answer.status_code, check_problem(answer)["code"]) == (503, "database_unavailable")


async def test_it_is_not_ready_before_its_database_is_migrated(tmp_path: Path) -> None:
    async with run_service(f"sqlite+aiosqlite:///{tmp_path}/empty.sqlite3", tmp_path) as service:
        answer = await service.client().get("/health/ready")

    assert (answer.status_code, check_problem(answer)["code"]) == (503, "not_migrated")


async def test_it_becomes_ready_when_it_is_migrated(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/late.sqlite3"
    async with run_service(url, tmp_path) as service:
        before = await service.client().get("/health/ready")
        migrate_url(url)
        after = await service.client().get("/health/ready")

    assert (before.status_code, after.status_code) == (503, 200)


async def test_a_client_may_know_versions_limits_and_features(service: Service) -> None:
    answer = await service.client().get("/config")

    assert answer.status_code == 200
    assert answer.json() == {
        "version": VERSION,
        "api_version": API_VERSION,
        "rules_version": RULES.version,
        "access_token_seconds": service.parts.settings.access_token_expire_seconds,
        "limits": {
            "max_body_bytes": limits.MAX_BODY_BYTES,
            "max_page_size": MAX_PAGE_SIZE,
            "min_password_length": limits.MIN_PASSWORD_LENGTH,
            "max_password_length": limits.MAX_PASSWORD_LENGTH,
            "paid_tasks_per_day": RULES.paid_tasks_per_day,
            "idempotency_key_seconds": limits.IDEMPOTENCY_KEY_SECONDS,
            "user_requests_per_minute": service.parts.limiter.rates.user.count,
            "address_requests_per_minute": service.parts.limiter.rates.address.count,
        },
        "features": {"registration": True, "external_registration": False, "mail": False},
        "notice": None,
    }


async def test_the_published_limits_are_those_of_the_design(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/untouched.sqlite3"
    async with run_service(url, tmp_path, find_rates=None) as service:
        published = (await service.client().get("/config")).json()["limits"]

    assert published == {
        "max_body_bytes": 1_048_576,
        "max_page_size": 100,
        "min_password_length": 10,
        "max_password_length": 128,
        "paid_tasks_per_day": 20,
        "idempotency_key_seconds": 86_400,
        "user_requests_per_minute": 600,
        "address_requests_per_minute": 3000,
    }


async def test_a_client_may_know_that_mails_are_sent(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/mail.sqlite3"
    async with run_service(url, tmp_path, mail_server="mail.example.org") as service:
        answer = await service.client().get("/config")

    assert answer.json()["features"]["mail"] is True
