"""Revisions: how any definition is added, changed and retired."""

from collections.abc import Callable, Mapping
from typing import Any, Generic

from app.core.audit import AuditEvent
from app.core.clock import Clock
from app.core.errors import NotFoundError
from app.db.models import Badge, Boss, Quest
from app.db.repositories.definitions import Definition
from app.db.unit_of_work import ReadUnitOfWork, UnitOfWork
from app.services.audit import write_down
from app.services.definition_errors import (
    DefinitionChangedError,
    DefinitionExistsError,
    UnknownCourseError,
    UnknownPrizeError,
)
from app.services.definition_rules import Values

_OWN = frozenset({"id", "key", "revision", "created_at", "retired_at", "pool_from", "pool_until"})
"""What belongs to a revision, and not to what it defines."""


class Revisions(Generic[Definition]):
    """The revisions of quests, of bosses or of badges. Every use starts with ``begin``."""

    def __init__(
        self,
        uow: UnitOfWork,
        clock: Clock,
        model: type[Definition],
        not_found: Callable[[], NotFoundError],
    ) -> None:
        self._uow = uow
        self._clock = clock
        self._model = model
        self._not_found = not_found

    async def begin(self, key: str) -> Definition | None:
        """Keep other changes out; what is in force under the key."""
        await self._uow.definitions.lock()
        return await self._uow.definitions.load(self._model, key)

    async def begin_new(self, key: str) -> None:
        """Keep other changes out.

        Raises:
            DefinitionExistsError: the key is in force.
        """
        if await self.begin(key) is not None:
            raise DefinitionExistsError

    async def begin_change(self, key: str, revision: int | None = None) -> Definition:
        """Keep other changes out; what is in force under the key, in the revision if one is given.

        Raises:
            NotFoundError: nothing is.
            DefinitionChangedError: another revision is.
        """
        found = await self.begin(key)
        if found is None:
            raise self._not_found()
        if revision not in {None, found.revision}:
            raise DefinitionChangedError
        return found

    async def add(self, key: str, values: Values) -> Definition:
        """Put a revision in force under a key that has none in force."""
        last = await self._uow.definitions.list_last_revisions(self._model, key)
        added = make_revision(self._model, key, last.get(key, 0) + 1, values, self._clock)
        await self._uow.definitions.save([added])
        await self._write_down(AuditEvent.DEFINITION_CHANGED, added)
        return added

    async def retire(self, definition: Definition, **values: Any) -> None:
        """Take a revision out of force; ``values`` are to be set beside."""
        definition.retired_at = self._clock.now()
        for name, value in values.items():
            setattr(definition, name, value)
        await self._uow.definitions.save([definition])
        await self._write_down(AuditEvent.DEFINITION_RETIRED, definition)

    async def _write_down(self, event: AuditEvent, definition: Definition) -> None:
        """Write down a revision that an admin put in force, or took out of it."""
        details = {
            "kind": self._model.__tablename__,
            "key": definition.key,
            "revision": definition.revision,
        }
        await write_down(self._uow, event, self._clock.now(), details=details)


def make_revision(
    model: type[Definition], key: str, revision: int, values: Values, clock: Clock
) -> Definition:
    """A new revision, in force."""
    return model(key=key, revision=revision, created_at=clock.now(), retired_at=None, **values)


def read_values(definition: Quest | Boss | Badge) -> dict[str, Any]:
    """What a revision defines."""
    names = definition.__mapper__.column_attrs.keys()
    return {name: getattr(definition, name) for name in names if name not in _OWN}


async def resolve_course(uow: ReadUnitOfWork, given: Mapping[str, Any]) -> dict[str, Any]:
    """What was given, with the id of the course in place of its slug.

    Raises:
        UnknownCourseError: no published course has it.
    """
    values = dict(given)
    if "course_slug" not in values:
        return values
    slug = values.pop("course_slug")
    values["course_id"] = (
        None if slug is None else await uow.definitions.find_published_course(slug)
    )
    if slug is not None and values["course_id"] is None:
        raise UnknownCourseError
    return values


async def require_prize(uow: ReadUnitOfWork, badge_key: str) -> None:
    """Hold a badge that goals are to give to prizes in force.

    Raises:
        UnknownPrizeError: there is none of this key in force, or it is won by a metric.
    """
    badge = await uow.definitions.get_badge(badge_key)
    if badge is None or badge.metric is not None:
        raise UnknownPrizeError
