"""Bosses, as admins define them."""

from collections.abc import Mapping
from typing import Any

from app.core.clock import Clock
from app.db.models import Boss
from app.db.repositories.definition_rows import BossRevision
from app.db.repositories.definitions import RevisionFilter
from app.db.unit_of_work import UnitOfWork
from app.services.definition_errors import BossNotFoundError
from app.services.definition_revisions import Revisions, read_values
from app.services.paging import NEWEST


class BossDefinitions:
    """Defines bosses. A battle that has begun keeps the numbers of its beginning."""

    def __init__(self, uow: UnitOfWork, clock: Clock) -> None:
        self._uow = uow
        self._revisions = Revisions(uow, clock, Boss, BossNotFoundError)

    async def create(self, key: str, given: Mapping[str, Any]) -> BossRevision:
        """Put a boss in force, under a new key or one whose boss was retired.

        Raises:
            DefinitionExistsError: the key is in force.
        """
        await self._revisions.begin_new(key)
        await self._revisions.add(key, given)
        return await self._show(key)

    async def update(
        self, key: str, revision: int | None, given: Mapping[str, Any]
    ) -> BossRevision:
        """Put the next revision in force, with what is given changed. Without a difference there is none.

        Raises:
            BossNotFoundError: nothing is in force under the key.
            DefinitionChangedError: another revision than the given one is.
        """
        boss = await self._revisions.begin_change(key, revision)
        before = read_values(boss)
        after = before | dict(given)
        if after != before:
            await self._revisions.retire(boss)
            await self._revisions.add(key, after)
        return await self._show(key)

    async def retire(self, key: str) -> None:
        """Take a boss out of force: nobody else can begin to fight it.

        Raises:
            BossNotFoundError: nothing is in force under the key.
        """
        await self._revisions.retire(await self._revisions.begin_change(key))

    async def _show(self, key: str) -> BossRevision:
        wanted = RevisionFilter(key, in_force=True)
        (row,) = await self._uow.definitions.list_boss_revisions(wanted, NEWEST, 1)
        return row
