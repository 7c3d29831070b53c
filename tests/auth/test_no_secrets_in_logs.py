"""No log line may hold a password, a token or a hash, whatever happens."""

import io
import re
from collections.abc import Iterator

import httpx
import pytest
from sqlalchemy.exc import DBAPIError, IntegrityError

from tests.api.account_steps import (
    EMAIL,
    NEW_PASSWORD,
    WRONG_PASSWORD,
    ask_for_reset,
    find_account,
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
from tests.support.logs import listen
from tests.support.service import PASSWORD, Service


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """All that is logged, at every level."""
    with listen(level="debug") as stream:
        yield stream


def check_silence(log: io.StringIO, *secrets: str) -> None:
    """None of the secrets, and nothing that looks like one, was logged; but something was."""
    written = log.getvalue()
    assert '"event": "request"' in written
    for secret in (PASSWORD, NEW_PASSWORD, WRONG_PASSWORD, *secrets):
        assert secret not in written
    assert "$argon2" not in written
    assert not re.search(r"eyJ[A-Za-z0-9_-]{10}", written)


async def test_a_life_of_an_account_logs_no_secret(service: Service, log: io.StringIO) -> None:
    await register(service.client())
    verification = token_in((await read_mails(service))[0])
    await verify(service, verification)
    await log_in(service.client(), EMAIL, WRONG_PASSWORD)
    first = await open_tokens(service)
    second = await refresh_well(service, first["refresh_token"])
    client = service.client(second["access_token"])
    change = {"password": NEW_PASSWORD, "current_password": PASSWORD}
    assert (await client.patch("/users/me", json=change)).status_code == 200
    reset = await ask_for_reset(service)
    await reset_password(service, reset, PASSWORD)
    user = await find_account(service)
    body = {"password": PASSWORD}
    client = service.client((await open_tokens(service))["access_token"])
    assert (await client.request("DELETE", "/users/me", json=body)).status_code == 204
    tokens = [pair[name] for pair in (first, second) for name in ("access_token", "refresh_token")]
    check_silence(log, verification, reset, user.hashed_password, *tokens)


async def test_a_replay_is_logged_without_the_token(service: Service, log: io.StringIO) -> None:
    await service.add_user()
    first = await open_tokens(service)
    second = await refresh_well(service, first["refresh_token"])
    third = await refresh_well(service, second["refresh_token"])
    await refresh(service, first["refresh_token"])
    assert "refresh_token_replayed" in log.getvalue()
    check_silence(log, *(tokens["refresh_token"] for tokens in (first, second, third)))


async def test_wrong_requests_log_nothing_of_what_was_sent(
    service: Service, log: io.StringIO
) -> None:
    client = service.client("a-token-that-is-none")
    await client.get("/users/me?token=a-token-that-is-none")
    await register(service.client(), "no address", PASSWORD)
    await reset_password(service, "a-token-that-is-none", NEW_PASSWORD)
    await refresh(service, "a-token-that-is-none")
    check_silence(log, "a-token-that-is-none")


class DefectiveHelper:
    """Fails in a way that nobody thought of, with the password at hand."""

    def hash(self, password: str) -> str:
        raise RuntimeError("out of memory")

    def verify_and_update(self, plain_password: str, hashed_password: str) -> tuple[bool, None]:
        raise RuntimeError("out of memory")

    def generate(self) -> str:
        return "x" * 20


@pytest.mark.parametrize("path", ["register", "login"])
async def test_a_defect_is_logged_without_the_password(
    service: Service, log: io.StringIO, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    await service.add_user()
    hashed = (await find_account(service)).hashed_password
    monkeypatch.setattr(service.parts.manager._passwords, "helper", DefectiveHelper())
    answer: httpx.Response = await {"register": register, "login": log_in}[path](service.client())
    assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")
    assert "out of memory" in log.getvalue()
    assert "out of memory" not in answer.text
    check_silence(log, hashed)


async def test_an_error_of_the_database_repeats_no_values(service: Service) -> None:
    with pytest.raises(IntegrityError) as error:
        await service.add_user(display_name=None)
    statement_error: DBAPIError = error.value
    assert "INSERT INTO users" in str(statement_error)
    assert "$argon2" not in str(statement_error)
    assert EMAIL not in str(statement_error)
