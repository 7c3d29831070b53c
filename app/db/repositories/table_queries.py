"""The statements of tables that any number of learners may be in, by the kind of the table.

Rows stand by score and then by user id, both from the greatest down, as an index read backwards has
them; so a page costs the same wherever it lies.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    Null,
    ScalarSelect,
    Select,
    TextClause,
    bindparam,
    case,
    cast,
    func,
    join,
    literal,
    null,
    select,
    text,
    tuple_,
)
from sqlalchemy.orm import InstrumentedAttribute

from app.core.tables import Visibility
from app.db.models import ChallengeMember, Player, User, WeeklyScore
from app.db.types import Id

_FINEST_STEP, _FINE_UP_TO, _DOUBLINGS = 50, 2000, 24
"""Buckets hold 50 learners among the first 2,000 and twice as many each time that the rank doubles, so
that the width of a bucket is never over a twentieth of its rank."""


class TableKind(StrEnum):
    """What is ranked by."""

    ALL_TIME = "all"
    WEEK = "week"
    CHALLENGE = "challenge"


@dataclass(frozen=True, slots=True)
class Table:
    """A table: that of all time, of a week (``of``: its Monday), of a challenge (``of``: its id)."""

    kind: TableKind
    of: date | int | None = None

    @property
    def key(self) -> str:
        """The name of the table, at most 32 characters."""
        return self.kind if self.of is None else f"{self.kind}/{self.of}"

    @property
    def parameters(self) -> Mapping[str, Any]:
        """What the statements have to be told of the table."""
        return {} if self.of is None else {"of_table": self.of}


@dataclass(frozen=True, slots=True)
class TableQueries:
    """The statements of one kind of table.

    ``before`` and ``after`` are rows on either side of a position, the nearest first. ``place`` counts
    those with a greater score, and those of the same that stand before; each count stops at
    ``at_most``.
    """

    first: Select[Any]
    after: Select[Any]
    before: Select[Any]
    score: Select[Any]
    place: Select[Any]
    histogram: Select[Any]


@dataclass(frozen=True, slots=True)
class _Source:
    """Where scores come from.

    ``members`` are the rows counted, ``people`` those rows with the players whose they are. The conditions
    say who is in the table, in the words of its index. ``bound`` is the least score, said only where no
    greater one is: of two bounds SQLite's planner may go by the lower.
    """

    user: InstrumentedAttribute[int]
    score: InstrumentedAttribute[int]
    final_rank: InstrumentedAttribute[int | None] | Null
    members: Any
    people: Any
    conditions: Sequence[ColumnElement[bool] | TextClause]
    bound: Sequence[ColumnElement[bool]] = ()

    def select(self, *columns: Any) -> Select[Any]:
        return select(*columns).select_from(self.members).where(*self.conditions)


def _build(source: _Source, whole: _Source | None = None) -> TableQueries:
    """``whole``: the same table, for reading all of it."""
    user, score = source.user, source.score
    here = tuple_(bindparam("of_score", type_=Id), bindparam("of_user", type_=Id))
    rows = (
        select(user, score, User.display_name, Player.visibility, source.final_rank)
        .select_from(source.people)
        .join(User, User.id == user)
        .where(*source.conditions)
        .limit(bindparam("count", type_=Integer))
    )
    downwards = rows.where(*source.bound).order_by(score.desc(), user.desc())
    of_user, of_score = bindparam("of_user", type_=Id), bindparam("of_score", type_=Id)
    return TableQueries(
        first=downwards,
        after=downwards.where(tuple_(score, user) < here),
        before=rows.where(tuple_(score, user) > here).order_by(score, user),
        score=source.select(score).where(user == of_user, *source.bound),
        place=select(
            _count(source, score > of_score), _count(source, score == of_score, user > of_user)
        ),
        histogram=_build_histogram(whole or source),
    )


_AT_MOST = bindparam("at_most", type_=Integer)


def _count(source: _Source, *conditions: ColumnElement[bool]) -> ScalarSelect[int]:
    some = source.select(literal(1).label("one")).where(*conditions).limit(_AT_MOST)
    return select(func.count()).select_from(some.subquery()).scalar_subquery()


def _build_histogram(source: _Source) -> Select[Any]:
    """Floor and number of learners of each bucket, from the lowest up. No score is parted."""
    scores = (
        source.select(source.score.label("score"), func.count().label("learners"))
        .where(*source.bound)
        .group_by(source.score)
        .subquery()
    )
    ranked = select(
        scores.c.score,
        scores.c.learners,
        cast(
            func.sum(scores.c.learners).over(order_by=scores.c.score.desc()) - scores.c.learners,
            BigInteger,
        ).label("above"),
    ).subquery()
    step = case(
        *(
            (ranked.c.above < _FINE_UP_TO << doubling, _FINEST_STEP << doubling)
            for doubling in range(_DOUBLINGS)
        ),
        else_=_FINEST_STEP << _DOUBLINGS,
    )
    stepped = select(ranked, step.label("step")).subquery()
    floor = func.min(stepped.c.score)
    return (
        select(floor.label("floor"), cast(func.sum(stepped.c.learners), BigInteger))
        .group_by(stepped.c.step, stepped.c.above // stepped.c.step)
        .order_by(floor)
    )


# Written out, since an index of some rows serves only conditions without parameters.
_NOT_HIDDEN = text("players.visibility <> 'hidden'")
_SHOWN = text("weekly_scores.shown")
_OF_CHALLENGE = (ChallengeMember.user_id, ChallengeMember.progress, ChallengeMember.final_rank)
_IN_CHALLENGE = (
    ChallengeMember.challenge_id == bindparam("of_table"),
    ChallengeMember.left_at.is_(None),
)
_CHALLENGERS = join(ChallengeMember, Player, Player.user_id == ChallengeMember.user_id)
# Looked up for each row that is counted: the planner might join with all players, however few that is.
_VISIBILITY = (
    select(Player.visibility)
    .where(Player.user_id == ChallengeMember.user_id)
    .correlate(ChallengeMember)
    .scalar_subquery()
)

QUERIES = {
    TableKind.ALL_TIME: _build(
        _Source(Player.user_id, Player.xp, null(), Player, Player, [_NOT_HIDDEN], [Player.xp > 0])
    ),
    TableKind.WEEK: _build(
        _Source(
            WeeklyScore.user_id,
            WeeklyScore.xp,
            null(),
            WeeklyScore,
            join(WeeklyScore, Player, Player.user_id == WeeklyScore.user_id),
            [_SHOWN, WeeklyScore.week_on == bindparam("of_table")],
        )
    ),
    TableKind.CHALLENGE: _build(
        _Source(
            *_OF_CHALLENGE,
            ChallengeMember,
            _CHALLENGERS,
            [*_IN_CHALLENGE, _VISIBILITY != Visibility.HIDDEN],
        ),
        _Source(*_OF_CHALLENGE, _CHALLENGERS, _CHALLENGERS, [*_IN_CHALLENGE, _NOT_HIDDEN]),
    ),
}
