"""fastapi-users' manager, with every hash taken off the event loop.

Overridden are the methods that hash (``create``, ``authenticate``, ``forgot_password``,
``reset_password`` and ``_update``); what they mean and raise is fastapi-users' own.
"""

import hashlib
import hmac
from typing import Any

import jwt
from fastapi import Request
from fastapi.security import OAuth2PasswordRequestForm
from fastapi_users import BaseUserManager, IntegerIDMixin
from fastapi_users import exceptions as fastapi_users_errors
from fastapi_users import schemas as fastapi_users_schemas
from fastapi_users.jwt import decode_jwt, generate_jwt

from app.auth.passwords import Passwords, check_password
from app.auth.user_store import UserStore
from app.core.jobs import JobKind, JobRequest
from app.core.secret_keys import SecretKeys
from app.core.text import normalize_email
from app.db.models import User
from app.db.repositories.users import EmailTakenError
from app.db.unit_of_work import UnitOfWork

_RIGHTS = {"role", "is_active", "is_superuser", "is_verified"}


# Any stands for User: the protocol wants plain attributes where the model has mapped ones.
class UserManager(IntegerIDMixin, BaseUserManager[Any, int]):
    """Registers, authenticates, resets, verifies and changes accounts."""

    user_db: UserStore

    def __init__(
        self,
        store: UserStore,
        passwords: Passwords,
        keys: SecretKeys,
    ) -> None:
        super().__init__(store, passwords.helper)
        self.reset_password_token_secret = keys.reset_password
        self.verification_token_secret = keys.verification
        self._passwords = passwords
        self._keys = keys

    def within(self, uow: UnitOfWork) -> "UserManager":
        """The same manager, writing in a unit of work that is open already."""
        store = self.user_db.within(uow)
        return UserManager(store, self._passwords, self._keys)

    async def validate_password(self, password: str, user: fastapi_users_schemas.UC | User) -> None:
        """Hold the password to our rules.

        Raises:
            InvalidPasswordException: with the reason.
        """
        check_password(password, user.email)

    async def create(
        self,
        user_create: Any,
        safe: bool = False,
        request: Request | None = None,
    ) -> User:
        """Add an account from a body that has at least address and password.

        With ``safe`` nothing that gives rights is taken from the body.

        Raises:
            InvalidPasswordException: with the reason.
            UserAlreadyExists: the address is taken (found by the unique index, after hashing).
        """
        return await self.add(await self.prepare(user_create, safe=safe), request)

    async def prepare(self, user_create: Any, *, safe: bool = False) -> dict[str, Any]:
        """What ``add`` is to add: all of ``create`` that takes long and needs no database.

        Raises:
            InvalidPasswordException: with the reason.
        """
        await self.validate_password(user_create.password, user_create)
        values: dict[str, Any] = user_create.model_dump(
            exclude_unset=True, exclude=_RIGHTS if safe else None
        )
        values["hashed_password"] = await self._passwords.hash(values.pop("password"))
        return values

    async def add(self, values: dict[str, Any], request: Request | None = None) -> User:
        """Add a prepared account.

        Raises:
            UserAlreadyExists: the address is taken.
        """
        try:
            user = await self.user_db.create(values, greets=True)
        except EmailTakenError as error:
            raise fastapi_users_errors.UserAlreadyExists from error
        await self.on_after_register(user, request)
        return user

    async def authenticate(self, credentials: OAuth2PasswordRequestForm) -> User | None:
        """The account that address and password belong to, or None, after the same time."""
        while True:
            user = await self.user_db.get_by_email(credentials.username)
            hashed = None if user is None else user.hashed_password
            verified, new_hash = await self._passwords.verify(credentials.password, hashed)
            if user is None or not verified:
                return None
            if new_hash is None:
                return user
            # None: another login was first to renew the hash, or the password is another by now.
            if (updated := await self.user_db.rehash(user, new_hash)) is not None:
                return updated

    async def forgot_password(self, user: User, request: Request | None = None) -> None:
        """Mail a token that resets the password, good until that or the address changes.

        Raises:
            UserInactive: the account is disabled.
        """
        if not user.is_active:
            raise fastapi_users_errors.UserInactive
        await self.user_db.want(JobRequest(JobKind.SEND_RESET_LINK, user_id=user.id))

    async def request_verify(self, user: User, request: Request | None = None) -> None:
        """Mail a token that verifies the address, good until that changes.

        Raises:
            UserInactive: the account is disabled.
            UserAlreadyVerified: the address is verified.
        """
        if not user.is_active:
            raise fastapi_users_errors.UserInactive
        if user.is_verified:
            raise fastapi_users_errors.UserAlreadyVerified
        await self.user_db.want(JobRequest(JobKind.SEND_VERIFICATION, user_id=user.id))

    def make_reset_token(self, user: User) -> str:
        """A token that lets whoever has it choose a new password, once."""
        data = {
            "sub": str(user.id),
            "password_fgpt": _fingerprint(user),
            "aud": self.reset_password_token_audience,
        }
        return generate_jwt(
            data, self.reset_password_token_secret, self.reset_password_token_lifetime_seconds
        )

    def make_verification_token(self, user: User) -> str:
        """A token that proves that whoever has it reads the address."""
        data = {
            "sub": str(user.id),
            "email": user.email,
            "aud": self.verification_token_audience,
        }
        return generate_jwt(
            data, self.verification_token_secret, self.verification_token_lifetime_seconds
        )

    async def reset_password(
        self, token: str, password: str, request: Request | None = None
    ) -> User:
        """Set a new password by a mailed token. All sessions end.

        Raises:
            InvalidResetPasswordToken: the token is none, expired or used.
            UserInactive: the account is disabled.
            InvalidPasswordException: with the reason.
        """
        user = await self._find_by_reset_token(token)
        if not user.is_active:
            raise fastapi_users_errors.UserInactive
        return await self._update(user, {"password": password})

    async def change(self, user: User, changes: dict[str, Any]) -> User:
        """Change what is given of an account; the other fields stay.

        ``update`` of fastapi-users takes a body instead, and drops what only superusers may set.

        Raises:
            UserAlreadyExists: the new address is taken.
            InvalidPasswordException: with the reason.
        """
        return await self._update(user, changes)

    async def verify_password(self, user: User, password: str) -> bool:
        """Whether this is the account's password."""
        verified, _ = await self._passwords.verify(password, user.hashed_password)
        return verified

    async def _find_by_reset_token(self, token: str) -> User:
        audience = [self.reset_password_token_audience]
        try:
            data = decode_jwt(token, self.reset_password_token_secret, audience)
            user = await self.get(self.parse_id(data["sub"]))
            fingerprint = str(data["password_fgpt"])
        except (
            jwt.PyJWTError,
            KeyError,
            fastapi_users_errors.InvalidID,
            fastapi_users_errors.UserNotExists,
        ):
            raise fastapi_users_errors.InvalidResetPasswordToken from None
        if not hmac.compare_digest(fingerprint, _fingerprint(user)):
            raise fastapi_users_errors.InvalidResetPasswordToken
        found: User = user
        return found

    async def _update(self, user: User, update_dict: dict[str, Any]) -> User:
        """Change an account; a new address has to be verified anew, and the old one is told.

        Raises:
            UserAlreadyExists: the new address is taken.
            InvalidPasswordException: with the reason.
        """
        changes = dict(update_dict)
        if "password" in changes:
            password = changes.pop("password")
            check_password(password, changes.get("email", user.email))
            changes["hashed_password"] = await self._passwords.hash(password)
        if "email" in changes and normalize_email(changes["email"]) != user.email:
            changes.setdefault("is_verified", False)
        try:
            return await self.user_db.update(user, changes)
        except EmailTakenError as error:
            raise fastapi_users_errors.UserAlreadyExists from error


def _fingerprint(user: User) -> str:
    """Ties a reset token to the password that it resets, and to the address that it was sent to.

    The hash of the password is salted, so this tells nothing.
    """
    return hashlib.sha256(f"{user.email}\n{user.hashed_password}".encode()).hexdigest()[:32]
