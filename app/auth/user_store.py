"""fastapi-users' door to the accounts: each call is a unit of work of its own.

So no connection (and on SQLite not the only writer) is held while a password is hashed between two
calls; and what belongs to a change of an account happens in its transaction.
"""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from fastapi_users.db import BaseUserDatabase

from app.auth.account_audit import list_changes, list_first_rights
from app.auth.account_mails import list_first_mails, list_mails
from app.auth.errors import AccountChangedError, UserNotFoundError
from app.core.audit import AuditEvent
from app.core.clock import Clock
from app.core.jobs import JobRequest
from app.core.roles import Role
from app.db.models import User
from app.db.session import Database
from app.db.unit_of_work import UnitOfWork
from app.services.audit import write_down
from app.services.leaving import leave_everything
from app.services.player_mapping import new_player_row

_DEFAULTS = {
    "is_active": True,
    "is_superuser": False,
    "is_verified": False,
    "role": Role.LEARNER,
    "display_name": "",
    "timezone": "UTC",
    "day_starts_at": 0,
}
_PROOFS = {"email", "hashed_password", "is_verified"}
"""What is changed only after somebody proved to own the address or to know the password."""


# Any stands for User: the protocol wants plain attributes where the model has mapped ones.
class UserStore(BaseUserDatabase[Any, int]):
    """Reads and writes accounts for the manager."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def get(self, id: int) -> User | None:
        """The account with this id."""
        async with self._database.reading() as uow:
            return await uow.users.get(id)

    async def get_by_email(self, email: str) -> User | None:
        """The account with this address, in whatever spelling."""
        async with self._database.reading() as uow:
            return await uow.users.get_by_email(email)

    async def create(self, create_dict: dict[str, Any], *, greets: bool = False) -> User:
        """Add an account and its player. Whoever ``greets`` has the owner asked to confirm the address.

        Raises:
            EmailTakenError: the address is taken.
        """
        now = self._clock.now()
        async with self._writing() as uow:
            values = {**_DEFAULTS, **create_dict, "created_at": now, "updated_at": now}
            user = await uow.users.create(values)
            await uow.players.add(new_player_row(user.id))
            if greets:
                await self._want(uow, list_first_mails(user), now)
            for event, details in list_first_rights(values):
                await write_down(uow, event, now, subject_id=user.id, details=details)
        return user

    async def update(self, user: User, update_dict: dict[str, Any]) -> User:
        """Change an account as it was read. A new password and disabling it end its sessions.

        ``kept_session`` in the changes names the session that goes on after a new password.

        Raises:
            UserNotFoundError: it was deleted meanwhile.
            AccountChangedError: what was proved (by a password, or a token that is used once) is
                no longer so.
            EmailTakenError: the new address is taken.
        """
        now = self._clock.now()
        changes = dict(update_dict)
        kept_session = changes.pop("kept_session", None)
        async with self._writing() as uow:
            fresh = await uow.users.lock(user.id)
            if fresh is None:
                raise UserNotFoundError
            if not _PROOFS.isdisjoint(changes):
                _refuse_changed(user, fresh)
            for event, details in list_changes(fresh, changes):
                await write_down(uow, event, now, subject_id=fresh.id, details=details)
            old_email = fresh.email
            await uow.users.update(fresh, {**changes, "updated_at": now})
            await self._want(uow, list_mails(old_email, changes, fresh), now)
            if "hashed_password" in changes or changes.get("is_active") is False:
                await uow.sessions.revoke_others(fresh.id, kept_session, now)
        return fresh

    async def want(self, request: JobRequest) -> None:
        """Want a job that belongs to no change."""
        async with self._writing() as uow:
            await self._want(uow, [request], self._clock.now())

    def within(self, uow: UnitOfWork) -> "UserStore":
        """The same store, writing in a unit of work that is open already."""
        return JoinedUserStore(self._database, self._clock, uow)

    async def rehash(self, user: User, hashed_password: str) -> User | None:
        """Keep the same password under newer parameters; the sessions go on.

        None if the account was deleted or its hash changed meanwhile.
        """
        async with self._writing() as uow:
            fresh = await uow.users.lock(user.id)
            if fresh is None or fresh.hashed_password != user.hashed_password:
                return None
            await uow.users.update(fresh, {"hashed_password": hashed_password})
        return fresh

    async def delete(self, user: User) -> None:
        """Erase an account as it was read, and every row of it; its sessions end with it.

        A party that it leads goes to the oldest remaining member, or ends with the last one.

        Raises:
            AccountChangedError: its address or password was changed meanwhile.
        """
        async with self._writing() as uow:
            # The published order of locks: shared battles, then the player, then the parties that are
            # left (their battles keep the damage), the account last.
            now = self._clock.now()
            await uow.parties.lock_running_battles_of(user.id)
            await uow.players.lock(user.id)
            await leave_everything(uow, user.id, now)
            await uow.idempotency.erase(user.id)
            fresh = await uow.users.lock(user.id)
            if fresh is not None:
                _refuse_changed(user, fresh)
                await uow.users.delete(fresh)
                # The entry first: it keeps an admin's address, but not that of who went by themselves.
                await write_down(uow, AuditEvent.ACCOUNT_DELETED, now, subject_id=user.id)
                await uow.audit.forget(user.id)
            # Once more: a key may have come in until the account's own lock shut out new rows.
            await uow.idempotency.erase(user.id)

    async def _want(self, uow: UnitOfWork, requests: Iterable[JobRequest], now: datetime) -> None:
        for request in requests:
            await uow.background_tasks.add(request, now)

    @asynccontextmanager
    async def _writing(self) -> AsyncIterator[UnitOfWork]:
        async with self._database.writing() as transaction:
            yield transaction.uow
            await transaction.commit()


def _refuse_changed(read: User, fresh: User) -> None:
    if (fresh.email, fresh.hashed_password) != (read.email, read.hashed_password):
        raise AccountChangedError


class JoinedUserStore(UserStore):
    """A store whose writes join a unit of work that somebody else commits."""

    def __init__(self, database: Database, clock: Clock, uow: UnitOfWork) -> None:
        super().__init__(database, clock)
        self._uow = uow

    @asynccontextmanager
    async def _writing(self) -> AsyncIterator[UnitOfWork]:
        yield self._uow
