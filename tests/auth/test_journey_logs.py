"""A whole journey at the level "debug": every line has its request and user, and no line a secret."""

import io
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from tests.api.account_steps import (
    EMAIL,
    NEW_PASSWORD,
    WRONG_PASSWORD,
    ask_for_reset,
    ask_for_verification,
    log_in,
    open_tokens,
    read_mails,
    refresh,
    refresh_well,
    register,
    reset_password,
    token_in,
    verify,
)
from tests.support.logs import Stream, listen
from tests.support.service import PASSWORD, Service

KEY = "idempotency-key-4711-canary"
TITLE = "a-title-that-is-nobody-elses-business"
FORGED = "eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJjYW5hcnkifQ.canary-signature"


@pytest.fixture
def log() -> Iterator[Stream]:
    with listen(level="debug") as stream:
        yield stream


async def go(service: Service) -> list[str]:
    """Do all that has to do with secrets. Gives those that came up on the way."""
    await register(service.client())
    mails = await read_mails(service)
    secrets = [token_in(mails[0])]
    await verify(service, secrets[0])
    await log_in(service.client(), EMAIL, WRONG_PASSWORD)
    first = await open_tokens(service)
    second = await refresh_well(service, first["refresh_token"])
    third = await refresh_well(service, second["refresh_token"])
    client = service.client(third["access_token"])
    for _ in range(2):
        await client.post("/tasks", json={"title": TITLE}, headers={"Idempotency-Key": KEY})
    change = {"password": NEW_PASSWORD, "current_password": PASSWORD}
    await client.patch("/users/me", json=change)
    await client.patch("/users/me", json={"email": "b@example.org", "current_password": "wrong"})
    secrets.append(await ask_for_reset(service))
    await reset_password(service, secrets[-1], PASSWORD)
    await reset_password(service, secrets[-1], PASSWORD)
    secrets.append(await ask_for_verification(service, await add_unverified(service)))
    await refresh(service, first["refresh_token"])
    await service.client(FORGED).get("/users/me")
    await service.client(f"{FORGED}x").get(f"/tasks?token={FORGED}")
    for pair in (first, second, third):
        secrets += [pair["access_token"], pair["refresh_token"]]
    for mail in await read_mails(service):
        secrets += [mail.text, mail.html, *mail.text.splitlines()[2:4]]
    return [secret for secret in secrets if len(secret) > 8]


async def add_unverified(service: Service) -> str:
    email = "unverified@example.org"
    await service.add_user(email)
    return email


async def test_a_whole_journey_logs_no_secret(service: Service, log: Stream) -> None:
    secrets = await go(service)

    written = log.getvalue()
    assert len([line for line in log.lines if line["event"] == "request"]) > 15
    fixed = [PASSWORD, NEW_PASSWORD, WRONG_PASSWORD, KEY, TITLE, FORGED, "canary", "$argon2"]
    for secret in fixed + secrets:
        assert secret not in written
    assert "#token=" not in written
    assert "Bearer " not in written


async def test_every_line_of_every_request_has_its_id(service: Service, log: Stream) -> None:
    await go(service)

    assert [line for line in log.lines if "request_id" not in line] == []


@pytest.mark.parametrize("library", ["sqlalchemy.pool", "some.library"])
async def test_lines_of_libraries_in_a_request_have_its_id_and_user(
    service: Service, log: Stream, monkeypatch: pytest.MonkeyPatch, library: str
) -> None:
    learner = await service.learner()

    async def complain(*_args: Any) -> None:
        logging.getLogger(library).warning("something odd")
        structlog.get_logger("tests").info("and ours")

    monkeypatch.setattr("app.api.route.keep_answer", complain)
    answer = await learner.client.get("/tasks")

    lines = [line for line in log.lines if line["event"] in {"something odd", "and ours"}]
    assert len(lines) == 2
    for line in lines:
        assert line["request_id"] == answer.headers["x-request-id"]
        assert line["user_id"] == learner.id


class Broken:
    """A defect that nobody thought of."""

    def __init__(self, *_args: Any, **_named: Any) -> None:
        raise RuntimeError("out of order")


@pytest.mark.parametrize("is_terminal", [False, True])
async def test_the_traceback_of_a_failing_request_shows_no_values(
    service: Service, monkeypatch: pytest.MonkeyPatch, *, is_terminal: bool
) -> None:
    access = (await add_and_open(service))["access_token"]
    monkeypatch.setattr("app.api.route.keep_answer", Broken)
    with listen(level="debug", is_terminal=is_terminal) as log:
        client = service.client(access)
        headers = {"Idempotency-Key": KEY}
        answer = await client.post("/tasks", json={"title": TITLE}, headers=headers)

    assert answer.status_code == 500
    check_traceback(log)
    for secret in (access, KEY, TITLE, "Bearer"):
        assert secret not in log.getvalue()


async def add_and_open(service: Service) -> dict[str, Any]:
    await service.add_user()
    return await open_tokens(service)


def check_traceback(log: io.StringIO) -> None:
    """The failure was logged, and with where it was."""
    assert "out of order" in log.getvalue()
    assert "route.py" in log.getvalue()
