"""Quests as a learner has them."""

from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from sqlalchemy import (
    Date,
    Select,
    and_,
    bindparam,
    case,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import aliased

from app.core.definitions import Cadence
from app.core.questing import ONCE_ON, QuestStatus
from app.db.models import Course, Quest, QuestProgress
from app.db.repositories.base import Repository
from app.db.repositories.definitions import QUEST_COLUMNS
from app.db.repositories.quest_rows import (
    CADENCE_RANKS,
    NewProgress,
    QuestOfLearner,
    QuestPosition,
)
from app.db.types import Id

_Earlier = aliased(QuestProgress)

_OF_USER = bindparam("of_user", type_=Id)
_ON_DATE = bindparam("on_date", type_=Date)
_WEEK_ON = bindparam("week_on", type_=Date)
_ONCE_ON = literal(ONCE_ON, Date)
_RANK = case(
    {str(cadence): rank for cadence, rank in CADENCE_RANKS.items()}, value=Quest.cadence
).label("rank")
# The week or, for what is completed once, the dates that stand for always.
_PERIOD_ON = case((Quest.cadence == Cadence.WEEKLY, _WEEK_ON), else_=_ONCE_ON)
_REQUIREMENT_MET = or_(
    Quest.requires_quest.is_(None),
    select(_Earlier.user_id)
    .where(
        _Earlier.user_id == _OF_USER,
        _Earlier.quest_key == Quest.requires_quest,
        _Earlier.period_on == _ONCE_ON,
        _Earlier.status == QuestStatus.COMPLETED,
    )
    .exists(),
)
_COLUMNS = (
    *QUEST_COLUMNS,
    Course.slug.label("course_slug"),
    QuestProgress.status.label("status"),
    QuestProgress.progress,
    QuestProgress.accepted_at,
    QuestProgress.finished_at,
    _REQUIREMENT_MET.label("requirement_met"),
)
"""What makes a ``QuestOfLearner``, in its order."""


def _select_with_progress(period_on: Any) -> Select[Any]:
    """Quests, with the learner's progress in the period where there is some."""
    own = and_(
        QuestProgress.user_id == _OF_USER,
        QuestProgress.quest_key == Quest.key,
        QuestProgress.period_on == period_on,
    )
    return (
        select(*_COLUMNS)
        .select_from(Quest)
        .outerjoin(QuestProgress, own)
        .outerjoin(Course, Course.id == Quest.course_id)
    )


# By ix_quests_cadence_pool_from, and the learner's rows by their primary key.
_POOL = _select_with_progress(_ON_DATE).where(
    Quest.cadence == Cadence.DAILY,
    Quest.pool_from <= _ON_DATE,
    or_(Quest.pool_until.is_(None), Quest.pool_until > _ON_DATE),
)
# In force and not taken up, by uq_quests_in_force; and what is taken up, in the revision that it was
# then, by ix_quest_progress_user_id_status_last_on. So each quest is there once. It is sorted whole: all
# quests in force are some hundred rows.
_OFFERED = (
    _select_with_progress(_PERIOD_ON)
    .add_columns(_RANK)
    .where(
        Quest.retired_at.is_(None),
        Quest.cadence != Cadence.DAILY,
        or_(QuestProgress.status.is_(None), QuestProgress.status == QuestStatus.ABANDONED),
    )
)
_TAKEN = (
    select(*_COLUMNS, _RANK)
    .select_from(QuestProgress)
    .join(Quest, Quest.id == QuestProgress.quest_id)
    .outerjoin(Course, Course.id == Quest.course_id)
    .where(
        QuestProgress.user_id == _OF_USER,
        QuestProgress.status.in_([QuestStatus.ACTIVE, QuestStatus.COMPLETED]),
        QuestProgress.period_on == _PERIOD_ON,
        QuestProgress.last_on >= _WEEK_ON,  # goes without saying, but keeps the index off old days
        Quest.cadence != Cadence.DAILY,
    )
)
_BOARD = union_all(_OFFERED, _TAKEN).subquery("board")
_FIELDS = [_BOARD.c[column.key] for column in _COLUMNS]
_PAGE = (
    select(*_FIELDS)
    .where(
        _BOARD.c.cadence.in_(bindparam("cadences", expanding=True)),
        or_(
            _BOARD.c.rank > bindparam("after_rank"),
            and_(_BOARD.c.rank == bindparam("after_rank"), _BOARD.c.key > bindparam("after_key")),
        ),
    )
    .order_by(_BOARD.c.rank, _BOARD.c.key)
    .limit(bindparam("count"))
)
# Two share a key for a while when a quest changes from one cadence to another: the newer one is meant.
_BY_KEY = (
    select(*_FIELDS).where(_BOARD.c.key == bindparam("key")).order_by(_BOARD.c.id.desc()).limit(1)
)
# By ix_quest_progress_user_id_status_last_on. The period of a daily quest alone is one day long.
_ACCEPTED = select(func.count()).where(
    QuestProgress.user_id == _OF_USER,
    QuestProgress.status == QuestStatus.ACTIVE,
    QuestProgress.last_on >= _ON_DATE,
    QuestProgress.last_on > QuestProgress.period_on,
)


# Each by its index, see above: the pool of a date, and of what is taken up that which is under way.
_UNDER_WAY = union_all(
    _POOL,
    _TAKEN.with_only_columns(*_COLUMNS).where(
        QuestProgress.status == QuestStatus.ACTIVE, QuestProgress.last_on >= _ON_DATE
    ),
)


class QuestReader(Repository):
    """Looks quests up as one learner sees them."""

    async def list_pool(self, user_id: int, on: date) -> Sequence[QuestOfLearner]:
        """The daily quests among which those of a local date are chosen."""
        found = await self._session.execute(_POOL, {"of_user": user_id, "on_date": on})
        return [QuestOfLearner(*row) for row in found]

    async def list_under_way(
        self, user_id: int, on: date, week_on: date
    ) -> Sequence[QuestOfLearner]:
        """The pool of ``list_pool``, and all weekly and once-quests that are active; in no order."""
        parameters = {"of_user": user_id, "on_date": on, "week_on": week_on}
        return [QuestOfLearner(*row) for row in await self._session.execute(_UNDER_WAY, parameters)]

    async def list_board(
        self,
        user_id: int,
        week_on: date,
        cadences: Collection[Cadence],
        after: QuestPosition,
        count: int,
    ) -> Sequence[QuestOfLearner]:
        """At most ``count`` weekly and once-quests behind a position: what can be taken up, and what is.

        ``week_on``: the Monday of the learner's week.
        """
        parameters = {
            "of_user": user_id,
            "week_on": week_on,
            "cadences": list(cadences),
            "after_rank": CADENCE_RANKS[after.cadence],
            "after_key": after.key,
            "count": count,
        }
        return [QuestOfLearner(*row) for row in await self._session.execute(_PAGE, parameters)]

    async def find_on_board(self, user_id: int, week_on: date, key: str) -> QuestOfLearner | None:
        """The weekly or once-quest with this key, if it can be taken up, or is."""
        parameters = {"of_user": user_id, "week_on": week_on, "key": key}
        row = (await self._session.execute(_BY_KEY, parameters)).one_or_none()
        return None if row is None else QuestOfLearner(*row)

    async def count_accepted(self, user_id: int, today: date) -> int:
        """How many weekly and once-quests are under way."""
        parameters = {"of_user": user_id, "on_date": today}
        return (await self._session.execute(_ACCEPTED, parameters)).scalar_one()


class QuestRepository(QuestReader):
    """Accepts and abandons, under the player's lock."""

    async def put(self, progress: NewProgress) -> None:
        """Begin or abandon a quest in a period, whatever there was of it before."""
        begun = {**asdict(progress), "progress": 0, "finished_at": None, "finished_sequence": None}
        statement = self._insert_into(QuestProgress).values(begun)
        kept = {"user_id", "quest_key", "period_on"}
        statement = statement.on_conflict_do_update(
            index_elements=sorted(kept),
            set_={name: statement.excluded[name] for name in begun.keys() - kept},
        )
        await self._session.execute(statement)
