"""Verifying an address."""

import httpx
import pytest
from fastapi_users.jwt import decode_jwt, generate_jwt

from app.auth.errors import AccountChangedError
from tests.api.account_steps import (
    EMAIL,
    ask_for_reset,
    ask_for_verification,
    find_account,
    open_tokens,
    read_mails,
    verify,
)
from tests.api.task_steps import check_refusal
from tests.support.service import PASSWORD, Service


def check_bad_token(answer: httpx.Response) -> None:
    refusal = check_refusal(answer, 400, "VERIFY_USER_BAD_TOKEN")
    assert refusal["detail"] == "VERIFY_USER_BAD_TOKEN"


async def test_the_mailed_link_verifies_the_address(service: Service) -> None:
    await service.add_user()
    answer = await verify(service, await ask_for_verification(service))
    assert (answer.status_code, answer.json()["is_verified"]) == (200, True)
    assert (await find_account(service)).is_verified


async def test_sessions_go_on(service: Service) -> None:
    learner = await service.learner()
    await verify(service, await ask_for_verification(service))
    assert (await learner.client.get("/users/me")).json()["is_verified"] is True


async def test_a_second_time_there_is_nothing_left_to_verify(service: Service) -> None:
    await service.add_user()
    token = await ask_for_verification(service)
    await verify(service, token)
    refusal = check_refusal(await verify(service, token), 400, "VERIFY_USER_ALREADY_VERIFIED")
    assert refusal["detail"] == "VERIFY_USER_ALREADY_VERIFIED"


async def test_the_answer_is_the_same_for_every_address(service: Service) -> None:
    await service.add_user()
    await service.add_user("off@example.org", is_active=False)
    await service.add_user("done@example.org", is_verified=True)
    addresses = (EMAIL, "nobody@example.org", "off@example.org", "done@example.org")
    answers = [
        await service.client().post("/auth/request-verify-token", json={"email": address})
        for address in addresses
    ]
    assert {(answer.status_code, answer.content) for answer in answers} == {(202, b"null")}
    assert [mail.to for mail in await read_mails(service)] == [EMAIL]


async def test_a_link_does_not_verify_a_later_address(service: Service) -> None:
    learner = await service.learner()
    token = await ask_for_verification(service)
    change = {"email": "victim@example.org", "current_password": PASSWORD}
    await learner.client.patch("/users/me", json=change)
    check_bad_token(await verify(service, token))
    assert not (await find_account(service, "victim@example.org")).is_verified


async def test_an_address_changed_while_its_link_is_used_is_not_verified(
    service: Service,
) -> None:
    await service.add_user()
    store = service.parts.manager.user_db
    read = await find_account(service)
    await store.update(await find_account(service), {"email": "victim@example.org"})
    with pytest.raises(AccountChangedError):
        await service.parts.manager._update(read, {"is_verified": True})
    assert not (await find_account(service, "victim@example.org")).is_verified


async def test_a_link_does_not_verify_the_next_owner_of_the_address(service: Service) -> None:
    await service.add_user()
    token = await ask_for_verification(service)
    await service.parts.manager.user_db.delete(await find_account(service))
    await service.add_user()
    check_bad_token(await verify(service, token))


async def test_an_expired_link_is_refused(service: Service) -> None:
    await service.add_user()
    manager = service.parts.manager
    secret, audience = manager.verification_token_secret, [manager.verification_token_audience]
    claims = decode_jwt(await ask_for_verification(service), secret, audience)
    del claims["exp"]
    check_bad_token(await verify(service, generate_jwt(claims, secret, -1)))


async def test_other_tokens_do_not_verify(service: Service) -> None:
    await service.add_user()
    tokens = await open_tokens(service)
    reset = await ask_for_reset(service)
    for token in (tokens["access_token"], tokens["refresh_token"], reset):
        check_bad_token(await verify(service, token))
    assert not (await find_account(service)).is_verified


@pytest.mark.parametrize(
    "token", ["x", "a.b.c", "\u00e9" * 9, "W1tb" * 500 + ".e30.x", "e30.e30.e30"]
)
async def test_what_is_no_token_does_not_verify(service: Service, token: str) -> None:
    check_bad_token(await verify(service, token))


@pytest.mark.parametrize("token", ["", "x" * 2049, "x\x00", None, 7])
async def test_what_is_no_text_of_that_size_is_refused(service: Service, token: object) -> None:
    answer = await service.client().post("/auth/verify", json={"token": token})
    check_refusal(answer, 422, "validation_error")
