"""The general limits of users and of visitors, and how answers tell of them."""

from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from app.core.rate_limits import DEFAULT_RATE_LIMITS, Rate, RateLimits
from tests.api.account_steps import (
    EMAIL,
    WRONG_PASSWORD,
    log_in,
    open_tokens,
    refresh,
    refresh_well,
)
from tests.support.contract import check_problem
from tests.support.rates import Told, read_rates
from tests.support.redis import PrivateRedis, provide_redis
from tests.support.service import BASE_URL, Service, run_service
from tests.support.streams import PATH, follow, listen_on_http

ORIGIN = "https://play.example.org"
Change = Callable[[PrivateRedis], None]
SMALL = RateLimits(user=Rate("user", 5, 60), address=Rate("address", 4, 60))


@dataclass
class Rates:
    """Rates that a test may change while the service runs."""

    now: RateLimits = SMALL

    def find(self) -> RateLimits:
        return self.now


@pytest.fixture(scope="module")
def shared_redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrivateRedis]:
    with provide_redis(tmp_path_factory.mktemp("redis")) as redis:
        yield redis


@pytest.fixture
def rates() -> Rates:
    return Rates()


@pytest.fixture(params=["in process", "redis"])
def redis(request: pytest.FixtureRequest) -> PrivateRedis | None:
    if request.param == "in process":
        return None
    redis: PrivateRedis = request.getfixturevalue("shared_redis")
    return redis


@pytest.fixture
async def limited(
    database_url: str, tmp_path: Path, rates: Rates, redis: PrivateRedis | None
) -> AsyncIterator[Service]:
    """The application with small rates."""
    url = None if redis is None else redis.url
    async with run_service(
        database_url, tmp_path, rates.find, redis_url=url, cors_origins=[ORIGIN]
    ) as service:
        yield service
        await service.reset()


async def ask(client: httpx.AsyncClient, times: int, path: str = "/game/profile") -> list[int]:
    return [(await client.get(path)).status_code for _ in range(times)]


def visit_from(service: Service, address: str) -> httpx.AsyncClient:
    """A client without a token, at a network address."""
    transport = httpx.ASGITransport(service.app, client=(address, 4711))
    return httpx.AsyncClient(transport=transport, base_url=BASE_URL)


async def test_each_answer_tells_what_is_left(limited: Service) -> None:
    learner = await limited.learner()
    limited.clock.advance(seconds=17.5)
    told = [read_rates(await learner.client.get("/game/profile")) for _ in range(2)]
    assert told == [{"user": Told(5, 60, 4, 43)}, {"user": Told(5, 60, 3, 43)}]


async def test_a_user_beyond_the_rate_is_told_when_to_come_back(limited: Service) -> None:
    learner = await limited.learner()
    assert await ask(learner.client, 5) == [200] * 5
    limited.clock.advance(seconds=20)
    refusal = await learner.client.get("/game/profile")
    assert refusal.status_code == 429
    assert check_problem(refusal)["code"] == "too_many_requests"
    assert refusal.headers["Retry-After"] == "40"
    assert read_rates(refusal) == {"user": Told(5, 60, 0, 40)}
    limited.clock.advance(seconds=40)
    assert await ask(learner.client, 6) == [200] * 5 + [429]


async def test_all_sessions_of_a_user_share_the_rate_and_no_other_user_does(
    limited: Service,
) -> None:
    learner = await limited.learner()
    other_session = limited.client(await limited.open_session(learner.id))
    assert await ask(learner.client, 3) + await ask(other_session, 3) == [200] * 5 + [429]
    bob = await limited.learner("bob@example.org")
    assert await ask(bob.client, 1) == [200]


async def test_a_refused_request_changes_nothing_and_costs_one_look_up(limited: Service) -> None:
    learner = await limited.learner()
    await ask(learner.client, 5)
    with limited.statements.count() as statements:
        refusal = await learner.client.post("/tasks", json={"title": "One too many"})
    assert refusal.status_code == 429
    assert len(statements) == 1
    limited.clock.advance(minutes=1)
    assert (await learner.get("/tasks"))["items"] == []


