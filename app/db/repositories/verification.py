"""What activities and entries add up to, by player: the facts that a verification compares.

Every statement is about the users in ``(after_id, last_id]``, however many they are.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, TypeAlias

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Row,
    Select,
    and_,
    bindparam,
    cast,
    exists,
    func,
    literal,
    not_,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute, aliased

from app.db.models import ActivityRow, Player, RewardEntry, User
from app.db.repositories.base import Repository
from app.game.activity import ActivityKind
from app.game.ledger import Reason


class Fault(StrEnum):
    """What no sound game has. ``number`` in a ``FaultRow`` says which one."""

    NO_PLAYER = "no_player"
    GAP = "gap"
    PAID_FOR_NOTHING = "paid_for_nothing"
    PAID_NOTHING = "paid_nothing"
    WRONG_ROUND = "wrong_round"
    WRONG_UNDO = "wrong_undo"
    WRONG_REVERSAL = "wrong_reversal"
    NOT_REVERSED = "not_reversed"


SumRow: TypeAlias = Row[tuple[int, int, int, int]]
"""user_id, xp, gold, number of reversals"""

TallyRow: TypeAlias = Row[tuple[int, str, int, int]]
"""user_id, kind of activity, how many stand, the XP that they themselves paid"""

RepeatRow: TypeAlias = Row[tuple[int, str, str, str, int]]
"""user_id, source_type, source_id, reason, number of standing payments"""

FaultRow: TypeAlias = Row[tuple[int, str, int]]
"""user_id, fault, number of the activity or id of the entry"""

_OWN_REWARDS = (Reason.TASK_COMPLETED,)
"""What activities pay by themselves, as against what the goals pay that they meet."""

_Reversal = aliased(RewardEntry)
_Undo = aliased(ActivityRow)


def _within(owner: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    return and_(owner > bindparam("after_id"), owner <= bindparam("last_id"))


def _total(amount: InstrumentedAttribute[int]) -> ColumnElement[int]:
    # PostgreSQL sums 64-bit numbers into a decimal.
    return cast(func.coalesce(func.sum(amount), 0), BigInteger)


_OF_ACTIVITY = and_(
    RewardEntry.user_id == ActivityRow.user_id,
    RewardEntry.activity_sequence == ActivityRow.sequence,
)
_REVERSED = exists().where(
    _Reversal.user_id == RewardEntry.user_id, _Reversal.reverses_id == RewardEntry.id
)
_UNDONE = exists().where(_Undo.user_id == ActivityRow.user_id, _Undo.undoes == ActivityRow.sequence)
_OF_UNDO = and_(_Undo.user_id == ActivityRow.user_id, _Undo.sequence == ActivityRow.undoes)

_SUMS = (
    select(
        RewardEntry.user_id,
        _total(RewardEntry.xp),
        _total(RewardEntry.gold),
        func.count(RewardEntry.reverses_id),
    )
    .where(_within(RewardEntry.user_id))
    .group_by(RewardEntry.user_id)
)
_TALLIES = (
    select(
        ActivityRow.user_id,
        ActivityRow.kind,
        func.count(ActivityRow.sequence.distinct()),
        _total(RewardEntry.xp),
    )
    .outerjoin(RewardEntry, and_(_OF_ACTIVITY, RewardEntry.reason.in_(_OWN_REWARDS)))
    .where(_within(ActivityRow.user_id), ActivityRow.undoes.is_(None), ~_UNDONE)
    .group_by(ActivityRow.user_id, ActivityRow.kind)
)
_REPEATS = (
    select(
        RewardEntry.user_id,
        RewardEntry.source_type,
        RewardEntry.source_id,
        RewardEntry.reason,
        func.count(),
    )
    .where(_within(RewardEntry.user_id), RewardEntry.reverses_id.is_(None), ~_REVERSED)
    .group_by(
        RewardEntry.user_id, RewardEntry.source_type, RewardEntry.source_id, RewardEntry.reason
    )
    .having(func.count() > 1)
)


def _same_source(one: Any, other: Any) -> ColumnElement[bool]:
    return and_(one.source_type == other.source_type, one.source_id == other.source_id)


def _times_undone_before() -> ColumnElement[int]:
    """How often an entry's source had been undone before its activity."""
    return (
        select(func.count())
        .where(
            _Undo.user_id == RewardEntry.user_id,
            _same_source(_Undo, RewardEntry),
            _Undo.kind == ActivityKind.UNDONE,
            _Undo.sequence < RewardEntry.activity_sequence,
        )
        .correlate(RewardEntry)
        .scalar_subquery()
    )


