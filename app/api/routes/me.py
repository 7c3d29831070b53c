"""One's own account and sessions."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, status

from app.api.deps import AccountsDep, CurrentUser, SessionsDep
from app.api.docs import problems
from app.api.resource import ResourceRouter
from app.auth.errors import (
    AccountChangedError,
    CurrentPasswordError,
    EmailAlreadyExistsError,
    NoPasswordError,
    SessionNotFoundError,
    StaleTokenError,
    TooManyAttemptsError,
    UpdateInvalidPasswordError,
)
from app.auth.sessions import SessionView
from app.core.listing import Page
from app.db.models import User
from app.schemas.common import PageRead
from app.schemas.users import (
    SessionQuery,
    SessionRead,
    UserDelete,
    UserRead,
    UserReplace,
    UserUpdate,
)
from app.services.errors import BadCursorError

router = ResourceRouter("/users/me", tag="users")

_CHANGES = (
    AccountChangedError,
    CurrentPasswordError,
    EmailAlreadyExistsError,
    NoPasswordError,
    UpdateInvalidPasswordError,
    TooManyAttemptsError,
)


@router.get(
    "", summary="Show your account", status_code=status.HTTP_200_OK, response_model=UserRead
)
async def get_me(caller: CurrentUser, accounts: AccountsDep) -> User:
    """Your account."""
    return await accounts.get(caller.user_id)


@router.put(
    "",
    summary="Replace your account",
    status_code=status.HTTP_200_OK,
    response_model=UserRead,
    responses=problems(*_CHANGES),
)
async def replace_me(given: UserReplace, caller: CurrentUser, accounts: AccountsDep) -> User:
    """Set the whole of your account. Another address needs `current_password` and is to be verified anew."""
    return await accounts.update(caller, given.model_dump(exclude_unset=True))


@router.patch(
    "",
    summary="Change your account",
    status_code=status.HTTP_200_OK,
    response_model=UserRead,
    responses=problems(*_CHANGES),
)
async def update_me(given: UserUpdate, caller: CurrentUser, accounts: AccountsDep) -> User:
    """Change what is sent. A new password needs `current_password` and ends all other sessions."""
    return await accounts.update(caller, given.model_dump(exclude_unset=True))


@router.delete(
    "",
    summary="Delete your account",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=problems(
        CurrentPasswordError,
        NoPasswordError,
        StaleTokenError,
        AccountChangedError,
        TooManyAttemptsError,
    ),
)
async def delete_me(
    caller: CurrentUser, accounts: AccountsDep, given: UserDelete | None = None
) -> None:
    """Erase your account with all that belongs to it, the ledger included. There is no way back.

    It takes your password. If you came with a token of another issuer, leave the body out instead: a token
    that was issued in the last five minutes takes the password's place.
    """
    await accounts.delete(caller, None if given is None else given.password)


@router.get(
    "/sessions",
    summary="List your sessions",
    status_code=status.HTTP_200_OK,
    response_model=PageRead[SessionRead],
    responses=problems(BadCursorError),
)
async def list_sessions(
    query: Annotated[SessionQuery, Query()], caller: CurrentUser, sessions: SessionsDep
) -> Page[SessionView]:
    """Where you are logged in, newest first."""
    return await sessions.list_page(caller, query.limit, query.cursor)


@router.delete(
    "/sessions", summary="End all other sessions", status_code=status.HTTP_204_NO_CONTENT
)
async def end_other_sessions(caller: CurrentUser, sessions: SessionsDep) -> None:
    """Log out everywhere but here, at once."""
    await sessions.end_others(caller.user_id, caller.session_id)


@router.delete(
    "/sessions/{session_id}",
    summary="End a session",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=problems(SessionNotFoundError),
)
async def end_session(session_id: UUID, caller: CurrentUser, sessions: SessionsDep) -> None:
    """Log out one device, at once."""
    await sessions.end(caller.user_id, session_id)
