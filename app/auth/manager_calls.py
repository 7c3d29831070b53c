"""What is asked of the manager, with fastapi-users' refusals said as ours."""

from typing import Any

from fastapi_users import exceptions as fastapi_users_errors

from app.auth.errors import (
    EmailAlreadyExistsError,
    RegisterInvalidPasswordError,
    UpdateInvalidPasswordError,
    UserAlreadyExistsError,
    UserNotFoundError,
)
from app.auth.manager import UserManager
from app.db.models import User
from app.schemas.users import UserCreate


async def find_user(manager: UserManager, user_id: int) -> User:
    """The account with this id.

    Raises:
        UserNotFoundError: there is none.
    """
    user = await manager.user_db.get(user_id)
    if user is None:
        raise UserNotFoundError
    return user


async def create_account(manager: UserManager, given: UserCreate, *, safe: bool) -> User:
    """Add an account.

    Raises:
        RegisterInvalidPasswordError: with the reason.
        UserAlreadyExistsError: the address is taken.
    """
    return await add_account(manager, await prepare_account(manager, given, safe=safe))


async def prepare_account(manager: UserManager, given: UserCreate, *, safe: bool) -> dict[str, Any]:
    """What ``add_account`` is to add; this hashes, so nothing should be held meanwhile.

    Raises:
        RegisterInvalidPasswordError: with the reason.
    """
    try:
        return await manager.prepare(given, safe=safe)
    except fastapi_users_errors.InvalidPasswordException as error:
        raise RegisterInvalidPasswordError(error.reason) from error


async def add_account(manager: UserManager, prepared: dict[str, Any]) -> User:
    """Add a prepared account.

    Raises:
        UserAlreadyExistsError: the address is taken.
    """
    try:
        return await manager.add(prepared)
    except fastapi_users_errors.UserAlreadyExists as error:
        raise UserAlreadyExistsError from error


async def change_account(manager: UserManager, user: User, values: dict[str, Any]) -> User:
    """Change an account.

    Raises:
        UpdateInvalidPasswordError: with the reason.
        EmailAlreadyExistsError: the new address is taken.
    """
    try:
        return await manager.change(user, values)
    except fastapi_users_errors.InvalidPasswordException as error:
        raise UpdateInvalidPasswordError(error.reason) from error
    except fastapi_users_errors.UserAlreadyExists as error:
        raise EmailAlreadyExistsError from error
