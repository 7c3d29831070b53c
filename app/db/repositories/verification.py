"""What activities and entries add up to, by player: the facts that a verification compares.

Every statement is about the users in ``(after_id, last_id]``, however many they are.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import (
    JSON,
    BigInteger,
    BindParameter,
    ColumnElement,
    Row,
    bindparam,
    case,
    cast,
    func,
    select,
)
from sqlalchemy.orm import InstrumentedAttribute

from app.db.models import ActivityRow, RewardEntry
from app.db.repositories.base import Repository
from app.db.repositories.verification_faults import FAULTS, FaultRow
from app.db.repositories.verification_terms import (
    IS_PAYMENT,
    IS_REVERSED,
    IS_UNDONE,
    OF_ACTIVITY,
    within,
)

SumRow: TypeAlias = Row[tuple[int, int, int, int]]
"""user_id, xp, gold, number of reversals"""

TallyRow: TypeAlias = Row[tuple[int, str, int | None, int, int]]
"""user_id, kind of activity, its course, how many stand, how many of these were paid"""

PaymentRow: TypeAlias = Row[tuple[int, str, int | None, int, int]]
"""user_id, reason, course of the activity that gave them, how many entries stand, their XP"""

RepeatRow: TypeAlias = Row[tuple[int, str, str, str, int]]
"""user_id, source_type, source_id, reason, number of standing payments"""

HeartRow: TypeAlias = Row[tuple[int, datetime, int]]
"""user_id, occurred_at, hearts given or (below 0) taken"""


def _total(amount: InstrumentedAttribute[int]) -> ColumnElement[int]:
    # PostgreSQL sums 64-bit numbers into a decimal.
    return cast(func.coalesce(func.sum(amount), 0), BigInteger)


_SUMS = (
    select(
        RewardEntry.user_id,
        _total(RewardEntry.xp),
        _total(RewardEntry.gold),
        func.count(RewardEntry.reverses_id),
    )
    .where(within(RewardEntry.user_id))
    .group_by(RewardEntry.user_id)
)
_TALLIES = (
    select(
        ActivityRow.user_id,
        ActivityRow.kind,
        ActivityRow.course_id,
        func.count(),
        func.count(case((ActivityRow.paid, ActivityRow.sequence))),
    )
    .where(within(ActivityRow.user_id), ActivityRow.undoes.is_(None), ~IS_UNDONE)
    .group_by(ActivityRow.user_id, ActivityRow.kind, ActivityRow.course_id)
)
# By entries and not by activities: what one day of a week finished, the undo of another takes back.
_PAYMENTS = (
    select(
        RewardEntry.user_id,
        RewardEntry.reason,
        ActivityRow.course_id,
        func.count(),
        _total(RewardEntry.xp),
    )
    .join(ActivityRow, OF_ACTIVITY)
    .where(within(RewardEntry.user_id), IS_PAYMENT, ~IS_REVERSED)
    .group_by(RewardEntry.user_id, RewardEntry.reason, ActivityRow.course_id)
)
_REPEATS = (
    select(
        RewardEntry.user_id,
        RewardEntry.source_type,
        RewardEntry.source_id,
        RewardEntry.reason,
        func.count(),
    )
    .where(within(RewardEntry.user_id), IS_PAYMENT, ~IS_REVERSED)
    .group_by(
        RewardEntry.user_id, RewardEntry.source_type, RewardEntry.source_id, RewardEntry.reason
    )
    .having(func.count() > 1)
)
_FACT: BindParameter[str] = bindparam("fact", type_=JSON.JSONStrIndexType())
_CHANGE = ActivityRow.facts[_FACT].as_integer()
_HEARTS = (
    select(ActivityRow.user_id, ActivityRow.occurred_at, _CHANGE)
    .where(within(ActivityRow.user_id), _CHANGE.is_not(None))
    .order_by(ActivityRow.user_id, ActivityRow.sequence)
)


class VerificationReader(Repository):
    """Reads what the balances, counters and rules are checked against."""

    async def list_sums(self, after_id: int, last_id: int) -> Sequence[SumRow]:
        """What each player's entries add up to; nothing for players without entries."""
        return await self._list(_SUMS, after_id, last_id)

    async def list_tallies(self, after_id: int, last_id: int) -> Sequence[TallyRow]:
        """The standing activities of each player, by kind and course."""
        return await self._list(_TALLIES, after_id, last_id)

    async def list_payments(self, after_id: int, last_id: int) -> Sequence[PaymentRow]:
        """The standing payments of each player, by reason and course."""
        return await self._list(_PAYMENTS, after_id, last_id)

    async def list_repeats(self, after_id: int, last_id: int) -> Sequence[RepeatRow]:
        """Sources that are paid more than once at a time for a reason."""
        return await self._list(_REPEATS, after_id, last_id)

    async def list_faults(self, after_id: int, last_id: int) -> Sequence[FaultRow]:
        """Rows that should not be there."""
        return await self._list(FAULTS, after_id, last_id)

    async def list_hearts(self, after_id: int, last_id: int, fact: str) -> Sequence[HeartRow]:
        """The activities that changed hearts, as ``fact`` of theirs says, by player and in order."""
        return await self._list(_HEARTS, after_id, last_id, fact=fact)

    async def _list(
        self, statement: Any, after_id: int, last_id: int, **others: str
    ) -> Sequence[Any]:
        parameters = {"after_id": after_id, "last_id": last_id, **others}
        return (await self._session.execute(statement, parameters)).all()
