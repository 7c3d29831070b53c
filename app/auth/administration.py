"""What superusers do with the accounts of others."""

from typing import Any

from app.auth.accounts import change_account, create_account, find_user
from app.auth.errors import OwnAccountError
from app.auth.manager import UserManager
from app.core.listing import Page
from app.db.models import User
from app.db.session import Database
from app.db.unit_of_work import UnitOfWork
from app.schemas.users import AdminUserCreate
from app.services.paging import cut_page, decode_id, encode_cursor
from app.services.principal import Principal

_LIST = "users"
_LOCKS_OUT: dict[str, object] = {"is_active": False, "is_superuser": False}


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

    async def create(self, uow: UnitOfWork, given: AdminUserCreate) -> User:
        """Add an account, with rights, in the unit of work of the request (which may have a key).

        Raises:
            RegisterInvalidPasswordError: with the reason.
            UserAlreadyExistsError: the address is taken.
        """
        return await create_account(self._manager.within(uow), given, safe=False)

    async def update(self, caller: Principal, user_id: int, changes: dict[str, Any]) -> User:
        """Change an account; disabling it or a new password ends its sessions at once.

        Raises:
            UserNotFoundError: there is none.
            OwnAccountError: it is the caller's own, and would lose its rights.
            UpdateInvalidPasswordError: with the reason.
            EmailAlreadyExistsError: the new address is taken.
        """
        if user_id == caller.user_id and not changes.items().isdisjoint(_LOCKS_OUT.items()):
            raise OwnAccountError
        return await change_account(self._manager, await self.get(user_id), changes)

    async def delete(self, caller: Principal, user_id: int) -> None:
        """Erase an account, with everything in it.

        Raises:
            UserNotFoundError: there is none.
            OwnAccountError: it is the caller's own.
        """
        if user_id == caller.user_id:
            raise OwnAccountError
        await self._manager.delete(await self.get(user_id))