def _is_mirrored() -> ColumnElement[bool]:
    """Whether a reversal, made by ``_Undo``, takes back exactly what the entry gave."""
    return and_(
        _Reversal.reason == Reason.UNDO,
        RewardEntry.reverses_id.is_(None),
        _same_source(_Reversal, RewardEntry),
        _Reversal.round == RewardEntry.round,
        _Reversal.xp == -RewardEntry.xp,
        _Reversal.gold == -RewardEntry.gold,
        func.coalesce(_Undo.undoes, 0) == RewardEntry.activity_sequence,
    )


def _fault(
    fault: Fault, owner: InstrumentedAttribute[int], number: ColumnElement[int] | Any
) -> Select[tuple[int, str, int]]:
    return select(owner, literal(str(fault)), number).where(_within(owner))


_payments = RewardEntry.reverses_id.is_(None)
_FAULTS = union_all(
    _fault(Fault.NO_PLAYER, User.id, User.id).where(~exists().where(Player.user_id == User.id)),
    _fault(Fault.GAP, ActivityRow.user_id, func.max(ActivityRow.sequence))
    .group_by(ActivityRow.user_id)
    .having(
        or_(func.min(ActivityRow.sequence) != 1, func.max(ActivityRow.sequence) != func.count())
    ),
    _fault(Fault.PAID_FOR_NOTHING, RewardEntry.user_id, RewardEntry.id).where(
        _payments, ~exists().where(_OF_ACTIVITY, ActivityRow.paid)
    ),
    _fault(Fault.PAID_NOTHING, ActivityRow.user_id, ActivityRow.sequence).where(
        ActivityRow.paid, ~exists().where(_OF_ACTIVITY)
    ),
    _fault(Fault.WRONG_ROUND, RewardEntry.user_id, RewardEntry.id).where(
        _payments, RewardEntry.round != _times_undone_before()
    ),
    _fault(Fault.WRONG_UNDO, ActivityRow.user_id, ActivityRow.sequence)
    .outerjoin(_Undo, _OF_UNDO)
    .where(
        or_(ActivityRow.kind == ActivityKind.UNDONE, ActivityRow.undoes.is_not(None)),
        not_(
            func.coalesce(
                and_(
                    ActivityRow.kind == ActivityKind.UNDONE,
                    _same_source(_Undo, ActivityRow),
                    _Undo.undoes.is_(None),
                    _Undo.sequence < ActivityRow.sequence,
                ),
                False,
            )
        ),
    ),
    _fault(Fault.WRONG_REVERSAL, _Reversal.user_id, _Reversal.id)
    .outerjoin(
        RewardEntry,
        and_(RewardEntry.user_id == _Reversal.user_id, RewardEntry.id == _Reversal.reverses_id),
    )
    .outerjoin(
        _Undo,
        and_(_Undo.user_id == _Reversal.user_id, _Undo.sequence == _Reversal.activity_sequence),
    )
    .where(
        or_(_Reversal.reverses_id.is_not(None), _Reversal.reason == Reason.UNDO),
        not_(func.coalesce(_is_mirrored(), False)),
    ),
    _fault(Fault.NOT_REVERSED, RewardEntry.user_id, RewardEntry.id)
    .join(ActivityRow, _OF_ACTIVITY)
    .where(_payments, _UNDONE, ~_REVERSED),
)


class VerificationReader(Repository):
    """Reads what the balances, counters and rules are checked against."""

    async def list_sums(self, after_id: int, last_id: int) -> Sequence[SumRow]:
        """What each player's entries add up to; nothing for players without entries."""
        return await self._list(_SUMS, after_id, last_id)

    async def list_tallies(self, after_id: int, last_id: int) -> Sequence[TallyRow]:
        """The standing activities of each player, by kind."""
        return await self._list(_TALLIES, after_id, last_id)

    async def list_repeats(self, after_id: int, last_id: int) -> Sequence[RepeatRow]:
        """Sources that are paid more than once at a time for a reason."""
        return await self._list(_REPEATS, after_id, last_id)

    async def list_faults(self, after_id: int, last_id: int) -> Sequence[FaultRow]:
        """Rows that should not be there."""
        return await self._list(_FAULTS, after_id, last_id)

    async def _list(self, statement: Any, after_id: int, last_id: int) -> Sequence[Any]:
        parameters: Mapping[str, int] = {"after_id": after_id, "last_id": last_id}
        return (await self._session.execute(statement, parameters)).all()
