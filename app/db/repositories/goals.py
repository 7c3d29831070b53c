"""Goals that an activity may move, and how far they are by what stands."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    and_,
    bindparam,
    case,
    cast,
    delete,
    func,
    literal,
    or_,
    select,
    tuple_,
    union_all,
    update,
)
from sqlalchemy.types import TypeEngine

from app.db.conflicts import DatabaseBusyError
from app.db.models import Challenge, ChallengeMember, Quest, QuestProgress
from app.db.repositories.base import Repository
from app.db.repositories.goal_columns import (
    ACTIVE,
    COMPLETED,
    NOW,
    OF_USER,
    TODAY,
    GoalRow,
    select_challenges,
    select_pool,
    select_quests,
)
from app.db.repositories.standing import measure_progress
from app.db.types import Id, Instant
from app.game.metrics import DERIVED

_OPEN = union_all(
    select_quests(
        QuestProgress.status == ACTIVE,
        QuestProgress.period_on <= TODAY,
        QuestProgress.last_on >= TODAY,
        Quest.cadence != "daily",
    ),
    select_pool(
        Quest.pool_from <= TODAY,
        or_(Quest.pool_until.is_(None), Quest.pool_until > TODAY),
    ),
    select_challenges(
        Challenge.starts_at <= NOW,
        ChallengeMember.finished_at.is_(None),
        ChallengeMember.left_at.is_(None),
    ),
)

# Those for which an activity counts that is to be undone: it stands in their window, or they go by what
# activities gave, of which the undo may take back that of others. What was finished before it by others
# cannot fall without it (`finished_sequence` is moved on whenever something later fills in).
_SEQUENCE = bindparam("sequence", type_=Id)
_LOCAL_ON = bindparam("local_on", type_=Date)
_AT = bindparam("at", type_=Instant)
# Of days that are over, what is open is looked after no more. Who travels west comes back to two.
_EARLIEST_ON = bindparam("earliest_on", type_=Date)
_IS_DERIVED = sorted(DERIVED)
_IS_IN_PERIOD = and_(
    QuestProgress.accepted_sequence < _SEQUENCE,
    QuestProgress.period_on <= _LOCAL_ON,
    QuestProgress.last_on >= _LOCAL_ON,
)
_IS_IN_RACE = and_(
    Challenge.starts_at <= _AT, Challenge.ends_at > _AT, ChallengeMember.joined_sequence < _SEQUENCE
)
_HOLDING = union_all(
    select_quests(
        QuestProgress.status == ACTIVE,
        or_(
            _IS_IN_PERIOD,
            and_(Quest.metric.in_(_IS_DERIVED), QuestProgress.last_on >= _EARLIEST_ON),
        ),
    ),
    select_quests(
        QuestProgress.status == COMPLETED,
        QuestProgress.finished_sequence >= _SEQUENCE,
        or_(_IS_IN_PERIOD, Quest.metric.in_(_IS_DERIVED)),
    ),
    select_challenges(
        or_(_IS_IN_RACE, Challenge.metric.in_(_IS_DERIVED)),
        or_(
            ChallengeMember.finished_sequence.is_(None),
            ChallengeMember.finished_sequence >= _SEQUENCE,
        ),
    ),
).subquery("goals")
_RECOUNTED = select(
    _HOLDING,
    cast(measure_progress(_HOLDING.c, OF_USER, _SEQUENCE), Integer).label("standing_progress"),
)

_FORGET = delete(QuestProgress).where(
    QuestProgress.user_id == OF_USER,
    tuple_(QuestProgress.quest_key, QuestProgress.period_on).in_(
        bindparam("periods", expanding=True)
    ),
)
_OF_CHALLENGES = (
    ChallengeMember.user_id == OF_USER,
    ChallengeMember.challenge_id.in_(bindparam("challenges", expanding=True)),
)
_MOVE_CHALLENGES = (
    update(ChallengeMember)
    .where(*_OF_CHALLENGES)
    .returning(
        ChallengeMember.final_rank, ChallengeMember.left_at, ChallengeMember.finished_sequence
    )
    .execution_options(synchronize_session=False)
)
_FORGET_LEFT = (
    delete(ChallengeMember)
    .where(
        *_OF_CHALLENGES,
        ChallengeMember.left_at.is_not(None),
        ChallengeMember.finished_at.is_(None),
    )
    .execution_options(synchronize_session=False)
)


def _pick(rows: Sequence[dict[str, Any]], name: str, kind: TypeEngine[Any]) -> ColumnElement[Any]:
    """Of what is given for several challenges, what is for that of the membership."""
    given = {row["challenge"]: literal(row[name], kind) for row in rows}
    return case(given, value=ChallengeMember.challenge_id)


class GoalReader(Repository):
    """Looks up what an activity may move."""

    async def list_open(self, user_id: int, today: date, now: datetime) -> Sequence[GoalRow]:
        """Accepted quests of periods that hold ``today``, the whole daily pool of it with what the
        learner has of it, and the learner's challenges that run and are not finished.
        """
        parameters = {"of_user": user_id, "today": today, "now": now}
        return (await self._session.execute(_OPEN, parameters)).all()

    async def list_holding(
        self, user_id: int, sequence: int, at: datetime, local_on: date, now: datetime
    ) -> Sequence[GoalRow]:
        """Goals that may fall or move without the activity with this number, with ``standing_progress``.

        That is what stands without the activity itself, entries of its own included: the caller takes
        those off that it reverses. Challenges that are over by ``now`` are left as they are.
        """
        parameters = {
            "of_user": user_id, "sequence": sequence, "at": at, "local_on": local_on, "now": now,
            "earliest_on": local_on - timedelta(days=2),
        }  # fmt: skip
        return (await self._session.execute(_RECOUNTED, parameters)).all()


class GoalRepository(GoalReader):
    """Writes how far goals are."""

    async def save_quests(self, rows: Sequence[dict[str, Any]]) -> None:
        """Write progress, status and the finish of quests; one statement for all.

        One that was finished before and still is keeps its instant.
        """
        statement = self._insert_into(QuestProgress).values(list(rows))
        given = statement.excluded
        statement = statement.on_conflict_do_update(
            index_elements=["user_id", "quest_key", "period_on"],
            set_={
                "status": given.status,
                "progress": given.progress,
                "finished_at": case(
                    (
                        given.finished_sequence.is_not(None),
                        func.coalesce(QuestProgress.finished_at, given.finished_at),
                    )
                ),
                "finished_sequence": given.finished_sequence,
            },
        )
        await self._session.execute(statement)

    async def delete_quests(self, user_id: int, periods: Sequence[tuple[str, date]]) -> None:
        """Forget daily quests (key and date) that are as untouched as without a row."""
        await self._session.execute(_FORGET, {"of_user": user_id, "periods": list(periods)})

    async def save_challenges(self, user_id: int, rows: Sequence[dict[str, Any]]) -> None:
        """Write progress and the finish of the learner's challenges; one statement for all.

        Each has ``challenge`` (its id), ``moved_to`` (the progress), ``at`` and ``number`` (of the
        finish; None without one). One that was finished before and still is keeps its instant. Whoever
        left after a finish that is none any more is out for good.

        Raises:
            DatabaseBusyError: one was closed since it was looked up (told before the transaction ends).
        """
        number = _pick(rows, "number", Id)
        # When something later fills in for what is undone, it was finished all the same.
        at = func.coalesce(ChallengeMember.finished_at, _pick(rows, "at", Instant()))
        statement = _MOVE_CHALLENGES.values(
            progress=_pick(rows, "moved_to", Integer()),
            finished_at=case((number.is_not(None), at)),
            finished_sequence=number,
        )
        given = {"of_user": user_id, "challenges": [row["challenge"] for row in rows]}
        moved = (await self._session.execute(statement, given)).all()
        if any(row.final_rank is not None for row in moved):
            raise DatabaseBusyError(retry_after=1)
        if any(row.left_at is not None and row.finished_sequence is None for row in moved):
            await self._session.execute(_FORGET_LEFT, given)
