"""Logging in."""

from typing import Any

import httpx
import pytest
from pwdlib.hashers.argon2 import Argon2Hasher

from app.auth.errors import BadCredentialsError
from app.auth.passwords import Passwords
from tests.api.account_steps import (
    EMAIL,
    NEW_PASSWORD,
    WRONG_PASSWORD,
    client_at,
    count_rows,
    counts,
    find_account,
    log_in,
    open_tokens,
    refresh_well,
)
from tests.api.task_steps import check_refusal
from tests.support.hash_spy import HashSpy, watch_hashes
from tests.support.service import PASSWORD, Service

NOBODY = "nobody@example.org"
WINDOW_MINUTES = 15


@pytest.fixture
def hashes(service: Service, monkeypatch: pytest.MonkeyPatch) -> HashSpy:
    return watch_hashes(service, monkeypatch)


def check_bad_credentials(answer: httpx.Response) -> dict[str, Any]:
    refusal = check_refusal(answer, 400, "LOGIN_BAD_CREDENTIALS")
    assert refusal["detail"] == "LOGIN_BAD_CREDENTIALS"
    return refusal


def check_told_to_wait(answer: httpx.Response, seconds: int) -> None:
    check_refusal(answer, 429, "too_many_attempts")
    assert answer.headers["Retry-After"] == str(seconds)


async def fail(service: Service, times: int, email: str = EMAIL) -> None:
    for _ in range(times):
        check_bad_credentials(await log_in(service.client(), email, WRONG_PASSWORD))


async def test_a_login_gives_a_pair_of_tokens(service: Service) -> None:
    await service.add_user()
    tokens = await open_tokens(service)
    assert set(tokens) == {"access_token", "refresh_token", "token_type", "expires_in"}
    assert (tokens["token_type"], tokens["expires_in"]) == ("bearer", 600)
    assert await counts(service, tokens["access_token"])


async def test_an_access_token_counts_for_ten_minutes(service: Service) -> None:
    await service.add_user()
    token = (await open_tokens(service))["access_token"]
    service.clock.advance(seconds=599)
    assert await counts(service, token)
    service.clock.advance(seconds=1)
    assert not await counts(service, token)


async def test_a_login_is_a_form_and_not_json(service: Service) -> None:
    await service.add_user()
    body = {"username": EMAIL, "password": PASSWORD}
    answer = await service.client().post("/auth/login", json=body)
    check_refusal(answer, 415, "unsupported_media_type")


@pytest.mark.parametrize(
    "form",
    [
        {"username": EMAIL}, {"password": PASSWORD},
        {"username": EMAIL, "password": PASSWORD, "is_superuser": "true"},
        {"username": EMAIL, "password": PASSWORD, "grant_type": "client_credentials"},
        {"username": "x" * 321, "password": PASSWORD},
        {"username": EMAIL, "password": "x" * 1_000_000},
        {"username": f"{EMAIL}\x00", "password": PASSWORD},
        {"username": EMAIL, "password": f"{PASSWORD}\x00"},
    ],
)  # fmt: skip
async def test_a_form_that_does_not_fit_is_refused_unhashed(
    service: Service, hashes: HashSpy, form: dict[str, str]
) -> None:
    await service.add_user()
    before = hashes.calls
    check_refusal(await service.client().post("/auth/login", data=form), 422, "validation_error")
    assert hashes.calls == before


async def test_a_file_for_a_password_is_refused(service: Service) -> None:
    answer = await service.client().post(
        "/auth/login", data={"username": EMAIL}, files={"password": ("p.txt", b"secret")}
    )
    check_refusal(answer, 422, "validation_error")


@pytest.mark.parametrize(
    "content", [b"username=%FF%FE&password=%ED%A0%80xxxxxxxxxx", b"username=%00&password=%00"]
)
async def test_bytes_that_are_no_text_are_refused(service: Service, content: bytes) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = await service.client().post("/auth/login", content=content, headers=headers)
    assert answer.status_code in (400, 422), answer.text


async def test_a_password_longer_than_any_is_not_hashed(service: Service, hashes: HashSpy) -> None:
    await service.add_user()
    before = hashes.calls
    for email in (EMAIL, NOBODY):
        check_bad_credentials(await log_in(service.client(), email, "x" * 129))
    assert hashes.calls == before


async def test_nobody_is_told_which_accounts_exist(service: Service, hashes: HashSpy) -> None:
    await service.add_user()
    await service.add_user("off@example.org", is_active=False)
    await log_in(service.client(), NOBODY)  # makes the hash that nobody has
    answers = []
    for email, password in (
        (EMAIL, WRONG_PASSWORD), (NOBODY, PASSWORD), ("off@example.org", PASSWORD), ("?", PASSWORD),
    ):  # fmt: skip
        before = hashes.calls
        refusal = check_bad_credentials(await log_in(service.client(), email, password))
        answers.append({**refusal, "request_id": hashes.calls - before})
    assert answers == [{**answers[0], "request_id": 1}] * 4