async def test_refusals_count_for_what_they_are(limited: Service) -> None:
    learner = await limited.learner()
    assert read_rates(await learner.client.get("/tasks/1"))["user"].remaining == 4
    assert read_rates(await learner.client.post("/tasks", json={}))["user"].remaining == 3
    assert read_rates(await learner.client.get("/users"))["user"].remaining == 2


async def test_event_streams_are_not_counted(limited: Service) -> None:
    learner = await limited.learner()
    await ask(learner.client, 6)
    token = await limited.open_session(learner.id)
    async with listen_on_http(limited.app) as url:
        for _ in range(2):
            async with follow(url, token) as stream:
                assert (await stream.next()).comment == "connected"
    limited.clock.advance(minutes=1)
    assert read_rates(await learner.client.get("/game/profile"))["user"].remaining == 4


async def test_visitors_are_counted_by_address(limited: Service) -> None:
    async with visit_from(limited, "192.0.2.1") as visitor:
        assert await ask(visitor, 4, "/config") == [200] * 4
        refusal = await visitor.get("/no/such/path")
    assert refusal.status_code == 429
    assert check_problem(refusal)["code"] == "too_many_requests"
    assert refusal.headers["Retry-After"] == "60"
    assert read_rates(refusal) == {"address": Told(4, 60, 0, 60)}
    async with visit_from(limited, "192.0.2.2") as other:
        assert await ask(other, 1, "/config") == [200]


async def test_an_ipv6_host_is_one_visitor(limited: Service) -> None:
    for number in range(4):
        async with visit_from(limited, f"2001:db8:1:2::{number}") as visitor:
            assert await ask(visitor, 1, "/config") == [200]
    async with visit_from(limited, "2001:db8:1:2:ffff::") as visitor:
        assert await ask(visitor, 1, "/config") == [429]
    async with visit_from(limited, "2001:db8:1:3::") as visitor:
        assert await ask(visitor, 1, "/config") == [200]


async def test_users_go_on_where_visitors_may_not(limited: Service) -> None:
    learner = await limited.learner()
    assert await ask(limited.client(), 5, "/config") == [200] * 4 + [429]
    assert await ask(learner.client, 1) == [200]


@pytest.mark.parametrize("token", ["x", "of a session that ended"])
async def test_who_tries_tokens_is_a_visitor(limited: Service, token: str) -> None:
    if token != "x":
        learner = await limited.learner()
        token = await limited.open_session(learner.id)
        await limited.parts.sessions.end_others(learner.id, None)
    thief = limited.client(token)
    assert await ask(thief, 4) == [401] * 4
    refusal = await thief.get("/game/profile")
    assert (refusal.status_code, check_problem(refusal)["code"]) == (429, "too_many_requests")
    assert await ask(thief, 1, PATH) == [429]


