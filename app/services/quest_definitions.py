"""Quests, as admins define them."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from app.core.clock import Clock
from app.core.definitions import Cadence
from app.db.models import Quest
from app.db.repositories.definition_rows import QuestRevision
from app.db.repositories.definitions import RevisionFilter
from app.db.unit_of_work import UnitOfWork
from app.services.definition_errors import DefinitionInUseError, QuestNotFoundError
from app.services.definition_revisions import (
    Revisions,
    read_values,
    require_prize,
    resolve_course,
)
from app.services.definition_rules import Values, check_quest, check_requirement, date_of_effect
from app.services.paging import NEWEST


class QuestDefinitions:
    """Defines quests.

    What happens to a daily quest takes effect on the first date that has begun nowhere on Earth, so
    that the pool of a date never changes on that date.
    """

    def __init__(self, uow: UnitOfWork, clock: Clock) -> None:
        self._uow = uow
        self._clock = clock
        self._revisions = Revisions(uow, clock, Quest, QuestNotFoundError)

    async def create(self, key: str, given: Mapping[str, Any]) -> QuestRevision:
        """Put a quest in force, under a new key or one whose quest was retired.

        Raises:
            DefinitionExistsError: the key is in force.
            UnknownCourseError: no published course has the slug.
            UnknownPrizeError: its badge is none in force, or no prize.
            UnknownQuestError: the quest that it requires is not in force.
            QuestCycleError: it would require itself.
            BadDefinitionError: its parts don't fit together.
        """
        await self._revisions.begin_new(key)
        values = await resolve_course(self._uow, given)
        await self._check(key, values)
        return await self._put_in_force(key, values)

    async def update(
        self, key: str, revision: int | None, given: Mapping[str, Any]
    ) -> QuestRevision:
        """Put the next revision in force, with what is given changed. Without a difference there is none.

        Raises:
            QuestNotFoundError: nothing is in force under the key.
            DefinitionChangedError: another revision than the given one is.
            DefinitionInUseError: another quest requires it, and it would no longer be done once.
            UnknownCourseError: no published course has the slug.
            UnknownPrizeError: its badge is none in force, or no prize.
            UnknownQuestError: the quest that it requires is not in force.
            QuestCycleError: it would require itself.
            BadDefinitionError: the parts don't fit together any more.
        """
        quest = await self._revisions.begin_change(key, revision)
        before = read_values(quest)
        after = before | await resolve_course(self._uow, given)
        if after == before:
            return await self._show(key)
        await self._check(key, after)
        if after["cadence"] != Cadence.ONCE:
            await self._require_no_use(key)
        await self._take_out_of_force(quest)
        return await self._put_in_force(key, after)

    async def retire(self, key: str) -> None:
        """Take a quest out of force.

        Raises:
            QuestNotFoundError: nothing is in force under the key.
            DefinitionInUseError: another quest requires it.
        """
        quest = await self._revisions.begin_change(key)
        await self._require_no_use(key)
        await self._take_out_of_force(quest)

    async def _check(self, key: str, values: Values) -> None:
        check_quest(values)
        if values["badge_key"] is not None:
            await require_prize(self._uow, values["badge_key"])
        if values["requires_quest"] is not None:
            chain = await self._uow.definitions.list_requirements()
            check_requirement(key, values["requires_quest"], chain)

    async def _require_no_use(self, key: str) -> None:
        if await self._uow.definitions.is_required(key):
            raise DefinitionInUseError

    async def _take_out_of_force(self, quest: Quest) -> None:
        pool_until = None
        if quest.pool_from is not None:
            pool_until = max(self._effect, quest.pool_from)  # a clock may have stepped back
        await self._revisions.retire(quest, pool_until=pool_until)

    async def _put_in_force(self, key: str, values: Values) -> QuestRevision:
        pool_from = None
        if values["cadence"] == Cadence.DAILY:
            end = await self._uow.definitions.get_last_pool_end(key)
            pool_from = max(self._effect, end or self._effect)
        dates = {"pool_from": pool_from, "pool_until": None}
        await self._revisions.add(key, {**values, **dates})
        return await self._show(key)

    @property
    def _effect(self) -> date:
        return date_of_effect(self._clock.now())

    async def _show(self, key: str) -> QuestRevision:
        wanted = RevisionFilter(key, in_force=True)
        (row,) = await self._uow.definitions.list_quest_revisions(wanted, NEWEST, 1)
        return row
