"""Cards and logs as they are kept, and that indexes serve the list of what is due."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Select, insert, select, text
from sqlalchemy.exc import IntegrityError

from app.core.reviewing import CardState, Rating
from app.db.base import Base
from app.db.conflicts import FOREIGN_KEY, constraint_of
from app.db.models import Course, CourseTask, Enrollment, QuizQuestion, ReviewCard, ReviewLog
from app.db.repositories import reviews as repository
from app.db.repositories.review_rows import CardCounts, DueLimits, LogCounts
from app.db.session import Transaction
from tests.support.clock import START
from tests.support.courses import small_course, write_course
from tests.support.game import activity_row, add_player

DAY = timedelta(days=1)
LIMITS = DueLimits(now=START, review_before=START + DAY / 2)


async def add_course(transaction: Transaction, user_id: int) -> tuple[Course, list[int]]:
    """A course that the user takes, and the ids of its questions."""
    session = transaction._session
    course = await write_course(session, small_course(questions=3))
    await enroll(transaction, user_id, course.id)
    found = await session.execute(
        select(QuizQuestion.id)
        .join(CourseTask, CourseTask.id == QuizQuestion.course_task_id)
        .where(CourseTask.course_id == course.id)
        .order_by(QuizQuestion.id)
    )
    return course, list(found.scalars())


async def enroll(transaction: Transaction, user_id: int, course_id: int) -> None:
    await transaction._session.execute(
        insert(Enrollment).values(
            user_id=user_id,
            course_id=course_id,
            enrolled_at=START,
            enrolled_on=START.date(),
            left_at=None,
            review="missed",
        )
    )


def columns(user_id: int, course_id: int, question_id: int, **changed: Any) -> dict[str, Any]:
    return {
        "user_id": user_id,
        "course_id": course_id,
        "question_id": question_id,
        "created_at": START,
        "state": 1,
        "step": 0,
        "stability": None,
        "difficulty": None,
        "due_at": START,
        "last_reviewed_at": None,
        "reviews": 0,
        **changed,
    }


async def list_cards(transaction: Transaction, user_id: int) -> Sequence[ReviewCard]:
    found = await transaction._session.execute(
        select(ReviewCard).where(ReviewCard.user_id == user_id).order_by(ReviewCard.question_id)
    )
    return found.scalars().all()


async def test_cards_are_made_for_questions_without_one(transaction: Transaction) -> None:
    uow = transaction.uow
    ada, eve = await add_player(uow), await add_player(uow, "eve@example.org")
    course, (first, second, third, *_) = await add_course(transaction, ada)

    def cards(owner: int, *questions: int) -> list[dict[str, Any]]:
        return [columns(owner, course.id, question) for question in questions]

    assert await uow.reviews.add_missing(cards(ada, first, second)) == 2
    (kept, _) = await list_cards(transaction, ada)
    kept.reviews = 7
    await transaction._session.flush()
    assert await uow.reviews.add_missing(cards(ada, third, second, first)) == 1
    assert await uow.reviews.add_missing(cards(ada, first)) == 0
    assert await uow.reviews.add_missing(cards(eve, first)) == 1

    assert [card.reviews for card in await list_cards(transaction, ada)] == [7, 0, 0]


async def test_a_card_refers_to_a_question_that_there_is(transaction: Transaction) -> None:
    ada = await add_player(transaction.uow)
    with pytest.raises(IntegrityError) as refused:
        await transaction.uow.reviews.add_missing([columns(ada, 1, 999)])
    assert constraint_of(refused.value) == FOREIGN_KEY


async def test_due_cards_are_listed_by_instant_and_id(transaction: Transaction) -> None:
    uow = transaction.uow
    ada = await add_player(uow)
    course, questions = await add_course(transaction, ada)
    given: list[dict[str, Any]] = [
        {"due_at": START},
        {"due_at": START - DAY},
        {"due_at": START},
        {"due_at": START + timedelta(microseconds=1)},
        {"due_at": START + timedelta(microseconds=1), "state": 2},
        {"due_at": LIMITS.review_before, "state": 2},
        {"due_at": LIMITS.review_before - timedelta(microseconds=1), "state": 2},
        {"due_at": START - DAY, "state": 3},
    ]
    await uow.reviews.add_missing(
        [
            columns(ada, course.id, question, **changed)
            for question, changed in zip(questions, given, strict=False)
        ]
    )
    ids = [card.id for card in await list_cards(transaction, ada)]
    wanted = [ids[index] for index in (1, 7, 0, 2, 4, 6)]

    page = await uow.reviews.list_due(ada, LIMITS, None, 100)

    assert [row.card_id for row in page] == wanted
    for start, row in enumerate(page, 1):
        rest = await uow.reviews.list_due(ada, LIMITS, (row.due_at, row.card_id), 100)
        assert [each.card_id for each in rest] == wanted[start:]
        assert await uow.reviews.list_due(ada, LIMITS, None, start) == page[:start]
        assert await uow.reviews.count_due(ada, LIMITS, start) == start
    assert await uow.reviews.count_due(ada, LIMITS, 100) == 6
    assert await uow.reviews.count_cards(ada, LIMITS, [START, START + DAY]) == CardCounts(
        6, {CardState.LEARNING: 4, CardState.REVIEW: 3, CardState.RELEARNING: 1}, [2, 8]
    )


async def test_a_row_holds_what_its_question_is_made_of(transaction: Transaction) -> None:
    uow = transaction.uow
    ada = await add_player(uow)
    course, (first, *_) = await add_course(transaction, ada)
    await uow.reviews.add_missing([columns(ada, course.id, first, reviews=4)])

    (row,) = await uow.reviews.list_due(ada, LIMITS, None, 1)
    found = await uow.reviews.lock(ada, row.card_id)

    assert found is not None
    card, asked = found
    for shown in (row, asked):
        assert (shown.id, shown.key, shown.kind) == (first, "q-1", "single_choice")
        assert (shown.prompt, shown.explanation) == ("Question 1?", "Because of 1.")
        assert shown.body["right"] == "right"
    assert (row.course, row.state, row.due_at, row.reviews) == ("python", 1, START, 4)
    assert (card.id, card.user_id, card.question_id, card.reviews) == (row.card_id, ada, first, 4)


async def test_a_card_is_locked_by_its_owner_alone(transaction: Transaction) -> None:
    uow = transaction.uow
    ada, eve = await add_player(uow), await add_player(uow, "eve@example.org")
    course, (first, *_) = await add_course(transaction, ada)
    await enroll(transaction, eve, course.id)
    await uow.reviews.add_missing([columns(ada, course.id, first)])
    (card,) = await list_cards(transaction, ada)

    assert await uow.reviews.lock(eve, card.id) is None
    assert await uow.reviews.lock(ada, card.id + 1) is None
    assert await uow.reviews.lock(ada, card.id) is not None


async def test_logs_are_counted_by_state_and_rating(transaction: Transaction) -> None:
    uow = transaction.uow
    ada, eve = await add_player(uow), await add_player(uow, "eve@example.org")
    course, (first, *_) = await add_course(transaction, ada)
    await uow.reviews.add_missing([columns(ada, course.id, first)])
    (card,) = await list_cards(transaction, ada)
    for number, (state, rating) in enumerate(
        [
            (1, Rating.AGAIN),
            (2, Rating.AGAIN),
            (2, Rating.HARD),
            (2, Rating.EASY),
            (3, Rating.GOOD),
        ],
        1,
    ):
        await uow.activities.add(activity_row(ada, number, kind="reviewed", paid=False))
        card.reviews = number
        await uow.reviews.save_review(card, a_log(card, number, state, rating))

    assert await uow.reviews.count_logs(ada) == LogCounts(5, 3, 2)
    assert await uow.reviews.count_logs(eve) == LogCounts(0, 0, 0)
    assert (await list_cards(transaction, ada))[0].reviews == 5


def a_log(card: ReviewCard, number: int, state: int, rating: Rating) -> ReviewLog:
    return ReviewLog(
        user_id=card.user_id,
        card_id=card.id,
        number=number,
        activity_sequence=number,
        rating=rating.number,
        reviewed_at=START,
        local_on=START.date(),
        state=state,
    )


async def test_a_review_is_logged_once(transaction: Transaction) -> None:
    uow = transaction.uow
    ada = await add_player(uow)
    course, (first, *_) = await add_course(transaction, ada)
    await uow.reviews.add_missing([columns(ada, course.id, first)])
    (card,) = await list_cards(transaction, ada)
    await uow.activities.add(activity_row(ada, 1, kind="reviewed", paid=False))
    await uow.reviews.save_review(card, a_log(card, 1, 1, Rating.GOOD))
    transaction._session.expunge_all()

    with pytest.raises(IntegrityError):
        await uow.reviews.save_review(card, a_log(card, 1, 1, Rating.GOOD))


PLANNED: dict[str, Select[Any]] = {
    "page": repository._DUE_PAGE.limit(20),
    "page after": repository._DUE_PAGE_AFTER.limit(20),
    "lock": repository._LOCKED,
}


@pytest.mark.parametrize("name", PLANNED)
async def test_an_index_leads_to_every_row(transaction: Transaction, name: str) -> None:
    """No table is read whole: the cards are found by their owner, and all else by the cards."""
    session = transaction._session
    given = {
        "owner": 1, "card_id": 1, "after_at": START, "after_id": 1, "now": START,
        "review_before": START,
    }  # fmt: skip
    dialect = session.get_bind().dialect
    sql = PLANNED[name].params(given).compile(
        dialect=dialect, compile_kwargs={"literal_binds": True}
    )  # fmt: skip
    if dialect.name == "sqlite":
        plan = [row[3] for row in await session.execute(text(f"EXPLAIN QUERY PLAN {sql}"))]
        assert len(plan) == 6
        assert all(step.startswith("SEARCH ") for step in plan), plan
        assert plan[0].startswith("SEARCH review_cards USING IN"), plan
        return
    # Plans depend on how large the tables grew and on what autovacuum saw: these are as new.
    await session.execute(text("CREATE SCHEMA as_new"))
    await session.execute(text("SET LOCAL search_path TO as_new"))
    await (await session.connection()).run_sync(Base.metadata.create_all)
    for way in ("seqscan", "hashjoin", "mergejoin", "bitmapscan"):
        await session.execute(text(f"SET LOCAL enable_{way} = off"))
    plan = [row[0].strip() for row in await session.execute(text(f"EXPLAIN {sql}"))]
    assert sum("Index" in step and " Scan " in step for step in plan) == 6, plan
    assert sum(step.startswith("Index Cond") for step in plan) == 6, plan
    found_first = ("Index Cond: ((user_id = 1)", "Index Cond: (id = 1)")
    assert any(step.startswith(found_first) for step in plan), plan