@pytest.mark.parametrize("path", ["/health", "/health/ready", "http://testserver/api/health"])
async def test_whoever_watches_the_service_is_not_counted(limited: Service, path: str) -> None:
    answers = [await limited.client().get(path) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 6
    assert [read_rates(answer) for answer in answers] == [{}] * 6


async def test_pages_are_not_counted(limited: Service) -> None:
    assert await ask(limited.client(), 6, "http://testserver/") == [200] * 6


async def test_an_account_that_has_to_wait_says_so_in_the_same_fields(
    limited: Service, rates: Rates
) -> None:
    rates.now = DEFAULT_RATE_LIMITS
    for _ in range(10):
        await log_in(limited.client(), EMAIL, WRONG_PASSWORD)
    refusal = await log_in(limited.client(), EMAIL, WRONG_PASSWORD)
    assert check_problem(refusal)["code"] == "too_many_attempts"
    assert refusal.headers["Retry-After"] == "30"
    assert read_rates(refusal) == {
        "address": Told(3000, 60, 2989, 60),
        "failed-login": Told(10, 900, 0, 30),
    }


async def test_a_session_is_refreshed_so_often_and_no_other_is_kept_from_it(
    limited: Service, rates: Rates
) -> None:
    rates.now = RateLimits(refreshes_of_session=Rate("session-refresh", 3, 900))
    await limited.add_user()
    token, other = [(await open_tokens(limited))["refresh_token"] for _ in range(2)]
    for _ in range(3):
        token = (await refresh_well(limited, token))["refresh_token"]
    refusal = await refresh(limited, token)
    assert (refusal.status_code, check_problem(refusal)["code"]) == (429, "too_many_attempts")
    assert read_rates(refusal)["session-refresh"] == Told(3, 900, 0, 900)
    await refresh_well(limited, other)
    limited.clock.advance(minutes=15)
    await refresh_well(limited, token)


async def test_rates_change_while_the_service_runs(limited: Service, rates: Rates) -> None:
    learner = await limited.learner()
    assert await ask(learner.client, 6) == [200] * 5 + [429]
    rates.now = RateLimits(user=Rate("user", 8, 60))
    assert await ask(learner.client, 3) == [200, 200, 429]
    rates.now = RateLimits(user=Rate("user", 2, 10))
    assert await ask(learner.client, 3) == [200, 200, 429]


async def test_by_default_a_client_may_send_a_hundred_changes_at_once(
    limited: Service, rates: Rates
) -> None:
    rates.now = DEFAULT_RATE_LIMITS
    learner = await limited.learner()
    tasks = [await learner.create_task() for _ in range(100)]
    for task in tasks:
        await learner.post(f"/tasks/{task['id']}/complete")
        await learner.get(f"/tasks/{task['id']}")
    left = read_rates(await learner.client.get("/game/profile"))["user"].remaining
    assert left == 600 - 301


async def test_web_clients_elsewhere_can_read_it(limited: Service) -> None:
    answers = [await limited.client().get("/config", headers={"Origin": ORIGIN}) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [200] * 4 + [429]
    for answer in answers:
        assert answer.headers["access-control-allow-origin"] == ORIGIN
        exposed = answer.headers["access-control-expose-headers"].split(", ")
        assert {"Retry-After", "RateLimit", "RateLimit-Policy"} <= set(exposed)


async def test_asking_beforehand_is_not_counted(limited: Service) -> None:
    asked = {"Origin": ORIGIN, "Access-Control-Request-Method": "POST"}
    answers = [await limited.client().options("/tasks", headers=asked) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 6


async def test_two_processes_share_the_rates_over_redis(
    limited: Service, rates: Rates, redis: PrivateRedis | None, database_url: str, tmp_path: Path
) -> None:
    url = None if redis is None else redis.url
    learner = await limited.learner()
    async with run_service(database_url, tmp_path, rates.find, redis_url=url) as other:
        client = other.client(await limited.open_session(learner.id))
        answers = await ask(learner.client, 3) + await ask(client, 3)
    assert answers == [200] * 5 + [200 if redis is None else 429]


@pytest.mark.parametrize("redis", ["redis"], indirect=True)
@pytest.mark.parametrize(
    ("lose", "give_back"),
    [(PrivateRedis.stop, PrivateRedis.start), (PrivateRedis.freeze, PrivateRedis.thaw)],
)
async def test_without_redis_requests_are_answered_and_counted(
    limited: Service, redis: PrivateRedis, lose: Change, give_back: Change
) -> None:
    learner = await limited.learner()
    assert await ask(learner.client, 2) == [200] * 2
    lose(redis)
    try:
        assert await ask(learner.client, 6) == [200] * 5 + [429]
        assert (await log_in(limited.client())).status_code == 200
    finally:
        give_back(redis)
