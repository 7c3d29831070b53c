"""What people do with accounts: each method is one use case, with its limits and its mails."""

from datetime import timedelta
from typing import Any

from fastapi.security import OAuth2PasswordRequestForm
from fastapi_users import exceptions as fastapi_users_errors

from app.auth.errors import (
    AccountChangedError,
    AlreadyVerifiedError,
    BadCredentialsError,
    BadResetTokenError,
    BadVerifyTokenError,
    CurrentPasswordError,
    NoPasswordError,
    RegistrationClosedError,
    ResetInvalidPasswordError,
    StaleTokenError,
    UserNotFoundError,
)
from app.auth.manager import UserManager
from app.auth.manager_calls import change_account, create_account, find_user
from app.auth.passwords import has_password
from app.auth.sessions import Device, SessionService, TokenPair
from app.auth.throttle import Throttle
from app.auth.trail import AuditTrail
from app.core.clock import Clock
from app.core.live_settings import FindLiveSettings
from app.core.text import normalize_email
from app.db.models import User
from app.infra.background import Background
from app.schemas.users import UserCreate
from app.services.principal import Principal

FRESH = timedelta(minutes=5)
"""How old a token of another issuer may be that takes the password's place."""


class AccountService:
    """Registers, lets in, and changes accounts for their owners."""

    def __init__(
        self,
        manager: UserManager,
        sessions: SessionService,
        throttle: Throttle,
        background: Background,
        clock: Clock,
        *,
        trail: AuditTrail,
        find_live: FindLiveSettings,
    ) -> None:
        self._manager = manager
        self._sessions = sessions
        self._throttle = throttle
        self._background = background
        self._clock = clock
        self._trail = trail
        self._find_live = find_live

    async def register(self, given: UserCreate, address: str) -> User:
        """Add an account without rights, and mail the link that verifies its address.

        Raises:
            RegistrationClosedError: an admin closed it.
            TooManyAttemptsError: too many registrations from this address.
            RegisterInvalidPasswordError: with the reason.
            UserAlreadyExistsError: the address is taken.
        """
        if not (await self._find_live()).registration_open:
            raise RegistrationClosedError
        await self._throttle.admit(self._throttle.rates.registrations_of_address, address)
        return await create_account(self._manager, given, safe=True)

    async def log_in(self, email: str, password: str, device: Device) -> TokenPair:
        """Open a session.

        Raises:
            TooManyAttemptsError: too many failures of the account, or tries from this address.
            BadCredentialsError: address and password don't go together; which, is not told.
        """
        with self._trail.watch_login(email):
            await self._throttle.admit(self._throttle.rates.logins_of_address, device.address)
            await self._throttle.begin_login(email)
            credentials = OAuth2PasswordRequestForm(username=email, password=password)
            user = await self._manager.authenticate(credentials)
            if user is None or not user.is_active:
                raise BadCredentialsError
            await self._throttle.succeed_login(email)
            return await self._sessions.open(user.id, device, user.hashed_password)

    async def refresh(self, refresh_token: str, address: str) -> TokenPair:
        """Go on with a session.

        Raises:
            TooManyAttemptsError: too many tries from this address, or of this session.
            InvalidRefreshTokenError: the token does not count, or no longer.
        """
        await self._throttle.admit(self._throttle.rates.refreshes_of_address, address)
        await self._throttle.admit_refresh(refresh_token)
        return await self._sessions.refresh(refresh_token)

    async def forgot_password(self, email: str, address: str) -> None:
        """Mail a link that resets the password, if there is such an account.

        Nothing is looked up before the answer, so that neither it nor its time tells.

        Raises:
            TooManyAttemptsError: too many such requests from this address.
        """
        await self._throttle.admit(self._throttle.rates.mails_of_address, address)
        self._background.spawn("forgot-password", self._send_reset(email))

    async def reset_password(self, token: str, password: str, address: str) -> None:
        """Set a new password by the mailed token; all sessions end.

        Raises:
            TooManyAttemptsError: too many tries from this address.
            BadResetTokenError: the token is none, expired or used (perhaps at this moment), or the
                account is disabled.
            ResetInvalidPasswordError: with the reason.
        """
        await self._throttle.admit(self._throttle.rates.mailed_tokens_of_address, address)
        try:
            user = await self._manager.reset_password(token, password)
        except fastapi_users_errors.InvalidPasswordException as error:
            raise ResetInvalidPasswordError(error.reason) from error
        except (
            fastapi_users_errors.InvalidResetPasswordToken,
            fastapi_users_errors.UserInactive,
            AccountChangedError,
            UserNotFoundError,
        ) as error:
            raise BadResetTokenError from error
        await self._throttle.succeed_login(user.email)

    async def request_verification(self, email: str, address: str) -> None:
        """Mail a link that verifies the address, if there is such an account that needs it.

        Raises:
            TooManyAttemptsError: too many such requests from this address.
        """
        await self._throttle.admit(self._throttle.rates.mails_of_address, address)
        self._background.spawn("request-verification", self._send_verification(email))

    async def verify(self, token: str, address: str) -> User:
        """Take an address for verified, by the mailed token.

        Raises:
            TooManyAttemptsError: too many tries from this address.
            BadVerifyTokenError: the token is none or expired, or the address has changed since.
            AlreadyVerifiedError: nothing is left to verify.
            AccountChangedError: the account was changed at this moment.
        """
        await self._throttle.admit(self._throttle.rates.mailed_tokens_of_address, address)
        try:
            user: User = await self._manager.verify(token)
        except fastapi_users_errors.UserAlreadyVerified as error:
            raise AlreadyVerifiedError from error
        except (fastapi_users_errors.InvalidVerifyToken, UserNotFoundError) as error:
            raise BadVerifyTokenError from error
        return user

    async def get(self, user_id: int) -> User:
        """One's own account.

        Raises:
            UserNotFoundError: it was deleted meanwhile.
        """
        return await find_user(self._manager, user_id)

    async def update(self, principal: Principal, changes: dict[str, Any]) -> User:
        """Change one's own account. With a new password the other sessions end.

        ``changes`` are the fields that were sent, ``current_password`` among them where needed.

        Raises:
            CurrentPasswordError: a new password or address came without the right current password.
            NoPasswordError: nor is there one: the account came by another issuer.
            TooManyAttemptsError: too many wrong ones, or changes of the address.
            EmailAlreadyExistsError: the new address is taken.
            UpdateInvalidPasswordError: with the reason.
            AccountChangedError: address or password were changed meanwhile.
        """
        user = await self.get(principal.user_id)
        values = dict(changes)
        current_password = values.pop("current_password", None)
        if "email" in values and normalize_email(values["email"]) == user.email:
            del values["email"]
        if not values.keys().isdisjoint({"email", "password"}):
            await self._prove(user, current_password)
        if "email" in values:
            await self._throttle.admit_email_change(user.id)
        if "password" in values:
            values["kept_session"] = principal.session_id
        return await change_account(self._manager, user, values)

    async def delete(self, principal: Principal, password: str | None) -> None:
        """Erase one's own account, with everything in it.

        Who came by another issuer has no password to give. A token that was made just now takes its
        place, so that one which got lost can't do this for as long as it counts.

        Raises:
            CurrentPasswordError: the password is missing or wrong.
            NoPasswordError: a password was given, and the account has none.
            StaleTokenError: none was given, and the token of the other issuer is too old, or says not
                how old it is.
            TooManyAttemptsError: too many wrong ones.
            AccountChangedError: address or password were changed meanwhile.
        """
        user = await self.get(principal.user_id)
        if principal.subject is not None and password is None:
            self._refuse_stale(principal)
        else:
            await self._prove(user, password)
        await self._manager.delete(user)

    def _refuse_stale(self, principal: Principal) -> None:
        issued_at = principal.issued_at
        if issued_at is None or self._clock.now() - issued_at > FRESH:
            raise StaleTokenError

    async def _prove(self, user: User, password: str | None) -> None:
        if not has_password(user.hashed_password):
            raise NoPasswordError
        if password is None:
            raise CurrentPasswordError
        with self._trail.watch_proof(user.email):
            await self._throttle.begin_login(user.email)
            if not await self._manager.verify_password(user, password):
                raise CurrentPasswordError
            await self._throttle.succeed_login(user.email)

    async def _send_reset(self, email: str) -> None:
        user = await self._manager.user_db.get_by_email(email)
        if user is not None and user.is_active and await self._throttle.admit_mail(email):
            await self._trail.note_reset_asked(user.id)
            await self._manager.forgot_password(user)

    async def _send_verification(self, email: str) -> None:
        user = await self._manager.user_db.get_by_email(email)
        if user is None or not user.is_active or user.is_verified:
            return
        if await self._throttle.admit_mail(email):
            await self._manager.request_verify(user)
