"""The refusals of accounts and tokens.

Where fastapi-users has a constant for it, that is both ``code`` and ``detail``, so that clients written
for fastapi-users understand it.
"""

from fastapi_users.router import ErrorCode

from app.core.errors import (
    BadRequestError,
    ConflictError,
    ForbiddenError,
    NotFoundError,
    TooManyRequestsError,
    UnauthenticatedError,
    UnavailableError,
)


class InvalidTokenError(UnauthenticatedError):
    """The access token is none, forged, expired, or its session has ended."""

    code = "invalid_token"
    detail = "The access token is missing, invalid or expired."


class KeysUnavailableError(UnavailableError):
    """The issuer's keys can't be had at the moment, so nobody knows whether its token counts."""

    code = "issuer_keys_unavailable"
    detail = "The keys of the token's issuer are out of reach at the moment. Try again later."


class InvalidRefreshTokenError(UnauthenticatedError):
    """The refresh token is none, expired, was used before, or its session has ended."""

    code = "invalid_refresh_token"
    detail = "The refresh token is invalid or expired. Log in again."


class BadCredentialsError(BadRequestError):
    """Address and password don't go together, or the account is disabled."""

    code = ErrorCode.LOGIN_BAD_CREDENTIALS.value
    detail = ErrorCode.LOGIN_BAD_CREDENTIALS.value


class RegistrationClosedError(ForbiddenError):
    """An admin closed the way to an account that this is."""

    code = "registration_closed"
    detail = "New accounts are not taken at the moment."


class UserAlreadyExistsError(BadRequestError):
    """The address is taken."""

    code = ErrorCode.REGISTER_USER_ALREADY_EXISTS.value
    detail = ErrorCode.REGISTER_USER_ALREADY_EXISTS.value


class EmailAlreadyExistsError(BadRequestError):
    """The new address is taken."""

    code = ErrorCode.UPDATE_USER_EMAIL_ALREADY_EXISTS.value
    detail = ErrorCode.UPDATE_USER_EMAIL_ALREADY_EXISTS.value


class BadResetTokenError(BadRequestError):
    """The token is none, expired or used, or the account is disabled."""

    code = ErrorCode.RESET_PASSWORD_BAD_TOKEN.value
    detail = ErrorCode.RESET_PASSWORD_BAD_TOKEN.value


class BadVerifyTokenError(BadRequestError):
    """The token is none or expired, or the address has changed since."""

    code = ErrorCode.VERIFY_USER_BAD_TOKEN.value
    detail = ErrorCode.VERIFY_USER_BAD_TOKEN.value


class AlreadyVerifiedError(BadRequestError):
    """The address is verified already."""

    code = ErrorCode.VERIFY_USER_ALREADY_VERIFIED.value
    detail = ErrorCode.VERIFY_USER_ALREADY_VERIFIED.value


class _InvalidPasswordError(BadRequestError):
    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__({"code": self.code, "reason": reason})


class RegisterInvalidPasswordError(_InvalidPasswordError):
    """The password does not do; the reason says why."""

    code = ErrorCode.REGISTER_INVALID_PASSWORD.value


class ResetInvalidPasswordError(_InvalidPasswordError):
    """The new password does not do; the reason says why."""

    code = ErrorCode.RESET_PASSWORD_INVALID_PASSWORD.value


class UpdateInvalidPasswordError(_InvalidPasswordError):
    """The new password does not do; the reason says why."""

    code = ErrorCode.UPDATE_USER_INVALID_PASSWORD.value


class CurrentPasswordError(ForbiddenError):
    """Changing the password or the address, and deleting the account, need the current password."""

    code = "current_password_required"
    detail = "The current password is missing or wrong."


class NoPasswordError(ForbiddenError):
    """The account came by a token of another issuer, which alone knows its password."""

    code = "no_password"
    detail = (
        "This account has no password here, which changing its address or password would need."
        " Change them where you signed in."
    )


class NoSessionError(ForbiddenError):
    """The token is of another issuer, where its session has to be ended."""

    code = "no_session"
    detail = "Your token is of another issuer and has no session here. Sign out there."


class StaleTokenError(ForbiddenError):
    """What can't be taken back needs a token of another issuer that was made just now."""

    code = "token_not_fresh"
    detail = (
        "This needs a token that was issued in the last five minutes. Get a new one and try again."
    )


class TooManyAttemptsError(TooManyRequestsError):
    """Too many failures for this account, or too many requests from this address."""

    code = "too_many_attempts"
    detail = "Too many attempts. Wait before trying again."


class UserNotFoundError(NotFoundError):
    """No such account."""

    code = "user_not_found"
    detail = "There is no such user."


class SessionNotFoundError(NotFoundError):
    """No such live session of the caller's."""

    code = "session_not_found"
    detail = "There is no such session."


class SuperuserRequiredError(ForbiddenError):
    """Only superusers may do this."""

    code = "superuser_required"
    detail = "Only superusers may do this."


class OwnAccountError(ConflictError):
    """Superusers can't disable, demote or delete themselves here: the last one would lock all out.

    Nor change their own address and password, which ``/users/me`` asks the current password for.
    """

    code = "own_account"
    detail = (
        "You can't disable, demote or delete your own account here, nor change its address or"
        " password; see /users/me."
    )


class AccountChangedError(ConflictError):
    """Address or password were changed by another request meanwhile."""

    code = "account_changed"
    detail = "The account was changed meanwhile. Nothing was changed; try again."
