"""A forgotten password, and the mail that helps."""

from datetime import timedelta

import httpx
import pytest
from fastapi_users.jwt import decode_jwt, generate_jwt

from tests.api.account_steps import (
    EMAIL,
    NEW_PASSWORD,
    WRONG_PASSWORD,
    ask_for_reset,
    ask_for_verification,
    counts,
    find_account,
    log_in,
    open_tokens,
    read_mails,
    refresh,
    reset_password,
)
from tests.api.task_steps import check_refusal
from tests.support.service import PASSWORD, Service

RESET = "Choose a new password"


async def forget(service: Service, email: str) -> httpx.Response:
    return await service.client().post("/auth/forgot-password", json={"email": email})


def check_bad_token(answer: httpx.Response) -> None:
    refusal = check_refusal(answer, 400, "RESET_PASSWORD_BAD_TOKEN")
    assert refusal["detail"] == "RESET_PASSWORD_BAD_TOKEN"


async def test_the_mailed_link_sets_a_new_password(service: Service) -> None:
    await service.add_user()
    answer = await reset_password(service, await ask_for_reset(service))
    assert answer.status_code == 200
    assert (await log_in(service.client())).status_code == 400
    await open_tokens(service, password=NEW_PASSWORD)


async def test_the_answer_is_the_same_for_every_address(service: Service) -> None:
    await service.add_user()
    await service.add_user("off@example.org", is_active=False)
    answers = [
        await forget(service, email) for email in (EMAIL, "nobody@example.org", "off@example.org")
    ]
    assert {(answer.status_code, answer.content) for answer in answers} == {(202, b"null")}
    assert [mail.to for mail in await read_mails(service)] == [EMAIL]


async def test_nothing_is_looked_up_before_the_answer(service: Service) -> None:
    await service.add_user()
    with service.statements.count() as statements:
        await forget(service, EMAIL)
        seen_by_the_client = list(statements)
        await service.settle()
    assert seen_by_the_client == []
    # By the address, to find the account; and by its id, when the mail is written.
    assert len([statement for statement in statements if "FROM users" in statement]) == 2


async def test_the_mail_comes_in_whatever_spelling_it_is_asked_for(service: Service) -> None:
    await service.add_user()
    await forget(service, "\uff21DA@Example.org")
    assert [mail.to for mail in await read_mails(service, RESET)] == [EMAIL]


async def test_all_sessions_end(service: Service) -> None:
    learner = await service.learner()
    tokens = await open_tokens(service)
    await reset_password(service, await ask_for_reset(service))
    assert (await learner.client.get("/users/me")).status_code == 401
    assert not await counts(service, tokens["access_token"])
    check_refusal(await refresh(service, tokens["refresh_token"]), 401, "invalid_refresh_token")


async def test_the_owner_is_told(service: Service) -> None:
    await service.add_user()
    await reset_password(service, await ask_for_reset(service))
    assert [mail.to for mail in await read_mails(service, "Your password was changed")] == [EMAIL]


async def test_whoever_had_to_wait_may_log_in_after_a_reset(service: Service) -> None:
    await service.add_user()
    for _ in range(10):
        await log_in(service.client(), EMAIL, WRONG_PASSWORD)
    await reset_password(service, await ask_for_reset(service))
    await open_tokens(service, password=NEW_PASSWORD)


async def test_a_token_is_used_once(service: Service) -> None:
    await service.add_user()
    token = await ask_for_reset(service)
    assert (await reset_password(service, token)).status_code == 200
    check_bad_token(await reset_password(service, token, "yet another password"))
    await open_tokens(service, password=NEW_PASSWORD)


async def test_a_reset_ends_every_other_link_as_well(service: Service) -> None:
    await service.add_user()
    first, second = await ask_for_reset(service), await ask_for_reset(service)
    await reset_password(service, second)
    check_bad_token(await reset_password(service, first))


