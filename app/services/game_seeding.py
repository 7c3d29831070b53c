"""Seeding: bringing the definitions of files to the database, without undoing what admins did."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from app.core.clock import Clock
from app.core.definitions import Cadence
from app.db.models import Badge, Boss, Quest
from app.db.repositories.definitions import Definition
from app.db.unit_of_work import UnitOfWork
from app.schemas.definitions import BadgeCreate, BossCreate, QuestCreate
from app.services.badge_definitions import BadgeDefinitions
from app.services.boss_definitions import BossDefinitions
from app.services.default_game import GameDefinitions
from app.services.definition_revisions import make_revision, resolve_course
from app.services.definition_rules import ALWAYS_IN_POOL, Values, check_badge, check_quest
from app.services.quest_definitions import QuestDefinitions

Given = QuestCreate | BossCreate | BadgeCreate


class SeedAction(StrEnum):
    """What became of a definition."""

    ADDED = "added"
    CHANGED = "changed"
    LEFT_OUT = "left out"
    """The quest needs another, or a badge, that an admin retired."""


@dataclass(frozen=True, slots=True)
class Seeded:
    """A definition, and what became of it."""

    kind: str
    key: str
    action: SeedAction


class _Numbered(Protocol):
    @property
    def revision(self) -> int: ...


class _Definitions(Protocol):
    """What the services of quests, bosses and badges have in common."""

    async def create(self, key: str, given: Mapping[str, Any]) -> _Numbered: ...

    async def update(
        self, key: str, revision: int | None, given: Mapping[str, Any]
    ) -> _Numbered: ...


class GameSeeding:
    """Adds definitions whose keys were never there.

    What was there in any revision is an admin's affair: it stays as it is, retired or changed, unless
    it is to be overwritten.
    """

    def __init__(self, uow: UnitOfWork, clock: Clock) -> None:
        self._uow = uow
        self._clock = clock

    async def apply(self, game: GameDefinitions, *, overwrite: bool = False) -> Sequence[Seeded]:
        """Bring the definitions; what is not mentioned stayed. Badges first, since quests give them.

        ``overwrite``: what differs gets a new revision, and what was retired comes back.

        Raises:
            QuestboardError: a definition is unsound, or what is overwritten is in use otherwise.
        """
        await self._uow.definitions.lock()
        badges = BadgeDefinitions(self._uow, self._clock)
        bosses = BossDefinitions(self._uow, self._clock)
        quests = QuestDefinitions(self._uow, self._clock)
        done = await self._seed(Badge, game.badges, badges, overwrite=overwrite)
        done += await self._seed(Boss, game.bosses, bosses, overwrite=overwrite)
        return done + await self._seed(Quest, game.quests, quests, overwrite=overwrite)

    async def _seed(
        self,
        model: type[Definition],
        wanted: Sequence[Given],
        definitions: _Definitions,
        *,
        overwrite: bool,
    ) -> list[Seeded]:
        last = await self._uow.definitions.list_last_revisions(model)
        new = [given for given in wanted if given.key not in last]
        done = await self._add_new(model, new)
        if overwrite:
            in_force = {row.key for row in await self._uow.definitions.load_all(model)}
            for given in wanted:
                if given.key not in last:
                    continue
                found = await _overwrite(definitions, given, is_there=given.key in in_force)
                if found.revision > last[given.key]:
                    done.append(Seeded(model.__name__.lower(), given.key, SeedAction.CHANGED))
        return done

    async def _add_new(self, model: type[Definition], new: Sequence[Given]) -> list[Seeded]:
        """All at once: what needs what can't be added is left out."""
        there = await self._list_there() if new else frozenset[str]()
        rows, done = [], []
        for given in new:
            values = await resolve_course(self._uow, given.to_changes())
            _check(given, values)
            action = SeedAction.LEFT_OUT
            if _find_needs(values) <= there:
                action = SeedAction.ADDED
                if values.get("cadence") == Cadence.ONCE:
                    there |= {f"quest {given.key}"}
                rows.append(make_revision(model, given.key, 1, _date(values), self._clock))
            done.append(Seeded(model.__name__.lower(), given.key, action))
        await self._uow.definitions.save(rows)
        return done

    async def _list_there(self) -> frozenset[str]:
        """What quests may need: quests that are completed once, and prizes."""
        quests = await self._uow.definitions.list_requirements()
        badges = await self._uow.definitions.list_badges_in_force()
        prizes = {f"badge {badge.key}" for badge in badges if badge.metric is None}
        return frozenset(prizes | {f"quest {key}" for key in quests})


async def _overwrite(definitions: _Definitions, given: Given, *, is_there: bool) -> _Numbered:
    if is_there:
        return await definitions.update(given.key, None, given.to_changes())
    return await definitions.create(given.key, given.to_changes())


def _check(given: Given, values: Values) -> None:
    if isinstance(given, QuestCreate):
        check_quest(values)
    elif isinstance(given, BadgeCreate):
        check_badge(values)


def _find_needs(values: Values) -> frozenset[str]:
    needs = {"badge": values.get("badge_key"), "quest": values.get("requires_quest")}
    return frozenset(f"{kind} {key}" for kind, key in needs.items() if key is not None)


def _date(values: Values) -> Values:
    """The values with the dates that a quest has beside them."""
    if "cadence" not in values:
        return values
    is_daily = values["cadence"] == Cadence.DAILY
    return {**values, "pool_from": ALWAYS_IN_POOL if is_daily else None, "pool_until": None}
