"""Rows that no sound game has: one statement finds them all, for the users in ``(after_id, last_id]``."""

from enum import StrEnum
from typing import Any, TypeAlias

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    and_,
    case,
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
from app.db.repositories.verification_terms import (
    FOLLOWED,
    IS_OF_PURCHASE,
    IS_OF_STAGE,
    IS_PAYMENT,
    IS_PURCHASE,
    IS_REVERSED,
    IS_SET_OFF,
    IS_UNDONE,
    OF_ACTIVITY,
    Reversal,
    Undo,
    same_source,
    within,
)
from app.game.activity import ActivityKind, SourceType
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
    WRONG_PURCHASE = "wrong_purchase"
    OVERSPENT = "overspent"


FaultRow: TypeAlias = Row[tuple[int, str, int]]
"""user_id, fault, number of the activity or id of the entry"""

_UNDOABLE = (ActivityKind.TASK_COMPLETED, ActivityKind.COURSE_TASK_COMPLETED)
_Earlier = aliased(RewardEntry)


def _times_undone_before() -> ColumnElement[int]:
    """How often an entry's source had been undone before its activity."""
    return (
        select(func.count())
        .where(
            Undo.user_id == RewardEntry.user_id,
            same_source(Undo, RewardEntry),
            Undo.kind == ActivityKind.UNDONE,
            Undo.sequence < RewardEntry.activity_sequence,
        )
        .correlate(RewardEntry)
        .scalar_subquery()
    )


def _times_reversed_before() -> ColumnElement[int]:
    """How often what an entry pays for had been reversed before its activity."""
    return (
        select(func.count())
        .select_from(_Earlier)
        .join(
            Reversal,
            and_(Reversal.user_id == _Earlier.user_id, Reversal.reverses_id == _Earlier.id),
        )
        .where(
            _Earlier.user_id == RewardEntry.user_id,
            same_source(_Earlier, RewardEntry),
            _Earlier.reason == RewardEntry.reason,
            _Earlier.reverses_id.is_(None),
            Reversal.activity_sequence < RewardEntry.activity_sequence,
        )
        .correlate(RewardEntry)
        .scalar_subquery()
    )


def _is_mirrored() -> ColumnElement[bool]:
    """Whether a reversal takes back exactly what the entry gave."""
    return and_(
        Reversal.reason == Reason.UNDO,
        IS_PAYMENT,
        same_source(Reversal, RewardEntry),
        Reversal.round == RewardEntry.round,
        Reversal.xp == -RewardEntry.xp,
        Reversal.gold == -RewardEntry.gold,
    )


def _is_made_by_its_undo() -> ColumnElement[bool]:
    """Whether ``Undo``, which made a reversal, may take the entry back.

    What a day finished may be taken back by the undo of any day that had been completed by then; what
    many activities brought about, by the undo of any of them, also of one that filled in later.
    """
    return case(
        (IS_SET_OFF, Undo.sequence > RewardEntry.activity_sequence),
        (
            IS_OF_STAGE,
            and_(
                Undo.source_type == SourceType.COURSE_TASK,
                Undo.undoes <= RewardEntry.activity_sequence,
                Undo.sequence > RewardEntry.activity_sequence,
            ),
        ),
        else_=Undo.undoes == RewardEntry.activity_sequence,
    )


def _is_paid_by() -> ColumnElement[bool]:
    """Whether ``ActivityRow``, which made a payment, may have: a reward, a share in a victory, what it
    set off, or a purchase for its price.
    """
    return case(
        (IS_OF_PURCHASE, and_(IS_PURCHASE, same_source(ActivityRow, RewardEntry))),
        (IS_SET_OFF, ActivityRow.kind.in_(FOLLOWED)),
        (
            RewardEntry.source_type == SourceType.PARTY_BATTLE,
            and_(
                ActivityRow.kind == ActivityKind.BOSS_DEFEATED,
                same_source(ActivityRow, RewardEntry),
            ),
        ),
        else_=and_(
            ActivityRow.paid,
            ActivityRow.kind != ActivityKind.PURCHASED,
            or_(
                same_source(ActivityRow, RewardEntry),
                and_(IS_OF_STAGE, ActivityRow.kind == ActivityKind.COURSE_TASK_COMPLETED),
            ),
        ),
    )


