"""Accounts; this is also the adapter by which fastapi-users reads and writes them."""

from collections.abc import Sequence
from typing import Any

from fastapi_users.db import BaseUserDatabase
from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.cache import TABLES
from app.core.errors import ConflictError
from app.core.text import normalize_email
from app.db.models import User
from app.db.repositories.base import Repository
from app.db.repositories.changes import find_changed

_BY_ID = select(User).where(User.id == bindparam("user_id"))
_BY_ID_LOCKED = _BY_ID.with_for_update(key_share=True)
_BY_EMAIL = select(User).where(User.email == bindparam("email"))
_PAGE = (
    select(User).where(User.id > bindparam("after_id")).order_by(User.id).limit(bindparam("count"))
)


class EmailTakenError(ConflictError):
    """Another account has this address."""

    code = "email_taken"
    detail = "Another account has this email address."


class UserReader(Repository, BaseUserDatabase[Any, int]):
    """Looks accounts up."""

    def __init__(self, session: AsyncSession) -> None:
        super().__init__(session)

    async def get(self, id: int) -> User | None:
        """The account with this id."""
        return (await self._session.execute(_BY_ID, {"user_id": id})).scalar_one_or_none()

    async def get_by_email(self, email: str) -> User | None:
        """The account with this address, in whatever case and Unicode form it is written."""
        found = await self._session.execute(_BY_EMAIL, {"email": normalize_email(email)})
        return found.scalar_one_or_none()

    async def list_page(self, after_id: int, count: int) -> Sequence[User]:
        """At most ``count`` accounts with a greater id than ``after_id``, by id."""
        return (
            (await self._session.execute(_PAGE, {"after_id": after_id, "count": count}))
            .scalars()
            .all()
        )


class UserRepository(UserReader):
    """Makes and changes accounts. It flushes; who opened the unit of work commits."""

    async def lock(self, user_id: int) -> User | None:
        """The account, locked until the transaction ends."""
        return (
            await self._session.execute(_BY_ID_LOCKED, {"user_id": user_id})
        ).scalar_one_or_none()

    async def create(self, create_dict: dict[str, Any]) -> User:
        """Add an account.

        Raises:
            EmailTakenError: the address, in its normal form, is taken.
        """
        user = User(**create_dict)
        await self._write(user)
        return user

    async def update(self, user: User, update_dict: dict[str, Any]) -> User:
        """Change an account.

        Raises:
            EmailTakenError: the new address, in its normal form, is taken.
        """
        for name, value in update_dict.items():
            setattr(user, name, value)
        await self._write(user)
        if "display_name" in update_dict:
            find_changed(self._session).add(TABLES)
        return user

    async def delete(self, user: User) -> None:
        """Erase the account and, by cascade, every row of it."""
        await self._session.delete(user)
        await self._session.flush()
        find_changed(self._session).add(TABLES)

    async def _write(self, user: User) -> None:
        user.email = normalize_email(user.email)
        async with self._refusing({"uq_users_email": EmailTakenError}):
            self._session.add(user)
