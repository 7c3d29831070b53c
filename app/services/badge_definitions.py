"""Badges, as admins define them."""

from collections.abc import Mapping
from typing import Any

from app.core.clock import Clock
from app.db.models import Badge
from app.db.repositories.definition_rows import BadgeRevision
from app.db.repositories.definitions import RevisionFilter
from app.db.unit_of_work import UnitOfWork
from app.services.definition_errors import BadgeNotFoundError, DefinitionInUseError
from app.services.definition_revisions import Revisions, read_values, resolve_course
from app.services.definition_rules import check_badge
from app.services.paging import NEWEST


class BadgeDefinitions:
    """Defines badges. Who has one keeps it, whatever becomes of the definition."""

    def __init__(self, uow: UnitOfWork, clock: Clock) -> None:
        self._uow = uow
        self._clock = clock
        self._revisions = Revisions(uow, clock, Badge, BadgeNotFoundError)

    async def create(self, key: str, given: Mapping[str, Any]) -> BadgeRevision:
        """Put a badge in force, under a new key or one whose badge was retired.

        Raises:
            DefinitionExistsError: the key is in force.
            UnknownCourseError: no published course has the slug.
            BadDefinitionError: its parts don't fit together.
        """
        await self._revisions.begin_new(key)
        values = await resolve_course(self._uow, given)
        check_badge(values)
        await self._revisions.add(key, values)
        return await self._show(key)

    async def update(
        self, key: str, revision: int | None, given: Mapping[str, Any]
    ) -> BadgeRevision:
        """Put the next revision in force, with what is given changed. Without a difference there is none.

        Raises:
            BadgeNotFoundError: nothing is in force under the key.
            DefinitionChangedError: another revision than the given one is.
            DefinitionInUseError: it is a prize that a goal gives, and would get a metric.
            UnknownCourseError: no published course has the slug.
            BadDefinitionError: the parts don't fit together any more.
        """
        badge = await self._revisions.begin_change(key, revision)
        before = read_values(badge)
        after = before | await resolve_course(self._uow, given)
        check_badge(after)
        if before["metric"] is None and after["metric"] is not None:
            await self._require_no_use(key)
        if after != before:
            await self._revisions.retire(badge)
            await self._revisions.add(key, after)
        return await self._show(key)

    async def retire(self, key: str) -> None:
        """Take a badge out of force: nobody else is awarded it.

        Raises:
            BadgeNotFoundError: nothing is in force under the key.
            DefinitionInUseError: a goal gives it.
        """
        badge = await self._revisions.begin_change(key)
        await self._require_no_use(key)
        await self._revisions.retire(badge)

    async def _require_no_use(self, key: str) -> None:
        if await self._uow.definitions.is_prize(key, self._clock.now()):
            raise DefinitionInUseError

    async def _show(self, key: str) -> BadgeRevision:
        wanted = RevisionFilter(key, in_force=True)
        (row,) = await self._uow.definitions.list_badge_revisions(wanted, NEWEST, 1)
        return row
