"""What superusers do with the accounts of others."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from app.auth.errors import OwnAccountError
from app.auth.manager import UserManager
from app.auth.manager_calls import (
    add_account,
    change_account,
    find_user,
    prepare_account,
)
from app.core.listing import Page
from app.core.roles import Role
from app.db.models import User
from app.db.session import Database
from app.db.unit_of_work import UnitOfWork
from app.schemas.users import AdminUserCreate
from app.services.paging import cut_page, decode_id, encode_cursor
from app.services.principal import Principal

_LIST = "users"
ALL_RIGHTS: Mapping[str, Any] = MappingProxyType(
    {"role": Role.ADMIN, "is_active": True, "is_superuser": True, "is_verified": True}
)
"""What makes a superuser."""

_LOCKS_OUT = ("is_active", "is_superuser")
_NEEDS_PASSWORD = {"email", "password"}


@dataclass(frozen=True, slots=True, repr=False)
class PreparedAccount:
    """An account that only has to be written down: its password is hashed."""

    values: dict[str, Any]


class UserAdministration:
    """Lists, makes, changes and erases accounts."""

    def __init__(self, database: Database, manager: UserManager) -> None:
        self._database = database
        self._manager = manager

    async def list_page(self, limit: int, cursor: str | None) -> Page[User]:
        """A page of all accounts, by id.

        Raises:
            BadCursorError: the cursor is not one of this list.
        """
        after_id = decode_id(_LIST, cursor, 0)
        async with self._database.reading() as uow:
            rows = await uow.users.list_page(after_id, limit + 1)
        return cut_page(rows, limit, lambda row: row, lambda row: encode_cursor(_LIST, [row.id]))

    async def get(self, user_id: int) -> User:
        """An account.

        Raises:
            UserNotFoundError: there is none.
        """
        return await find_user(self._manager, user_id)

    async def find_by_email(self, email: str) -> User | None:
        """The account with this address, in whatever spelling."""
        return await self._manager.user_db.get_by_email(email)

    async def promote(self, user: User) -> User | None:
        """Make a superuser of an account; None if it is one already, with all that belongs to it."""
        missing = {
            name: value for name, value in ALL_RIGHTS.items() if getattr(user, name) != value
        }
        return await change_account(self._manager, user, missing) if missing else None

    async def prepare(self, given: AdminUserCreate) -> PreparedAccount:
        """Check and hash, before the unit of work begins that ``create`` needs.

        Raises:
            RegisterInvalidPasswordError: with the reason.
        """
        return PreparedAccount(await prepare_account(self._manager, given, safe=False))

    async def create(self, uow: UnitOfWork, prepared: PreparedAccount) -> User:
        """Add an account, with rights, in the unit of work of the request (which may have a key).

        Raises:
            UserAlreadyExistsError: the address is taken.
        """
        return await add_account(self._manager.within(uow), prepared.values)

    async def update(self, caller: Principal, user_id: int, changes: dict[str, Any]) -> User:
        """Change an account; disabling it or a new password ends its sessions at once.

        Raises:
            UserNotFoundError: there is none.
            OwnAccountError: it is the caller's own, and would lose its rights, or change what
                needs the current password.
            UpdateInvalidPasswordError: with the reason.
            EmailAlreadyExistsError: the new address is taken.
            AccountChangedError: address or password were changed meanwhile.
        """
        if user_id == caller.user_id and _is_not_for_oneself(changes):
            raise OwnAccountError
        return await change_account(self._manager, await self.get(user_id), changes)

    async def delete(self, caller: Principal, user_id: int) -> None:
        """Erase an account, with everything in it.

        Raises:
            UserNotFoundError: there is none.
            OwnAccountError: it is the caller's own.
            AccountChangedError: address or password were changed meanwhile.
        """
        if user_id == caller.user_id:
            raise OwnAccountError
        await self._manager.delete(await self.get(user_id))


def _is_not_for_oneself(changes: dict[str, Any]) -> bool:
    locks_out = any(changes.get(name) is False for name in _LOCKS_OUT)
    return locks_out or not _NEEDS_PASSWORD.isdisjoint(changes)
