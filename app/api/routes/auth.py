"""Registering, logging in, and what is done by mail."""

from typing import Annotated

from fastapi import Form, status

from app.api.deps import AccountsDep, AddressDep, CurrentUser, DeviceDep, SessionsDep
from app.api.docs import problems
from app.api.resource import ResourceRouter
from app.auth.errors import (
    AccountChangedError,
    AlreadyVerifiedError,
    BadCredentialsError,
    BadResetTokenError,
    BadVerifyTokenError,
    InvalidRefreshTokenError,
    InvalidTokenError,
    NoSessionError,
    RegisterInvalidPasswordError,
    RegistrationClosedError,
    ResetInvalidPasswordError,
    TooManyAttemptsError,
    UserAlreadyExistsError,
)
from app.auth.sessions import TokenPair
from app.db.models import User
from app.schemas.users import (
    ForgotPassword,
    LoginForm,
    RefreshRequest,
    RequestVerifyToken,
    ResetPassword,
    TokenRead,
    UserCreate,
    UserRead,
    Verify,
)

router = ResourceRouter("/auth", tag="auth", is_open=True)


@router.post(
    "/register",
    summary="Register",
    status_code=status.HTTP_201_CREATED,
    response_model=UserRead,
    responses=problems(
        UserAlreadyExistsError,
        RegisterInvalidPasswordError,
        RegistrationClosedError,
        TooManyAttemptsError,
    ),
)
async def register(given: UserCreate, accounts: AccountsDep, address: AddressDep) -> User:
    """Make an account. A mail with a link that verifies the address is sent."""
    return await accounts.register(given, address)


@router.post(
    "/login",
    summary="Log in",
    status_code=status.HTTP_200_OK,
    response_model=TokenRead,
    responses=problems(BadCredentialsError, TooManyAttemptsError),
)
async def log_in(
    form: Annotated[LoginForm, Form()], accounts: AccountsDep, device: DeviceDep
) -> TokenPair:
    """Open a session by email address and password, sent as a form (OAuth 2 password grant).

    After ten failures within 15 minutes an account has to wait, longer each time.
    """
    return await accounts.log_in(form.username, form.password, device)


@router.post(
    "/refresh",
    summary="Refresh a session",
    status_code=status.HTTP_200_OK,
    response_model=TokenRead,
    responses=problems(InvalidRefreshTokenError, TooManyAttemptsError),
)
async def refresh(given: RefreshRequest, accounts: AccountsDep, address: AddressDep) -> TokenPair:
    """Get the next access token and the next refresh token.

    A refresh token is used once. Sent again within 10 seconds, while its successor is unused, it
    gets the same successor; sent again otherwise, it ends the session.
    """
    return await accounts.refresh(given.refresh_token, address)


@router.post(
    "/logout",
    summary="Log out",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=problems(InvalidTokenError, NoSessionError),
)
async def log_out(caller: CurrentUser, sessions: SessionsDep) -> None:
    """End this session, at once: its access and refresh tokens count no more."""
    await sessions.end(caller.user_id, caller.session_id)


@router.post(
    "/forgot-password",
    summary="Ask for a new password",
    status_code=status.HTTP_202_ACCEPTED,
    responses=problems(TooManyAttemptsError),
)
async def forgot_password(
    given: ForgotPassword, accounts: AccountsDep, address: AddressDep
) -> None:
    """Have a link mailed that sets a new password. The answer is the same for every address."""
    await accounts.forgot_password(given.email, address)


@router.post(
    "/reset-password",
    summary="Set a new password",
    status_code=status.HTTP_200_OK,
    responses=problems(BadResetTokenError, ResetInvalidPasswordError, TooManyAttemptsError),
)
async def reset_password(given: ResetPassword, accounts: AccountsDep, address: AddressDep) -> None:
    """Set a new password by the token from the mail. All sessions end."""
    await accounts.reset_password(given.token, given.password, address)


@router.post(
    "/request-verify-token",
    summary="Ask for a verification mail",
    status_code=status.HTTP_202_ACCEPTED,
    responses=problems(TooManyAttemptsError),
)
async def request_verify_token(
    given: RequestVerifyToken, accounts: AccountsDep, address: AddressDep
) -> None:
    """Have the link mailed that verifies the address. The answer is the same for every address."""
    await accounts.request_verification(given.email, address)


@router.post(
    "/verify",
    summary="Verify an address",
    status_code=status.HTTP_200_OK,
    response_model=UserRead,
    responses=problems(
        BadVerifyTokenError, AlreadyVerifiedError, AccountChangedError, TooManyAttemptsError
    ),
)
async def verify(given: Verify, accounts: AccountsDep, address: AddressDep) -> User:
    """Verify an address by the token from the mail."""
    return await accounts.verify(given.token, address)
