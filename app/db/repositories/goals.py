"""Goals that an activity may move, and how far they are by what stands."""

from collections.abc import Collection, Sequence
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
from app.db.direct import Direct
from app.db.models import Challenge, ChallengeMember, Quest, QuestProgress
from app.db.repositories.base import Repository, table_of
from app.db.repositories.goal_columns import (
    ACTIVE,
    COMPLETED,
    NOW,
    TODAY,
    GoalRow,
    select_challenges,
    select_pool,
    select_quests,
)
from app.db.repositories.standing import measure_progress
from app.db.rows import RowInsert, batched
from app.db.together import Write
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
_OF_USER = bindparam("of_user", type_=Id)
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
    cast(measure_progress(_HOLDING.c, _OF_USER, _SEQUENCE), Integer).label("standing_progress"),
)

_LIST_OPEN = Direct(_OPEN, GoalRow)

_QUESTS_TABLE = table_of(QuestProgress)
_SAVE_QUESTS = RowInsert(
    _QUESTS_TABLE,
    [
        "user_id", "quest_key", "period_on", "last_on", "quest_id", "status", "progress",
        "accepted_at", "accepted_sequence", "finished_at", "finished_sequence",
    ],
    keys=["user_id", "quest_key", "period_on"],
    changes=lambda given: {
        "status": given.status,
        "progress": given.progress,
        "finished_at": case(
            (
                given.finished_sequence.is_not(None),
                func.coalesce(_QUESTS_TABLE.c.finished_at, given.finished_at),
            )
        ),
        "finished_sequence": given.finished_sequence,
    },
)  # fmt: skip
_FORGET = delete(QuestProgress).where(
    tuple_(QuestProgress.user_id, QuestProgress.quest_key, QuestProgress.period_on).in_(
        bindparam("periods", expanding=True)
    ),
)
_IS_ONE_OF = tuple_(ChallengeMember.user_id, ChallengeMember.challenge_id).in_(
    bindparam("members", expanding=True)
)
_LOCK_IN_ORDER = (
    select(ChallengeMember.user_id)
    .where(_IS_ONE_OF)
    .order_by(ChallengeMember.user_id, ChallengeMember.challenge_id)
    .with_for_update()
)
_MOVE_CHALLENGES = (
    update(ChallengeMember)
    .where(_IS_ONE_OF)
    .returning(
        ChallengeMember.final_rank, ChallengeMember.left_at, ChallengeMember.finished_sequence
    )
    .execution_options(synchronize_session=False)
)
_FORGET_LEFT = (
    delete(ChallengeMember)
    .where(
        _IS_ONE_OF,
        ChallengeMember.left_at.is_not(None),
        ChallengeMember.finished_at.is_(None),
    )
    .execution_options(synchronize_session=False)
)


def _pick(rows: Sequence[dict[str, Any]], name: str, kind: TypeEngine[Any]) -> ColumnElement[Any]:
    """Of what is given for several memberships, what is for each."""
    is_its = [
        and_(
            ChallengeMember.user_id == row["user_id"],
            ChallengeMember.challenge_id == row["challenge"],
        )
        for row in rows
    ]
    return case(*zip(is_its, [literal(row[name], kind) for row in rows], strict=True))


class GoalReader(Repository):
    """Looks up what an activity may move."""

    async def list_open(
        self, user_ids: Collection[int], today: date, now: datetime
    ) -> Sequence[GoalRow]:
        """Of each learner accepted quests of periods that hold ``today``, the whole daily pool of it with
        what the learner has of it, and the learner's challenges that run and are not finished.
        """
        parameters = {"of_users": list(user_ids), "today": today, "now": now}
        return await _LIST_OPEN.fetch(self._session, parameters)

    async def list_holding(
        self, user_id: int, sequence: int, at: datetime, local_on: date, now: datetime
    ) -> Sequence[GoalRow]:
        """Goals that may fall or move without the activity with this number, with ``standing_progress``.

        That is what stands without the activity itself, entries of its own included: the caller takes
        those off that it reverses. Challenges that are over by ``now`` are left as they are.
        """
        parameters = {
            "of_user": user_id, "of_users": [user_id], "sequence": sequence, "at": at,
            "local_on": local_on, "now": now, "earliest_on": local_on - timedelta(days=2),
        }  # fmt: skip
        found = await self._session.execute(_RECOUNTED, parameters)
        return [GoalRow(*row) for row in found]


class GoalRepository(GoalReader):
    """Writes how far goals are."""

    def save_quests(self, rows: Sequence[dict[str, Any]]) -> Sequence[Write]:
        """Write progress, status and the finish of quests, together with other writes.

        One that was finished before and still is keeps its instant.
        """
        return [_SAVE_QUESTS.write(some) for some in batched(rows)]

    async def delete_quests(self, periods: Sequence[tuple[int, str, date]]) -> None:
        """Forget daily quests (user id, key and date) that are as untouched as without a row."""
        await self._session.execute(_FORGET, {"periods": list(periods)})

    async def save_challenges(self, rows: Sequence[dict[str, Any]]) -> None:
        """Write progress and the finish of learners' challenges; one statement for all, two where they
        are several learners'.

        Each has ``user_id``, ``challenge`` (its id), ``moved_to`` (the progress), ``at`` and ``number``
        (of the finish; None without one). One that was finished before and still is keeps its instant.
        Whoever left after a finish that is none any more is out for good.

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
        given = {"members": [(row["user_id"], row["challenge"]) for row in rows]}
        if len({row["user_id"] for row in rows}) > 1:
            # Whoever closes a challenge waits for its members by user id: in another order, this and
            # that could wait for each other.
            await self._session.execute(_LOCK_IN_ORDER, given)
        moved = (await self._session.execute(statement, given)).all()
        if any(row.final_rank is not None for row in moved):
            raise DatabaseBusyError(retry_after=1)
        if any(row.left_at is not None and row.finished_sequence is None for row in moved):
            await self._session.execute(_FORGET_LEFT, given)
