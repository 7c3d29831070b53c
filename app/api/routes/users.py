"""The accounts of others, for superusers."""

from typing import Annotated

from fastapi import Depends, Path, Query, status

from app.api.deps import AdministrationDep, Superuser, UowDep
from app.api.docs import problems
from app.api.idempotency import RETRY_REFUSALS, Idempotent
from app.api.resource import ResourceRouter
from app.auth.administration import PreparedAccount
from app.auth.errors import (
    AccountChangedError,
    EmailAlreadyExistsError,
    OwnAccountError,
    RegisterInvalidPasswordError,
    SuperuserRequiredError,
    UpdateInvalidPasswordError,
    UserAlreadyExistsError,
    UserNotFoundError,
)
from app.core.listing import Page
from app.db.models import User
from app.schemas.common import EntityId, PageRead
from app.schemas.users import AdminUserCreate, AdminUserUpdate, UserQuery, UserRead
from app.services.errors import BadCursorError

router = ResourceRouter("/users", tag="users", responses=problems(SuperuserRequiredError))


async def prepare_account(
    given: AdminUserCreate, _caller: Superuser, administration: AdministrationDep
) -> PreparedAccount:
    """The account that a superuser asks for, with its password hashed."""
    return await administration.prepare(given)


UserId = Annotated[EntityId, Path(description="The user's id.")]


@router.get(
    "",
    summary="List users",
    status_code=status.HTTP_200_OK,
    response_model=PageRead[UserRead],
    responses=problems(BadCursorError),
)
async def list_users(
    query: Annotated[UserQuery, Query()], _caller: Superuser, administration: AdministrationDep
) -> Page[User]:
    """All accounts, by id."""
    return await administration.list_page(query.limit, query.cursor)


@router.post(
    "",
    summary="Create a user",
    status_code=status.HTTP_201_CREATED,
    response_model=UserRead,
    responses=problems(UserAlreadyExistsError, RegisterInvalidPasswordError, *RETRY_REFUSALS),
    # Hashed before the request's transaction begins, which the key is claimed in.
    dependencies=[Depends(prepare_account), Idempotent],
)
async def create_user(
    prepared: Annotated[PreparedAccount, Depends(prepare_account)],
    administration: AdministrationDep,
    uow: UowDep,
) -> User:
    """Make an account, with rights."""
    return await administration.create(uow, prepared)


@router.get(
    "/{user_id}",
    summary="Show a user",
    status_code=status.HTTP_200_OK,
    response_model=UserRead,
    responses=problems(UserNotFoundError),
)
async def get_user(user_id: UserId, _caller: Superuser, administration: AdministrationDep) -> User:
    """An account."""
    return await administration.get(user_id)


@router.patch(
    "/{user_id}",
    summary="Change a user",
    status_code=status.HTTP_200_OK,
    response_model=UserRead,
    responses=problems(
        UserNotFoundError,
        OwnAccountError,
        AccountChangedError,
        EmailAlreadyExistsError,
        UpdateInvalidPasswordError,
    ),
)
async def update_user(
    user_id: UserId, given: AdminUserUpdate, caller: Superuser, administration: AdministrationDep
) -> User:
    """Change what is sent. Disabling an account, or giving it a new password, ends its sessions at once."""
    changes = given.model_dump(exclude_unset=True)
    return await administration.update(caller, user_id, changes)


@router.delete(
    "/{user_id}",
    summary="Delete a user",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=problems(UserNotFoundError, OwnAccountError, AccountChangedError),
)
async def delete_user(
    user_id: UserId, caller: Superuser, administration: AdministrationDep
) -> None:
    """Erase an account with all that belongs to it."""
    await administration.delete(caller, user_id)
