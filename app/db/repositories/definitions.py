"""Quests, bosses and badges as they are defined: what is in force, and every revision for admins."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    bindparam,
    func,
    or_,
    select,
    text,
)

from app.core.definitions import Cadence
from app.db.models import Badge, Boss, Challenge, Course, Quest
from app.db.repositories.base import Repository
from app.db.repositories.definition_rows import (
    BadgeRevision,
    BadgeRow,
    BossRevision,
    BossRow,
    QuestRevision,
    QuestRow,
)

Definition = TypeVar("Definition", bound=Quest | Boss | Badge)


@dataclass(frozen=True, slots=True)
class RevisionFilter:
    """Which revisions to list; None means any."""

    key: str | None = None
    in_force: bool | None = None


QUEST_COLUMNS = (
    Quest.id, Quest.key, Quest.revision, Quest.cadence, Quest.title, Quest.description, Quest.metric,
    Quest.target, Quest.course_id, Quest.min_level, Quest.requires_quest, Quest.badge_key,
    Quest.pool_from, Quest.pool_until, Quest.xp, Quest.gold, Quest.freezes,
)  # fmt: skip
"""What makes a ``QuestRow``, in its order."""
BOSS_COLUMNS = (
    Boss.id, Boss.key, Boss.revision, Boss.kind, Boss.title, Boss.description, Boss.hp, Boss.xp,
    Boss.gold, Boss.strikes_back, Boss.min_level,
)  # fmt: skip
"""What makes a ``BossRow``, in its order."""
BADGE_COLUMNS = (
    Badge.id, Badge.key, Badge.revision, Badge.family, Badge.tier, Badge.title, Badge.description,
    Badge.metric, Badge.target, Badge.course_id, Badge.xp, Badge.gold, Badge.freezes,
)  # fmt: skip
"""What makes a ``BadgeRow``, in its order."""


def _in_force(model: type[Definition]) -> ColumnElement[bool]:
    return model.retired_at.is_(None)


_BOSS_IN_FORCE = select(*BOSS_COLUMNS).where(Boss.key == bindparam("key"), _in_force(Boss))
_BADGE_IN_FORCE = select(*BADGE_COLUMNS).where(Badge.key == bindparam("key"), _in_force(Badge))
_BADGES_IN_FORCE = select(*BADGE_COLUMNS).where(_in_force(Badge)).order_by(Badge.key)
# Served by ix_quests_cadence_pool_from. Retired revisions stay in the pool until their last date ends.
_POOL = (
    select(*QUEST_COLUMNS)
    .where(
        Quest.cadence == Cadence.DAILY,
        Quest.pool_from <= bindparam("on_date"),
        or_(Quest.pool_until.is_(None), Quest.pool_until > bindparam("on_date")),
    )
    .order_by(Quest.key)
)
_QUEST_REVISIONS = select(
    *QUEST_COLUMNS, Course.slug, Quest.created_at, Quest.retired_at
).outerjoin(Course, Course.id == Quest.course_id)
_BOSS_REVISIONS = select(*BOSS_COLUMNS, Boss.created_at, Boss.retired_at)
_BADGE_REVISIONS = select(
    *BADGE_COLUMNS, Course.slug, Badge.created_at, Badge.retired_at
).outerjoin(Course, Course.id == Badge.course_id)
_REQUIREMENTS = select(Quest.key, Quest.requires_quest).where(
    _in_force(Quest), Quest.cadence == Cadence.ONCE
)
# A party's challenge never gives one: those for all are few, and ix_challenges_party_id_ends_at finds them.
_GIVES_BADGE = select(
    or_(
        select(Quest.id).where(_in_force(Quest), Quest.badge_key == bindparam("key")).exists(),
        select(Challenge.id)
        .where(
            Challenge.party_id.is_(None),
            Challenge.ends_at > bindparam("now"),
            Challenge.badge_key == bindparam("key"),
        )
        .exists(),
    )
)
_REQUIRES_QUEST = select(
    select(Quest.id).where(_in_force(Quest), Quest.requires_quest == bindparam("key")).exists()
)
# Against each other and themselves, but not against readers, nor the foreign keys of learners' rows.
_LOCK_ON_POSTGRESQL = text("LOCK TABLE quests, bosses, badges IN SHARE ROW EXCLUSIVE MODE")


class DefinitionReader(Repository):
    """Looks definitions up. Those in force are served by the unique indexes ``uq_..._in_force (key)``."""

    async def list_pool(self, on: date) -> Sequence[QuestRow]:
        """The daily quests among which those of a local date are chosen, by key."""
        return [QuestRow(*row) for row in await self._session.execute(_POOL, {"on_date": on})]

    async def get_boss(self, key: str) -> BossRow | None:
        """The boss in force with this key."""
        row = (await self._session.execute(_BOSS_IN_FORCE, {"key": key})).one_or_none()
        return None if row is None else BossRow(*row)

    async def get_badge(self, key: str) -> BadgeRow | None:
        """The badge in force with this key."""
        row = (await self._session.execute(_BADGE_IN_FORCE, {"key": key})).one_or_none()
        return None if row is None else BadgeRow(*row)

    async def list_badges_in_force(self) -> Sequence[BadgeRow]:
        """All badges that can be won now, prizes included, by key."""
        return [BadgeRow(*row) for row in await self._session.execute(_BADGES_IN_FORCE)]

    async def list_quest_revisions(
        self, wanted: RevisionFilter, before_id: int, count: int
    ) -> Sequence[QuestRevision]:
        """At most ``count`` revisions with a smaller id than ``before_id``, newest first."""
        statement = _page(_QUEST_REVISIONS, Quest, wanted, before_id, count)
        return [QuestRevision(*row) for row in await self._session.execute(statement)]

    async def list_boss_revisions(
        self, wanted: RevisionFilter, before_id: int, count: int
    ) -> Sequence[BossRevision]:
        """At most ``count`` revisions with a smaller id than ``before_id``, newest first."""
        statement = _page(_BOSS_REVISIONS, Boss, wanted, before_id, count)
        return [BossRevision(*row) for row in await self._session.execute(statement)]

    async def list_badge_revisions(
        self, wanted: RevisionFilter, before_id: int, count: int
    ) -> Sequence[BadgeRevision]:
        """At most ``count`` revisions with a smaller id than ``before_id``, newest first."""
        statement = _page(_BADGE_REVISIONS, Badge, wanted, before_id, count)
        return [BadgeRevision(*row) for row in await self._session.execute(statement)]

    async def find_published_course(self, slug: str) -> int | None:
        """The id of the published course with this slug."""
        statement = select(Course.id).where(Course.slug == slug, Course.status == "published")
        return (await self._session.execute(statement)).scalar_one_or_none()

    async def has_any(self) -> bool:
        """Whether anything was ever defined."""
        known = or_(*(select(model.id).exists() for model in (Quest, Boss, Badge)))
        return (await self._session.execute(select(known))).scalar_one()


class DefinitionRepository(DefinitionReader):
    """Adds revisions and retires them. Lock the definitions first: one admin changes them at a time."""

    async def lock(self) -> None:
        """Keep all other changes of definitions out until the transaction ends (SQLite has one writer)."""
        if self._session.get_bind().dialect.name == "postgresql":
            await self._session.execute(_LOCK_ON_POSTGRESQL)

    async def load(self, model: type[Definition], key: str) -> Definition | None:
        """The revision in force."""
        statement = select(model).where(model.key == key, _in_force(model))
        return (await self._session.execute(statement)).scalar_one_or_none()

    async def load_all(self, model: type[Definition]) -> Sequence[Definition]:
        """All revisions that are in force."""
        statement = select(model).where(_in_force(model)).order_by(model.key)
        return (await self._session.execute(statement)).scalars().all()

    async def list_last_revisions(
        self, model: type[Definition], key: str | None = None
    ) -> Mapping[str, int]:
        """The number of the last revision, retired or not, of each key (or of one, if there is any)."""
        statement = select(model.key, func.max(model.revision)).group_by(model.key)
        if key is not None:
            statement = statement.where(model.key == key)
        return dict((await self._session.execute(statement)).tuples().all())

    async def get_last_pool_end(self, key: str) -> date | None:
        """The date from which on no earlier revision of a quest is in the pool; None if none was."""
        statement = select(func.max(Quest.pool_until)).where(Quest.key == key)
        return (await self._session.execute(statement)).scalar_one()

    async def list_requirements(self) -> Mapping[str, str | None]:
        """Which quest each quest in force that is completed once requires, by their keys."""
        return dict((await self._session.execute(_REQUIREMENTS)).tuples().all())

    async def is_prize(self, key: str, now: datetime) -> bool:
        """Whether a quest in force, or a challenge that is not over, gives the badge."""
        found = await self._session.execute(_GIVES_BADGE, {"key": key, "now": now})
        return found.scalar_one()

    async def is_required(self, key: str) -> bool:
        """Whether a quest in force requires this one."""
        return (await self._session.execute(_REQUIRES_QUEST, {"key": key})).scalar_one()

    async def save(self, definitions: Sequence[Quest | Boss | Badge]) -> None:
        """Write new and changed revisions.

        A retired one has to be written before the next of its key is added: one of them is in force.
        """
        self._session.add_all(definitions)
        await self._session.flush()


def _page(
    statement: Select[Any],
    model: type[Definition],
    wanted: RevisionFilter,
    before_id: int,
    count: int,
) -> Select[Any]:
    """By the primary key, or by the unique ``(key, revision)`` when one key is asked for."""
    conditions: list[ColumnElement[bool]] = [model.id < before_id]
    if wanted.key is not None:
        conditions.append(model.key == wanted.key)
    if wanted.in_force is not None:
        is_retired = model.retired_at.is_not(None)
        conditions.append(~is_retired if wanted.in_force else is_retired)
    return statement.where(and_(*conditions)).order_by(model.id.desc()).limit(count)
