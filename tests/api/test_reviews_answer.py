"""Reviewing a card: how it is graded, when it comes back, and what is kept of it."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from app.core.curriculum import MAX_CHOICES
from app.db.models import QuizQuestion, ReviewCard
from app.schemas.answers import GivenAnswer
from app.services.curriculum.questions import id_of_choice
from tests.api.review_steps import (
    RIGHT_ANSWERS,
    WRONG_ANSWERS,
    add_cards,
    add_known_card,
    assert_sound,
    list_due_ids,
    list_logs,
    list_question_ids,
    review,
    set_columns,
    take_course,
)
from tests.api.task_steps import check_refusal, dump_tables, sleep, wake
from tests.services.test_scheduling import INTERVALS, RATINGS
from tests.support.clock import START
from tests.support.costs import Cost, cost_on
from tests.support.service import Learner, Service

SHOWN: list[Any] = [["right"], ["one", "two"], True, 42, ["range", "range()"]]


async def take_cards(service: Service) -> tuple[Learner, list[int]]:
    """A learner with a due card of each kind of question."""
    ada = await service.learner()
    return ada, await add_cards(service, ada, await take_course(service, ada), 5)


async def test_the_published_sequence_comes_out_through_the_api(service: Service) -> None:
    ada, (card, *_) = await take_cards(service)
    due_at, found = START, []
    for rating in RATINGS:
        await wake(service, ada, due_at)
        answer = await review(ada, card, rating=rating)
        assert answer.is_success, answer.text
        shown = answer.json()["card"]
        due_at = datetime.fromisoformat(shown["due_at"])
        found.append(shown["interval_days"])
        assert (due_at - service.clock.now()).days == shown["interval_days"]

    assert found == INTERVALS
    assert [log.number for log in await list_logs(service, ada)] == [*range(1, 14)]
    await assert_sound(service)


@pytest.mark.parametrize("kind", range(5))
async def test_a_right_answer_counts_as_good(service: Service, kind: int) -> None:
    ada, cards = await take_cards(service)

    answer = await review(ada, cards[kind], answer=RIGHT_ANSWERS[kind])

    body = answer.json()
    outcome = body.pop("outcome")
    judged = body.pop("choices")
    assert {c["text"] for c in judged if c["right"]} == (set(SHOWN[kind]) if judged else set())
    assert all(choice["chosen"] == choice["right"] for choice in judged)
    assert bool(judged) == (kind < 2)
    assert body == {
        "card": {
            "id": cards[kind],
            "state": "learning",
            "due_at": "2026-03-02T12:10:00Z",
            "interval_days": 0,
            "reviews": 1,
        },
        "correct": True,
        "rating": "good",
        "answer": SHOWN[kind],
        "explanation": f"Because of {kind + 1}.",
        "explanation_html": f"<p>Because of {kind + 1}.</p>\n",
        "hearts": 5,
        "next_heart_at": None,
    }
    assert (outcome["xp"], outcome["gold"], outcome["streak"], outcome["hearts"]) == (1, 0, 1, 0)
    (entry,) = outcome["entries"]
    assert (entry["reason"], entry["source_type"]) == ("reviewed", "card_day")
    assert entry["source_id"] == f"{cards[kind]}/2026-03-02"


@pytest.mark.parametrize("kind", range(5))
@pytest.mark.parametrize("rating", [None, "again", "hard", "good", "easy"])
async def test_a_wrong_answer_was_not_remembered_whatever_is_said(
    service: Service, kind: int, rating: str | None
) -> None:
    ada, cards = await take_cards(service)

    body = (await review(ada, cards[kind], answer=WRONG_ANSWERS[kind], rating=rating)).json()

    assert (body["correct"], body["rating"], body["answer"]) == (False, "again", SHOWN[kind])
    assert body["card"]["due_at"] == "2026-03-02T12:01:00Z"
    assert (body["hearts"], body["outcome"]["xp"]) == (5, 1)


@pytest.mark.parametrize("with_answer", [False, True])
@pytest.mark.parametrize(
    ("rating", "after"),
    [
        ("again", ("2026-03-02T12:01:00Z", "learning", 0)),
        ("hard", ("2026-03-02T12:05:30Z", "learning", 0)),
        ("good", ("2026-03-02T12:10:00Z", "learning", 0)),
        ("easy", ("2026-03-10T12:00:00Z", "review", 8)),
    ],
)
async def test_ones_own_rating_decides_otherwise(
    service: Service, with_answer: bool, rating: str, after: tuple[str, str, int]
) -> None:
    ada, (card, *_) = await take_cards(service)
    given = {"answer": RIGHT_ANSWERS[0]} if with_answer else {}

    body = (await review(ada, card, rating=rating, **given)).json()

    assert (body["correct"], body["rating"]) == (True if with_answer else None, rating)
    assert body["answer"] == ["right"]
    shown = body["card"]
    assert (shown["due_at"], shown["state"], shown["interval_days"]) == after


async def test_a_false_statement_is_answered_with_false(service: Service) -> None:
    ada = await service.learner()
    course_id = await take_course(service, ada)
    cards = await add_cards(service, ada, course_id, 3)
    question = (await list_question_ids(service, course_id))[2]
    await set_columns(service, QuizQuestion, question, body={"answer": False})

    body = (await review(ada, cards[2], answer=False)).json()

    assert (body["correct"], body["answer"]) == (True, False)


async def test_each_review_is_kept_as_it_was(service: Service) -> None:
    ada = await service.learner(timezone="Pacific/Auckland")
    course_id = await take_course(service, ada)
    card = await add_known_card(service, ada, course_id, START, last_reviewed_at=START)
    service.clock.advance(minutes=1)
    await review(ada, card, rating="again")
    await sleep(service, ada, minutes=10)
    await review(ada, card, rating="easy")

    assert [
        (log.card_id, log.number, log.activity_sequence, log.rating, log.state, str(log.local_on))
        for log in await list_logs(service, ada)
    ] == [(card, 4, 1, 1, 2, "2026-03-03"), (card, 5, 2, 4, 3, "2026-03-03")]
    assert [log.reviewed_at - START for log in await list_logs(service, ada)] == [
        timedelta(minutes=1),
        timedelta(minutes=11),
    ]


async def test_a_card_that_is_not_due_is_left_alone(service: Service) -> None:
    ada, (card, *_) = await take_cards(service)
    due_at = (await review(ada, card, rating="good")).json()["card"]["due_at"]
    service.clock.advance(minutes=2, seconds=0.5)
    before = await dump_tables(service)

    answer = await review(ada, card, rating="good")

    body = check_refusal(answer, 409, "not_due")
    assert body["due_at"] == due_at
    assert answer.headers["Retry-After"] == "480"
    assert await dump_tables(service) == before
    await sleep(service, ada, seconds=480)
    assert (await review(ada, card, rating="good")).is_success


async def test_a_card_for_another_day_says_when_that_begins(service: Service) -> None:
    ada = await service.learner(timezone="Europe/Berlin")
    course_id = await take_course(service, ada)
    card = await add_known_card(service, ada, course_id, START + timedelta(days=2))

    answer = await review(ada, card, rating="good")

    body = check_refusal(answer, 409, "not_due")
    assert body["due_at"] == "2026-03-04T12:00:00Z"
    assert answer.headers["Retry-After"] == str(35 * 3600)
    await wake(service, ada, START + timedelta(hours=35))
    assert (await review(ada, card, rating="good")).is_success


WRONG_KIND: list[tuple[int, GivenAnswer]] = [
    (0, "right"),
    (0, True),
    (0, [id_of_choice("right")]),
    (1, id_of_choice("one")),
    (1, []),
    (1, [id_of_choice("one")] * 2),
    (1, ["0123456789abcdef"]),
    (2, "true"),
    (2, 1),
    (3, True),
    (3, "42"),
    (4, 42),
    (4, "  "),
    (4, "x" * 201),
]


@pytest.mark.parametrize(("kind", "given"), WRONG_KIND)
async def test_an_answer_of_another_kind_changes_nothing(
    service: Service, kind: int, given: GivenAnswer
) -> None:
    ada, cards = await take_cards(service)
    before = await dump_tables(service)

    answer = await review(ada, cards[kind], answer=given, rating="good")

    body = check_refusal(answer, 422, "bad_answers")
    assert body["detail"].startswith("A ")
    assert await dump_tables(service) == before


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"rating": None},
        {"answer": None},
        {"rating": None, "answer": None},
        {"rating": "best"},
        {"rating": 3},
        {"rating": "GOOD"},
        {"answer": {}},
        {"answer": [1]},
        {"answer": [None]},
        {"answer": "x" * 501},
        {"answer": "a\x00b"},
        {"answer": ["a"] * (MAX_CHOICES + 1)},
        {"answer": 10**15 + 1},
        {"answer": -1e300},
        {"answer": 10**400},
        {"rating": "good", "more": 1},
        [],
        None,
        "good",
    ],
    ids=lambda body: str(body)[:40],
)
async def test_a_body_without_meaning_is_refused(service: Service, body: Any) -> None:
    ada, (card, *_) = await take_cards(service)
    before = await dump_tables(service)

    check_refusal(await ada.client.post(f"/reviews/{card}", json=body), 422, "validation_error")

    assert await dump_tables(service) == before


async def test_text_that_can_not_be_stored_is_refused(service: Service) -> None:
    ada, (card, *_) = await take_cards(service)
    for text in (rb"\ud800", rb"\u0000"):
        answer = await ada.client.post(
            f"/reviews/{card}",
            content=b'{"answer": "' + text + b'"}',
            headers={"Content-Type": "application/json"},
        )
        check_refusal(answer, 422, "validation_error")


async def test_a_retry_with_a_key_gets_the_same_answer(service: Service) -> None:
    ada, (card, *_) = await take_cards(service)

    first = await review(ada, card, key="k", rating="good")
    service.clock.advance(minutes=1)
    second = await review(ada, card, key="k", rating="good")

    assert second.headers["Idempotency-Replayed"] == "true"
    assert (second.status_code, second.json()) == (200, first.json())
    check_refusal(await review(ada, card, key="other", rating="good"), 409, "not_due")
    check_refusal(await review(ada, card, key="k", rating="easy"), 422, "idempotency_key_reused")
    assert len(await list_logs(service, ada)) == 1


async def test_an_answered_card_leaves_the_list_and_comes_back(service: Service) -> None:
    ada, cards = await take_cards(service)

    await review(ada, cards[0], answer=RIGHT_ANSWERS[0])

    assert await list_due_ids(ada) == cards[1:]
    await sleep(service, ada, minutes=10)
    assert await list_due_ids(ada) == [*cards[1:], cards[0]]


async def test_the_memory_is_kept_between_reviews(service: Service) -> None:
    ada, (card, *_) = await take_cards(service)
    await review(ada, card, rating="hard")
    async with service.parts.database.reading() as uow:
        row = await uow._session.get(ReviewCard, card)
    assert row is not None
    assert (row.state, row.step, row.reviews) == (1, 0, 1)
    assert row.stability == pytest.approx(1.2931)  # FSRS-6's default for a first "hard"
    assert row.difficulty == pytest.approx(5.11217071)
    assert row.last_reviewed_at == START


async def test_a_review_costs_its_statements(service: Service, database_kind: str) -> None:
    ada, (card, *_) = await take_cards(service)
    with service.statements.count() as statements:
        assert (await review(ada, card, answer=RIGHT_ANSWERS[0])).is_success
    assert len(statements) == cost_on(database_kind, Cost(15, 11)), "\n".join(statements)
