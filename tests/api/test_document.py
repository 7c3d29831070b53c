"""The OpenAPI document as it is served: made once, beside other requests, and not sent again."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from app.api.document import DOCUMENT_PATH
from app.core.rate_limits import Rate, RateLimits
from tests.support.contract import check_problem
from tests.support.service import BASE_URL, Service, run_service

HOST = "http://testserver"
SMALL = RateLimits(user=Rate("user", 2, 60), address=Rate("address", 2, 60))


async def ask(service: Service, **headers: str) -> httpx.Response:
    """The answer to who asks for the document."""
    return await service.client().get(f"{HOST}{DOCUMENT_PATH}", headers=headers)


@pytest.fixture
async def limited(database_url: str, tmp_path: Path) -> AsyncIterator[Service]:
    """A service of its own, which takes two requests a minute."""
    async with run_service(database_url, tmp_path, find_rates=lambda: SMALL) as service:
        yield service


async def test_it_is_the_document_of_the_app(service: Service) -> None:
    answer = await ask(service)

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == service.app.openapi()


async def test_it_may_be_kept_by_all_who_ask_before_they_use_it(service: Service) -> None:
    answer = await ask(service)

    assert answer.headers["cache-control"] == "public, no-cache"
    assert "vary" not in answer.headers


async def test_who_has_it_is_not_sent_it_again(service: Service) -> None:
    first = await ask(service)
    again = await ask(service, **{"If-None-Match": first.headers["etag"]})

    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert again.headers["cache-control"] == first.headers["cache-control"]


async def test_who_has_another_is_sent_it(service: Service) -> None:
    answer = await ask(service, **{"If-None-Match": '"of another release"'})

    assert answer.status_code == 200


async def test_its_head_can_be_asked_for(service: Service) -> None:
    head = await service.client().head(f"{HOST}{DOCUMENT_PATH}")

    assert head.status_code == 200
    assert head.headers["etag"] == (await ask(service)).headers["etag"]


async def test_all_get_the_same_whenever_they_ask(service: Service) -> None:
    answers = await asyncio.gather(*(ask(service) for _ in range(5)))

    assert len({(answer.headers["etag"], answer.content) for answer in answers}) == 1


async def test_others_are_served_while_it_is_made(database_url: str, tmp_path: Path) -> None:
    async with run_service(database_url, tmp_path) as fresh:
        asking, turns = asyncio.create_task(ask(fresh)), 0
        while not asking.done():
            await asyncio.sleep(0)
            turns += 1

    assert (await asking).status_code == 200
    assert turns > 100  # made on the event loop, it would leave the others about ten


async def test_it_is_counted_as_a_visit_whatever_token_is_sent(limited: Service) -> None:
    for _ in range(2):
        assert (await ask(limited, Authorization="Bearer nonsense")).status_code == 200
    refused = await ask(limited, Authorization="Bearer nonsense")

    assert refused.status_code == 429
    assert check_problem(refused)["code"] == "too_many_requests"
    assert (await limited.client().get(f"{BASE_URL}/config")).status_code == 429
