"""GET /metrics: who may read it, and whether it tells the truth."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from app.core.config import Environment, SettingsError, load_settings
from app.core.errors import UnavailableError
from app.db.session import Database
from tests.api.account_steps import (
    EMAIL,
    WRONG_PASSWORD,
    client_at,
    log_in,
    open_tokens,
    refresh,
    refresh_well,
)
from tests.support.contract import check_problem
from tests.support.metrics import Watch, parse, value_of
from tests.support.service import Service

METRICS = "http://testserver/metrics"
TOKEN = "a-token-for-prometheus"


@contextmanager
def settings_of(service: Service, **changes: Any) -> Iterator[None]:
    """The running service under other settings."""
    parts = service.parts
    before = parts.settings
    object.__setattr__(parts, "settings", before.model_copy(update=changes))
    try:
        yield
    finally:
        object.__setattr__(parts, "settings", before)


async def ask(service: Service, address: str = "127.0.0.1", **headers: str) -> httpx.Response:
    async with client_at(service, address) as client:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return await client.get(METRICS, headers=named)


async def test_it_is_text_as_prometheus_reads_it(service: Service) -> None:
    answer = await ask(service)

    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=")
    assert answer.headers["cache-control"] == "no-store"
    assert len(parse(answer.text)) > 50


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.9.1", "::1", "::ffff:127.0.0.1"])
async def test_this_machine_may_read_it(service: Service, address: str) -> None:
    assert (await ask(service, address)).status_code == 200


@pytest.mark.parametrize("address", ["192.0.2.1", "10.0.0.1", "2001:db8::1", "unknown", ""])
async def test_others_may_not(service: Service, address: str) -> None:
    answer = await ask(service, address)

    assert answer.status_code == 403
    assert check_problem(answer)["code"] == "metrics_private"
    assert "questboard_" not in answer.text


@pytest.mark.parametrize(
    "header", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "Via", "X-Forwarded-Host"]
)
async def test_what_came_through_a_proxy_of_this_machine_may_not(
    service: Service, header: str
) -> None:
    async with client_at(service, "127.0.0.1") as client:
        answer = await client.get(METRICS, headers={header: "127.0.0.1"})

    assert answer.status_code == 403


async def test_other_networks_may_by_setting(service: Service) -> None:
    with settings_of(service, metrics_allowed=["10.0.0.0/8", "2001:db8::/32"]):
        statuses = [
            (await ask(service, address)).status_code
            for address in ("10.1.2.3", "2001:db8::7", "127.0.0.1", "11.0.0.1")
        ]

    assert statuses == [200, 200, 403, 403]


async def test_in_production_loopback_has_to_be_meant(service: Service) -> None:
    """A proxy on the same machine may add no header that tells of it."""
    with settings_of(service, environment=Environment.PRODUCTION):
        assert (await ask(service)).status_code == 403
        with settings_of(service, metrics_allowed=["127.0.0.0/8"]):
            assert (await ask(service)).status_code == 200


async def test_anybody_may_by_setting(service: Service) -> None:
    with settings_of(service, metrics_allowed=["*"]):
        assert (await ask(service, "192.0.2.1")).status_code == 200
        assert (await ask(service, "192.0.2.1", X_Forwarded_For="192.0.2.1")).status_code == 403


async def test_with_a_token_it_alone_counts(service: Service) -> None:
    with settings_of(service, metrics_token=SecretStr(TOKEN)):
        answers = [
            await ask(service, "192.0.2.1", Authorization=f"Bearer {TOKEN}"),
            await ask(service, X_Forwarded_For="1.2.3.4", Authorization=f"Bearer {TOKEN}"),
            await ask(service, "127.0.0.1"),
            await ask(service, "127.0.0.1", Authorization=f"Bearer {TOKEN}x"),
            await ask(service, "127.0.0.1", Authorization=TOKEN),
        ]

    assert [answer.status_code for answer in answers] == [200, 200, 401, 401, 401]
    assert check_problem(answers[2])["code"] == "metrics_token_required"
    assert answers[2].headers["www-authenticate"] == "Bearer"


async def test_a_token_of_a_user_opens_nothing(service: Service) -> None:
    access = await service.open_session(await service.add_user(is_superuser=True))
    with settings_of(service, metrics_token=SecretStr(TOKEN)):
        assert (await ask(service, Authorization=f"Bearer {access}")).status_code == 401


@pytest.mark.parametrize(
    ("setting", "value", "message"),
    [
        ("metrics_token", "short", "METRICS_TOKEN: "),
        ("metrics_allowed", "localhost", "METRICS_ALLOWED: should be addresses or networks"),
        ("audit_kept_days", "0", "AUDIT_KEPT_DAYS: "),
    ],
)
def test_a_wrong_setting_stops_the_start(setting: str, value: str, message: str) -> None:
    with pytest.raises(SettingsError, match=message) as error:
        load_settings(_env_file=None, **{setting: value})
    assert "short" not in str(error.value)


async def test_it_is_not_part_of_the_api(service: Service) -> None:
    document = (await service.client().get("http://testserver/openapi.json")).json()

    assert "/metrics" not in document["paths"]
    assert (await service.client().get("/metrics")).status_code == 404


async def test_requests_are_counted_by_template(service: Service) -> None:
    learner = await service.learner()
    task = await learner.create_task()
    watch = Watch()
    for _ in range(3):
        await learner.get(f"/tasks/{task['id']}")
    await learner.client.get("/tasks/999999")
    await learner.client.get("/no/such/path")

    one = {"method": "GET", "route": "/api/v1/tasks/{task_id}"}
    name = "questboard_http_requests_total"
    assert watch.grown(name, status="2xx", **one) == 3
    assert watch.grown(name, status="4xx", **one) == 1
    assert watch.grown(name, status="4xx", method="GET", route="unmatched") == 1
    assert watch.grown("questboard_http_request_seconds_count", **one) == 4


async def test_what_is_under_way_is_seen_and_ends(service: Service) -> None:
    samples = parse((await ask(service)).text)
    afterwards = Watch()

    assert value_of(samples, "questboard_http_requests_in_flight") >= 1  # this one
    assert afterwards.grown("questboard_http_requests_in_flight") == 0


async def test_logins_and_refreshes_are_counted_by_outcome(service: Service) -> None:
    await service.add_user()
    watch = Watch()
    first = await open_tokens(service)
    for _ in range(12):
        await log_in(service.client(), EMAIL, WRONG_PASSWORD)
    second = await refresh_well(service, first["refresh_token"])
    await refresh_well(service, second["refresh_token"])
    await refresh(service, first["refresh_token"])
    await refresh(service, first["refresh_token"])

    grown = {
        outcome: watch.grown("questboard_logins_total", outcome=outcome)
        for outcome in ("ok", "failed", "throttled")
    }
    assert grown == {"ok": 1, "failed": 10, "throttled": 2}
    for outcome, count in {"ok": 2, "replayed": 1, "refused": 1}.items():
        assert watch.grown("questboard_refreshes_total", outcome=outcome) == count


async def test_rewards_are_counted_once_committed(service: Service) -> None:
    learner = await service.learner()
    task = await learner.create_task(difficulty="medium")
    watch = Watch()
    await learner.post(f"/tasks/{task['id']}/complete", {})
    await learner.post(f"/tasks/{task['id']}/complete", {})
    await learner.post(f"/tasks/{task['id']}/undo", {})

    paid = {"currency": "xp", "reason": "task_completed"}
    assert watch.grown("questboard_rewards_paid_total", **paid) == 20
    assert watch.grown("questboard_rewards_taken_total", currency="xp", reason="undo") >= 20


async def test_what_is_taken_back_with_its_transaction_is_not_counted(service: Service) -> None:
    learner = await service.learner()
    task = await learner.create_task(difficulty="medium")
    watch = Watch()
    # A defect after all was done, just before the commit.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("app.api.route.keep_answer", None)
        answer = await learner.client.post(f"/tasks/{task['id']}/complete", json={})

    assert answer.status_code == 500
    paid = {"currency": "xp", "reason": "task_completed"}
    assert watch.grown("questboard_rewards_paid_total", **paid) == 0
    assert (await learner.get("/game/profile"))["xp"] == 0


async def test_statements_are_measured_by_kind(service: Service) -> None:
    learner = await service.learner()
    watch = Watch()
    await learner.create_task()

    name = "questboard_db_statement_seconds_count"
    assert watch.grown(name, kind="select") >= 1
    assert watch.grown(name, kind="insert") >= 1
    assert watch.grown("questboard_db_statement_seconds_sum", kind="insert") > 0


async def test_mails_are_counted(service: Service) -> None:
    watch = Watch()
    body = {"email": EMAIL, "password": "correct horse battery"}
    await service.client().post("/auth/register", json=body)
    await service.settle()

    assert watch.grown("questboard_mails_total", outcome="sent") == 1


async def test_open_streams_are_seen(service: Service) -> None:
    learner = await service.learner()
    watch = Watch()
    async with service.parts.events.subscribe(learner.id):
        assert watch.grown("questboard_event_streams") == 1
    assert watch.grown("questboard_event_streams") == 0


@asynccontextmanager
async def small_pool(url: str) -> AsyncIterator[Database]:
    whole = Database.from_url(url, 1)
    try:
        yield Database(whole.engines, slot_timeout_seconds=0.05)
    finally:
        await whole.dispose()


async def test_waiting_for_a_connection_is_seen_and_its_refusal_counted(database_url: str) -> None:
    async with small_pool(database_url) as database:
        kind = "writing" if "sqlite" in database_url else "shared"
        watch = Watch()
        async with database.writing():
            assert watch.grown("questboard_db_connections_in_use", pool=kind) == 1
            waiter = asyncio.create_task(write_nothing(database))
            await asyncio.sleep(0)
            assert watch.grown("questboard_db_waiting", pool=kind) == 1
            with pytest.raises(UnavailableError):
                await waiter
        assert watch.grown("questboard_db_refusals_total", code="database_busy") == 1
        assert watch.grown("questboard_db_waiting", pool=kind) == 0
        assert watch.grown("questboard_db_connections_in_use", pool=kind) == 0


async def write_nothing(database: Database) -> None:
    async with database.writing():
        pass