def _select_overspent() -> Select[tuple[int, str, int]]:
    """Purchases that left a debt. The ids of one user's entries are in the order of their making."""
    after = func.sum(RewardEntry.gold).over(
        partition_by=RewardEntry.user_id, order_by=RewardEntry.id
    )
    entries = (
        select(RewardEntry.user_id, RewardEntry.id, RewardEntry.reason, after.label("gold_after"))
        .where(within(RewardEntry.user_id))
        .subquery()
    )
    return select(entries.c.user_id, literal(str(Fault.OVERSPENT)), entries.c.id).where(
        entries.c.reason == Reason.PURCHASED, entries.c.gold_after < 0
    )


def _fault(
    fault: Fault, owner: InstrumentedAttribute[int], number: ColumnElement[int] | Any
) -> Select[tuple[int, str, int]]:
    return select(owner, literal(str(fault)), number).where(within(owner))


FAULTS = union_all(
    _fault(Fault.NO_PLAYER, User.id, User.id).where(~exists().where(Player.user_id == User.id)),
    _fault(Fault.GAP, ActivityRow.user_id, func.max(ActivityRow.sequence))
    .group_by(ActivityRow.user_id)
    .having(
        or_(func.min(ActivityRow.sequence) != 1, func.max(ActivityRow.sequence) != func.count())
    ),
    _fault(Fault.PAID_FOR_NOTHING, RewardEntry.user_id, RewardEntry.id).where(
        IS_PAYMENT,
        ~exists().where(OF_ACTIVITY, _is_paid_by()),
    ),
    _fault(Fault.PAID_NOTHING, ActivityRow.user_id, ActivityRow.sequence).where(
        ActivityRow.paid, ~exists().where(OF_ACTIVITY)
    ),
    _fault(Fault.WRONG_ROUND, RewardEntry.user_id, RewardEntry.id).where(
        IS_PAYMENT,
        RewardEntry.round
        != case(
            (or_(IS_OF_STAGE, IS_SET_OFF), _times_reversed_before()),
            (IS_OF_PURCHASE, 0),
            else_=_times_undone_before(),
        ),
    ),
    _fault(Fault.WRONG_UNDO, ActivityRow.user_id, ActivityRow.sequence)
    .outerjoin(Undo, and_(Undo.user_id == ActivityRow.user_id, Undo.sequence == ActivityRow.undoes))
    .where(
        or_(ActivityRow.kind == ActivityKind.UNDONE, ActivityRow.undoes.is_not(None)),
        not_(
            func.coalesce(
                and_(
                    ActivityRow.kind == ActivityKind.UNDONE,
                    same_source(Undo, ActivityRow),
                    Undo.kind.in_(_UNDOABLE),
                    Undo.undoes.is_(None),
                    Undo.sequence < ActivityRow.sequence,
                ),
                False,
            )
        ),
    ),
    _fault(Fault.WRONG_REVERSAL, Reversal.user_id, Reversal.id)
    .outerjoin(
        RewardEntry,
        and_(RewardEntry.user_id == Reversal.user_id, RewardEntry.id == Reversal.reverses_id),
    )
    .outerjoin(
        Undo, and_(Undo.user_id == Reversal.user_id, Undo.sequence == Reversal.activity_sequence)
    )
    .where(
        or_(Reversal.reverses_id.is_not(None), Reversal.reason == Reason.UNDO),
        not_(func.coalesce(and_(_is_mirrored(), _is_made_by_its_undo()), False)),
    ),
    _fault(Fault.NOT_REVERSED, RewardEntry.user_id, RewardEntry.id)
    .join(ActivityRow, OF_ACTIVITY)
    .where(IS_PAYMENT, ~IS_OF_STAGE, ~IS_SET_OFF, IS_UNDONE, ~IS_REVERSED),
    _fault(Fault.WRONG_PURCHASE, ActivityRow.user_id, ActivityRow.sequence).where(
        ActivityRow.kind == ActivityKind.PURCHASED,
        not_(
            and_(
                IS_PURCHASE,
                exists().where(
                    OF_ACTIVITY,
                    IS_OF_PURCHASE,
                    IS_PAYMENT,
                    RewardEntry.xp == 0,
                    RewardEntry.gold < 0,
                ),
            )
        ),
    ),
    _select_overspent(),
)
