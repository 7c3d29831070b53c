"""Review cards and their logs.

A card comes back only while its owner takes the course and the question is published with all that it
stands in. Such cards are called live.
"""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, or_, select, tuple_

from app.core.curriculum import ContentStatus
from app.core.reviewing import CardState, Rating
from app.db.direct import Direct
from app.db.models import (
    Course,
    CourseTask,
    Enrollment,
    QuizQuestion,
    ReviewCard,
    ReviewLog,
    Week,
)
from app.db.repositories.base import Repository
from app.db.repositories.review_rows import (
    AskedRow,
    CardCounts,
    DueCardRow,
    DueLimits,
    LogCounts,
)
from app.db.types import Id, Instant

_OWN = ReviewCard.user_id == bindparam("owner")
_DUE = and_(
    # The first condition follows from the second: it is what the index can be searched by.
    ReviewCard.due_at < bindparam("review_before", type_=Instant),
    or_(
        ReviewCard.state == CardState.REVIEW.value,
        ReviewCard.due_at <= bindparam("now", type_=Instant),
    ),
)
_ASKED = (
    QuizQuestion.id,
    QuizQuestion.key,
    QuizQuestion.kind,
    QuizQuestion.prompt,
    QuizQuestion.body,
    QuizQuestion.explanation,
)


def _only_live(statement: Select[Any]) -> Select[Any]:
    """The live ones among one user's cards; every table but the first is reached by a unique key."""
    published = ContentStatus.PUBLISHED.value
    return (
        statement.join(QuizQuestion, QuizQuestion.id == ReviewCard.question_id)
        .join(CourseTask, CourseTask.id == QuizQuestion.course_task_id)
        .join(Week, Week.id == CourseTask.week_id)
        .join(Course, Course.id == CourseTask.course_id)
        .join(
            Enrollment,
            and_(
                Enrollment.user_id == ReviewCard.user_id,
                Enrollment.course_id == ReviewCard.course_id,
            ),
        )
        .where(
            _OWN,
            Enrollment.left_at.is_(None),
            or_(Course.status == published, Course.status == ContentStatus.ARCHIVED.value),
            Week.status == published,
            CourseTask.status == published,
            QuizQuestion.status == published,
        )
    )


_DUE_PAGE = (
    _only_live(
        select(
            *_ASKED,
            QuizQuestion.course_task_id,
            Course.slug,
            ReviewCard.id,
            ReviewCard.state,
            ReviewCard.due_at,
            ReviewCard.reviews,
        )
    )
    .where(_DUE)
    .order_by(ReviewCard.due_at, ReviewCard.id)
    .limit(bindparam("count"))
)
_DUE_PAGE_AFTER = _DUE_PAGE.where(
    tuple_(ReviewCard.due_at, ReviewCard.id)
    > tuple_(bindparam("after_at", type_=Instant), bindparam("after_id", type_=Id))
)
_LIST_DUE = Direct(_DUE_PAGE, DueCardRow)
_LIST_DUE_AFTER = Direct(_DUE_PAGE_AFTER, DueCardRow)
_SOME_DUE = _only_live(select(ReviewCard.id)).where(_DUE).limit(bindparam("at_most")).subquery()
DUE_COUNT = select(func.count()).select_from(_SOME_DUE)
_COUNT_DUE = Direct(DUE_COUNT, int)
_LOCKED = (
    _only_live(select(ReviewCard, *_ASKED))
    .where(ReviewCard.id == bindparam("card_id"))
    .with_for_update(of=ReviewCard)
)
_OF_KNOWN = ReviewLog.state == CardState.REVIEW.value
_LOG_COUNTS = Direct(
    select(
        func.count(),
        func.count().filter(_OF_KNOWN),
        func.count().filter(_OF_KNOWN, ReviewLog.rating != Rating.AGAIN.number),
    ).where(ReviewLog.user_id == bindparam("owner")),
    LogCounts,
)


class ReviewReader(Repository):
    """Looks cards up, always those of one user."""

    async def list_due(
        self, user_id: int, limits: DueLimits, after: tuple[datetime, int] | None, count: int
    ) -> Sequence[DueCardRow]:
        """At most ``count`` live cards that are due, by when they are due and id, beyond ``after``."""
        parameters = {"owner": user_id, "count": count, **asdict(limits)}
        if after is None:
            return await _LIST_DUE.fetch(self._session, parameters)
        parameters |= {"after_at": after[0], "after_id": after[1]}
        return await _LIST_DUE_AFTER.fetch(self._session, parameters)

    async def count_due(self, user_id: int, limits: DueLimits, at_most: int) -> int:
        """How many live cards are due; the count stops at ``at_most``."""
        parameters = {"owner": user_id, "at_most": at_most, **asdict(limits)}
        (count,) = await _COUNT_DUE.fetch(self._session, parameters)
        return count

    async def count_cards(
        self, user_id: int, limits: DueLimits, ends: Sequence[datetime]
    ) -> CardCounts:
        """The counts of the user's live cards, with those due before each of ``ends``."""
        given = {f"end_{number}": end for number, end in enumerate(ends)}
        parameters = {"owner": user_id, **given, **asdict(limits)}
        ((due, *counts),) = await _make_counts(len(ends)).fetch(self._session, parameters)
        by_state = dict(zip(CardState, counts, strict=False))
        return CardCounts(due, by_state, counts[len(by_state) :])

    async def count_logs(self, user_id: int) -> LogCounts:
        """The counts of the user's reviews, of whatever cards."""
        (counts,) = await _LOG_COUNTS.fetch(self._session, {"owner": user_id})
        return counts


class ReviewRepository(ReviewReader):
    """Makes cards, and keeps reviews: all of it under the player's lock."""

    async def add_missing(self, cards: Sequence[dict[str, Any]]) -> int:
        """Keep the cards (columns by name) of questions that their user has no card of yet.

        Gives how many these were.
        """
        statement = (
            self._insert_into(ReviewCard)
            .values(list(cards))
            .on_conflict_do_nothing(index_elements=["user_id", "question_id"])
            .returning(ReviewCard.id)
        )
        return len((await self._session.execute(statement)).all())

    async def lock(self, user_id: int, card_id: int) -> tuple[ReviewCard, AskedRow] | None:
        """The user's live card, locked until the transaction ends, and what it asks."""
        parameters = {"owner": user_id, "card_id": card_id}
        row = (await self._session.execute(_LOCKED, parameters)).one_or_none()
        return None if row is None else (row[0], AskedRow(*row[1:]))

    async def save_review(self, card: ReviewCard, log: ReviewLog) -> None:
        """Write a reviewed card, and the log of the review for good."""
        self._session.add_all([card, log])
        await self._session.flush()


@cache
def _make_counts(ends: int) -> Direct[tuple[int, ...]]:
    """Of cards that are due, that are in each state, and that are due before each of so many ends."""
    of_states = [_count_where(ReviewCard.state == state.value) for state in CardState]
    before_ends = [
        _count_where(ReviewCard.due_at < bindparam(f"end_{number}", type_=Instant))
        for number in range(ends)
    ]
    statement = _only_live(select(_count_where(_DUE), *of_states, *before_ends))
    return Direct(statement, lambda *row: row)


def _count_where(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count().filter(condition)