@pytest.mark.parametrize("email", [EMAIL, NOBODY])
@pytest.mark.parametrize("password", [PASSWORD, WRONG_PASSWORD])
async def test_after_ten_failures_an_account_has_to_wait(
    service: Service, hashes: HashSpy, email: str, password: str
) -> None:
    await service.add_user()
    await fail(service, 10, email)
    before = hashes.calls
    service.clock.advance(seconds=10)
    check_told_to_wait(await log_in(service.client(), email, password), 20)
    check_told_to_wait(await log_in(service.client(), email.upper(), password), 20)
    assert hashes.calls == before


@pytest.mark.parametrize("email", [EMAIL, NOBODY])
async def test_the_wait_doubles_up_to_fifteen_minutes(service: Service, email: str) -> None:
    await service.add_user()
    await fail(service, 10, email)
    for seconds in (30, 60, 120, 240, 480, 900, 900, 900):
        check_told_to_wait(await log_in(service.client(), email, WRONG_PASSWORD), seconds)
        service.clock.advance(seconds=seconds)
        await fail(service, 1, email)


async def test_after_the_wait_the_right_password_is_right(service: Service) -> None:
    await service.add_user()
    await fail(service, 10)
    service.clock.advance(seconds=30)
    await open_tokens(service)


async def test_a_quarter_of_an_hour_of_peace_forgets_the_failures(service: Service) -> None:
    await service.add_user()
    await fail(service, 9)
    service.clock.advance(minutes=WINDOW_MINUTES)
    await fail(service, 10)


async def test_a_success_forgets_the_failures(service: Service) -> None:
    await service.add_user()
    for _ in range(3):
        await fail(service, 9)
        await open_tokens(service)
    await fail(service, 10)


async def test_failures_of_one_account_do_not_hold_up_another(service: Service) -> None:
    await service.add_user()
    await fail(service, 10, NOBODY)
    await open_tokens(service)


async def test_whoever_waits_goes_on_where_they_are_logged_in(service: Service) -> None:
    learner = await service.learner()
    await fail(service, 10)
    assert (await learner.client.get("/users/me")).status_code == 200


async def test_a_network_address_has_three_hundred_tries(service: Service) -> None:
    first, neighbour = client_at(service, "192.0.2.7"), client_at(service, "192.0.2.8")
    for number in range(300):
        answer = await log_in(first, f"n{number}@example.org", "short")
        assert answer.status_code == 400
    service.clock.advance(minutes=5)
    check_told_to_wait(await log_in(first, NOBODY), 600)
    check_bad_credentials(await log_in(neighbour, NOBODY))


async def test_a_hash_of_old_parameters_is_renewed_and_sessions_go_on(service: Service) -> None:
    old = Passwords(Argon2Hasher(time_cost=2, memory_cost=8, parallelism=1))
    await service.add_user(hashed_password=await old.hash(PASSWORD))
    before = await open_tokens(service)
    renewed = (await find_account(service)).hashed_password
    assert ("t=2" in renewed, "t=1" in renewed) == (False, True)
    assert await counts(service, before["access_token"])
    await refresh_well(service, before["refresh_token"])
    await open_tokens(service)
    assert (await find_account(service)).hashed_password == renewed


async def test_an_account_disabled_or_erased_during_a_login_gets_no_session(
    service: Service,
) -> None:
    user_id = await service.add_user(is_active=False)
    for gone in (user_id, user_id + 1):
        with pytest.raises(BadCredentialsError):
            await service.open_session(gone)
    assert await count_rows(service, "user_sessions") == 0


async def test_a_password_changed_during_a_login_shuts_it_out(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    user_id = await service.add_user()
    manager = service.parts.manager

    class OvertakenPasswords(Passwords):
        """While this verifies, the owner chooses another password."""

        async def verify(self, password: str, hashed: str | None) -> tuple[bool, str | None]:
            verified = await super().verify(password, hashed)
            user = await manager.user_db.get(user_id)
            assert user is not None
            await manager.user_db.update(user, {"hashed_password": await self.hash(NEW_PASSWORD)})
            return verified

    overtaken = OvertakenPasswords()
    overtaken.helper = manager._passwords.helper
    monkeypatch.setattr(manager, "_passwords", overtaken)
    check_bad_credentials(await log_in(service.client()))
    assert await count_rows(service, "user_sessions") == 0
