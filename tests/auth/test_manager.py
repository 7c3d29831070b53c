"""The manager as fastapi-users knows it."""

import threading

import pytest
from fastapi_users import exceptions as fastapi_users_errors

from app.auth.errors import UserNotFoundError
from app.schemas.users import AdminUserCreate, UserCreate
from tests.api.account_steps import EMAIL, NEW_PASSWORD, find_account, open_tokens, read_mails
from tests.support.hash_spy import watch_hashes
from tests.support.service import PASSWORD, Service

GIVEN = {"email": EMAIL, "password": PASSWORD}
RIGHTS = {"is_superuser": True, "is_verified": True, "role": "admin"}


async def test_create_makes_an_account_and_asks_to_verify_it(service: Service) -> None:
    user = await service.parts.manager.create(UserCreate.model_validate(GIVEN))
    assert (user.email, user.is_superuser) == (EMAIL, False)
    assert [mail.to for mail in await read_mails(service)] == [EMAIL]
    await open_tokens(service)


@pytest.mark.parametrize("safe", [True, False])
async def test_safe_means_that_no_rights_are_taken(service: Service, *, safe: bool) -> None:
    given = AdminUserCreate.model_validate({**GIVEN, **RIGHTS})
    user = await service.parts.manager.create(given, safe=safe)
    assert (user.is_superuser, user.is_verified, user.role == "admin") == (not safe,) * 3


async def test_create_refuses_a_taken_address_and_a_weak_password(service: Service) -> None:
    manager = service.parts.manager
    await manager.create(UserCreate.model_validate(GIVEN))
    with pytest.raises(fastapi_users_errors.UserAlreadyExists):
        await manager.create(UserCreate.model_validate(GIVEN))
    with pytest.raises(fastapi_users_errors.InvalidPasswordException):
        await manager.create(UserCreate.model_validate({**GIVEN, "password": "short"}))


async def test_create_hashes_aside(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    spy = watch_hashes(service, monkeypatch)
    await service.parts.manager.create(UserCreate.model_validate(GIVEN))
    assert spy.calls == 1
    assert threading.get_ident() not in spy.threads


async def test_a_disabled_account_gets_no_reset_mail(service: Service) -> None:
    await service.add_user(is_active=False)
    with pytest.raises(fastapi_users_errors.UserInactive):
        await service.parts.manager.forgot_password(await find_account(service))
    assert await read_mails(service) == []


async def test_an_erased_account_is_not_changed(service: Service) -> None:
    await service.add_user()
    read = await find_account(service)
    await service.parts.manager.delete(read)
    with pytest.raises(UserNotFoundError):
        await service.parts.manager.change(read, {"password": NEW_PASSWORD})
    with pytest.raises(UserNotFoundError):
        await service.parts.manager.change(read, {"display_name": "Ada"})


async def test_erasing_what_is_erased_does_nothing(service: Service) -> None:
    await service.add_user()
    read = await find_account(service)
    for _ in range(2):
        await service.parts.manager.delete(read)
    assert await service.parts.manager.user_db.get(read.id) is None
