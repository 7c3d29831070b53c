"""What settings do once they are changed: GET /config is true, doors close, limits hold."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.schemas.users import AdminUserCreate
from tests.api.account_steps import register
from tests.api.config_steps import admin, change, read_config
from tests.api.task_steps import check_refusal
from tests.support.issuers import BETTER_AUTH, SECRET, better_auth_claims, sign_shared
from tests.support.rates import read_rates
from tests.support.service import PASSWORD, Service, run_service


@pytest.fixture
async def live(database_url: str, tmp_path: Path) -> AsyncIterator[Service]:
    """The service with the rates that admins set, and with another issuer."""
    issuer = {"better_auth_url": BETTER_AUTH, "better_auth_secret": SECRET}
    async with run_service(database_url, tmp_path, None, **issuer) as service:
        yield service
        await service.reset()


async def test_clients_are_told_of_features_and_notice(live: Service) -> None:
    root = await admin(live)
    assert (await read_config(live))["features"] == {
        "registration": True,
        "external_registration": True,
        "mail": False,
    }

    await change(root, registration_open=False, external_registration_open=False, notice="Soon.")

    told = await read_config(live)
    assert (told["features"]["registration"], told["notice"]) == (False, "Soon.")
    assert told["features"]["external_registration"] is False


async def test_who_has_the_present_config_gets_none(live: Service) -> None:
    root, client = await admin(live), live.client()
    tag = (await client.get("/config")).headers["etag"]
    given = {"If-None-Match": tag}

    same = await client.get("/config", headers=given)
    await change(root, notice="Soon.")
    other = await client.get("/config", headers=given)
    await change(root, notice=None)
    again = await client.get("/config", headers=given)

    assert (same.status_code, same.content) == (304, b"")
    assert (other.status_code, other.json()["notice"]) == (200, "Soon.")
    assert other.headers["etag"] != tag
    assert again.status_code == 304


async def test_config_costs_no_statement(live: Service) -> None:
    await change(await admin(live), notice="Soon.")

    with live.statements.count() as statements:
        await read_config(live)

    assert statements == []


async def test_nobody_registers_while_that_is_closed(live: Service) -> None:
    root, visitor = await admin(live), live.client()
    await change(root, registration_open=False)

    check_refusal(await register(visitor), 403, "registration_closed")
    given = {"email": "eve@example.org", "password": PASSWORD}
    superuser = await live.learner("super@example.org", is_superuser=True)
    assert (await superuser.client.post("/users", json=given)).status_code == 201
    prepared = await live.parts.administration.prepare(
        AdminUserCreate(email="cy@example.org", password=PASSWORD)
    )
    async with live.parts.database.writing() as transaction:
        await live.parts.administration.create(transaction.uow, prepared)

    await change(root, registration_open=None)
    assert (await register(visitor)).status_code == 201


async def test_a_closed_door_says_nothing_of_addresses(live: Service) -> None:
    await live.add_user("ada@example.org")
    await change(await admin(live), registration_open=False)

    check_refusal(await register(live.client(), "ada@example.org"), 403, "registration_closed")


async def test_other_issuers_have_a_door_of_their_own(live: Service) -> None:
    root = await admin(live)
    known, new = (
        live.client(sign_shared(better_auth_claims(subject, email=f"{subject}@example.org")))
        for subject in ("known", "new")
    )
    await change(root, registration_open=False)
    assert (await known.get("/users/me")).status_code == 200

    await change(root, registration_open=None, external_registration_open=False)

    assert (await known.get("/users/me")).status_code == 200
    check_refusal(await new.get("/users/me"), 403, "registration_closed")
    assert (await register(live.client())).status_code == 201

    await change(root, external_registration_open=None)
    assert (await new.get("/users/me")).status_code == 200


async def test_a_process_that_never_read_the_settings_reads_them_first(
    live: Service, database_url: str, tmp_path: Path
) -> None:
    """Nothing that is closed is open for a moment at the start."""
    await change(await admin(live), registration_open=False)

    async with run_service(database_url, tmp_path) as fresh:
        answer = await register(fresh.client())

    check_refusal(answer, 403, "registration_closed")


async def test_limits_hold_at_once(live: Service) -> None:
    root = await admin(live)
    ada = await live.learner()
    assert read_rates(await ada.client.get("/tasks"))["user"].quota == 600

    await change(root, user_requests_per_minute=30, registrations_per_hour=1)

    limits = (await read_config(live))["limits"]
    assert limits["user_requests_per_minute"] == 30
    answers = [await ada.client.get("/tasks") for _ in range(30)]
    assert read_rates(answers[0])["user"].quota == 30
    assert [answer.status_code for answer in answers] == [200] * 29 + [429]
    assert (await register(live.client(), "cy@example.org")).status_code == 201
    refused = await register(live.client(), "eve@example.org")
    assert refused.status_code == 429

    await change(root, user_requests_per_minute=None)
    assert (await ada.client.get("/tasks")).status_code == 200


async def test_each_change_holds_for_whoever_asks_after_it(live: Service) -> None:
    """However many ask meanwhile."""
    root = await admin(live)
    for number in range(5):
        reads = [asyncio.create_task(read_config(live)) for _ in range(5)]
        await change(root, notice=f"Notice {number}")
        assert (await read_config(live))["notice"] == f"Notice {number}"
        await asyncio.gather(*reads)