async def test_a_password_changed_since_ends_the_link(service: Service) -> None:
    learner = await service.learner()
    token = await ask_for_reset(service)
    change = {"password": NEW_PASSWORD, "current_password": PASSWORD}
    assert (await learner.client.patch("/users/me", json=change)).status_code == 200
    check_bad_token(await reset_password(service, token, "yet another password"))


async def test_an_address_changed_since_ends_the_link(service: Service) -> None:
    learner = await service.learner()
    token = await ask_for_reset(service)
    change = {"email": "new@example.org", "current_password": PASSWORD}
    assert (await learner.client.patch("/users/me", json=change)).status_code == 200
    check_bad_token(await reset_password(service, token))


async def test_a_refused_password_leaves_the_link_good(service: Service) -> None:
    await service.add_user()
    token = await ask_for_reset(service)
    answer = await reset_password(service, token, "short")
    refusal = check_refusal(answer, 400, "RESET_PASSWORD_INVALID_PASSWORD")
    assert refusal["detail"]["code"] == "RESET_PASSWORD_INVALID_PASSWORD"
    assert refusal["detail"]["reason"]
    assert (await reset_password(service, token)).status_code == 200


async def test_a_link_is_good_for_an_hour(service: Service) -> None:
    await service.add_user()
    manager = service.parts.manager
    secret, audience = manager.reset_password_token_secret, [manager.reset_password_token_audience]
    claims = decode_jwt(await ask_for_reset(service), secret, audience)
    del claims["exp"]
    assert manager.reset_password_token_lifetime_seconds == timedelta(hours=1).total_seconds()
    check_bad_token(await reset_password(service, generate_jwt(claims, secret, -1)))
    assert (await reset_password(service, generate_jwt(claims, secret, 60))).status_code == 200


async def test_a_disabled_or_erased_account_is_not_reset(service: Service) -> None:
    await service.add_user()
    token = await ask_for_reset(service)
    store = service.parts.manager.user_db
    await store.update(await find_account(service), {"is_active": False})
    check_bad_token(await reset_password(service, token))
    await store.delete(await find_account(service))
    check_bad_token(await reset_password(service, token))


async def test_other_tokens_do_not_reset(service: Service) -> None:
    await service.add_user()
    tokens = await open_tokens(service)
    verification = await ask_for_verification(service)
    for token in (tokens["access_token"], tokens["refresh_token"], verification):
        check_bad_token(await reset_password(service, token))
    await open_tokens(service)


NESTED = "W1tb" * 500  # the header of a token, which is nothing but opening brackets


@pytest.mark.parametrize(
    "token", ["x", "a.b.c", "\u00e9" * 9, f"{NESTED}.e30.x", "e30.e30.e30", ".." * 99]
)
async def test_what_is_no_token_does_not_reset(service: Service, token: str) -> None:
    check_bad_token(await reset_password(service, token))


async def test_an_account_gets_five_mails_an_hour_in_all(service: Service) -> None:
    await service.add_user()
    for _ in range(4):
        await forget(service, EMAIL)
        await forget(service, EMAIL.upper())
        await service.client().post("/auth/request-verify-token", json={"email": EMAIL})
    assert len(await read_mails(service)) == 5
    service.clock.advance(hours=1)
    await forget(service, EMAIL)
    assert len(await read_mails(service)) == 6


async def test_a_network_address_may_ask_sixty_times_an_hour(service: Service) -> None:
    for _ in range(60):
        assert (await forget(service, "nobody@example.org")).status_code == 202
    refusal = await forget(service, "nobody@example.org")
    check_refusal(refusal, 429, "too_many_attempts")
    assert refusal.headers["Retry-After"] == "3600"


async def test_a_network_address_may_try_a_hundred_tokens(service: Service) -> None:
    for _ in range(100):
        check_bad_token(await reset_password(service, "x"))
    refusal = await reset_password(service, "x")
    check_refusal(refusal, 429, "too_many_attempts")
    assert refusal.headers["Retry-After"] == "900"
