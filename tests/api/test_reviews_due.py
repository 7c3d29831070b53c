"""Which cards are due, in which order, and that nothing tells their answers."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.db.models import Course, CourseTask, QuizQuestion, Week
from app.services.due_cards import MAX_COUNTED
from app.services.paging import encode_cursor
from tests.api.review_steps import (
    add_cards,
    add_known_card,
    enroll,
    leave,
    list_due_ids,
    list_question_ids,
    review,
    set_columns,
    take_course,
)
from tests.api.task_steps import check_refusal, sleep, wake
from tests.support.clock import START
from tests.support.courses import list_day_ids, small_course
from tests.support.service import Learner, Service

MINUTE = timedelta(minutes=1)


async def test_a_due_card_shows_its_question(service: Service) -> None:
    ada = await service.learner()
    course_id = await take_course(service, ada)
    (card,) = await add_cards(service, ada, course_id, 1)
    (question, *_) = await list_question_ids(service, course_id)
    (task, *_) = await list_day_ids(service.parts.database, course_id)

    page = await ada.get("/reviews/due")

    (item,) = page.pop("items")
    assert page == {"next_cursor": None, "due": 1}
    choices = item.pop("choices")
    assert item == {
        "card_id": card,
        "question_id": question,
        "course": "python",
        "course_task_id": task,
        "kind": "single_choice",
        "prompt": "Question 1?",
        "prompt_html": "<p>Question 1?</p>\n",
        "due_at": "2026-03-02T12:00:00Z",
        "state": "learning",
    }
    assert {choice["text"] for choice in choices} == {"right", "wrong", "also wrong"}
    assert all(choice["html"] == f"<p>{choice['text']}</p>\n" for choice in choices)


async def test_nothing_tells_an_answer(service: Service) -> None:
    ada = await service.learner()
    await add_cards(service, ada, await take_course(service, ada), 5)

    page = await ada.get("/reviews/due")

    assert [item["kind"] for item in page["items"]] == [
        "single_choice", "multiple_choice", "true_false", "number", "short_text",
    ]  # fmt: skip
    assert all(
        item.keys()
        == {
            "card_id", "question_id", "course", "course_task_id", "kind", "prompt", "prompt_html",
            "choices", "due_at", "state",
        }
        for item in page["items"]
    )  # fmt: skip
    assert [len(item["choices"]) for item in page["items"]] == [3, 3, 0, 0, 0]
    for hint in ("Because of", "range", "tolerance", "explanation"):
        assert hint not in json.dumps(page)


async def test_choices_come_in_another_order_after_each_review(service: Service) -> None:
    ada = await service.learner()
    (card,) = await add_cards(service, ada, await take_course(service, ada), 1)

    orders = []
    for _ in range(3):
        (item,) = (await ada.get("/reviews/due"))["items"]
        (again,) = (await ada.get("/reviews/due"))["items"]
        assert item == again
        orders.append([choice["text"] for choice in item["choices"]])
        assert (await review(ada, card, rating="again")).is_success
        await sleep(service, ada, minutes=2)

    assert len({tuple(order) for order in orders}) == 3


async def test_the_order_of_choices_does_not_tell_the_right_one(service: Service) -> None:
    learners = [await service.learner(f"{n}@example.org") for n in range(12)]
    course_id = await take_course(service, learners[0])
    for learner in learners[1:]:
        await enroll(service, learner, course_id)
    places = set()
    for learner in learners:
        await add_cards(service, learner, course_id, 1)
        (item,) = (await learner.get("/reviews/due"))["items"]
        places.add([choice["text"] for choice in item["choices"]].index("right"))
    assert len(places) > 1


@pytest.mark.parametrize("state", [1, 3])
async def test_what_is_being_learnt_is_due_at_its_minute(service: Service, state: int) -> None:
    ada = await service.learner()
    course_id = await take_course(service, ada)
    card = await add_known_card(
        service, ada, course_id, START + MINUTE, state=state, step=0, last_reviewed_at=START
    )

    assert await list_due_ids(ada) == []
    service.clock.set(START + MINUTE - timedelta(microseconds=1))
    assert await list_due_ids(ada) == []
    check_refusal(await review(ada, card, rating="good"), 409, "not_due")
    service.clock.set(START + MINUTE)
    assert await list_due_ids(ada) == [card]
    assert (await review(ada, card, rating="good")).is_success


@pytest.mark.parametrize(
    ("zone", "day_starts_at", "begin", "end"),
    [
        ("UTC", 0, "2026-03-10T00:00:00+00:00", "2026-03-11T00:00:00+00:00"),
        ("Pacific/Auckland", 0, "2026-03-09T11:00:00+00:00", "2026-03-10T11:00:00+00:00"),
        ("America/New_York", 4, "2026-03-10T08:00:00+00:00", "2026-03-11T08:00:00+00:00"),
    ],
)
async def test_what_is_known_is_due_all_through_its_local_day(
    service: Service, zone: str, day_starts_at: int, begin: str, end: str
) -> None:
    ada = await service.learner(timezone=zone, day_starts_at=day_starts_at)
    course_id = await take_course(service, ada)
    due_at = datetime.fromisoformat(end) - timedelta(microseconds=1)
    card = await add_known_card(service, ada, course_id, due_at)
    tomorrow = await add_known_card(service, ada, course_id, datetime.fromisoformat(end))

    await wake(service, ada, datetime.fromisoformat(begin) - timedelta(microseconds=1))
    assert await list_due_ids(ada) == []
    answer = await review(ada, card, rating="good")
    check_refusal(answer, 409, "not_due")
    assert answer.headers["Retry-After"] == "1"
    assert datetime.fromisoformat(answer.json()["due_at"]) == due_at

    await wake(service, ada, begin)
    assert await list_due_ids(ada) == [card]
    check_refusal(await review(ada, tomorrow, rating="good"), 409, "not_due")
    assert (await review(ada, card, rating="good")).is_success


async def test_a_day_that_comes_again_hides_nothing_that_was_due(service: Service) -> None:
    """In 2000 the clocks of Newfoundland went back from 00:01 to 23:01 of the day before."""
    ada = await service.learner(timezone="America/St_Johns")
    course_id = await take_course(service, ada)
    midnight = datetime(2000, 10, 29, 2, 30, tzinfo=UTC)
    card = await add_known_card(service, ada, course_id, midnight + 5 * MINUTE)

    await wake(service, ada, midnight + 10 * MINUTE)

    assert (await ada.get("/game/profile"))["today"] == "2000-10-28"
    assert await list_due_ids(ada) == [card]
    assert (await review(ada, card, rating="good")).is_success


async def test_longest_due_comes_first_through_all_pages(service: Service) -> None:
    ada = await service.learner()
    course_id = await take_course(service, ada)
    late = await add_cards(service, ada, course_id, 3)
    early = await add_cards(service, ada, course_id, 3, due_at=START - timedelta(days=1))
    known = await add_known_card(service, ada, course_id, START + timedelta(hours=3))
    middle = await add_known_card(service, ada, course_id, START - timedelta(hours=3))
    wanted = [*early, middle, *late, known]

    assert await list_due_ids(ada) == wanted
    for limit in (1, 2, 3, 7, 8):
        seen: list[int] = []
        cursor: dict[str, Any] = {}
        while True:
            page = await ada.get("/reviews/due", limit=limit, **cursor)
            assert 0 < len(page["items"]) <= limit
            assert page["due"] == 8
            seen += [item["card_id"] for item in page["items"]]
            assert seen == wanted[: len(seen)]
            if page["next_cursor"] is None:
                break
            cursor = {"cursor": page["next_cursor"]}
        assert len(seen) == len(wanted)


HIDDEN: dict[str, tuple[Any, str, bool]] = {
    "a draft question": (QuizQuestion, "draft", False),
    "an archived question": (QuizQuestion, "archived", False),
    "a draft task": (CourseTask, "draft", False),
    "an archived task": (CourseTask, "archived", False),
    "a draft week": (Week, "draft", False),
    "an archived week": (Week, "archived", False),
    "a draft course": (Course, "draft", False),
    "an archived course": (Course, "archived", True),
}


@pytest.mark.parametrize("what", HIDDEN)
async def test_only_what_is_published_comes_back(service: Service, what: str) -> None:
    model, status, is_live = HIDDEN[what]
    ada = await service.learner()
    course_id = await take_course(service, ada)
    (card,) = await add_cards(service, ada, course_id, 1)
    async with service.parts.database.reading() as uow:
        question = await uow._session.get(
            QuizQuestion, (await list_question_ids(service, course_id))[0]
        )
        assert question is not None
        task = await uow._session.get(CourseTask, question.course_task_id)
        assert task is not None
    ids = {
        QuizQuestion: question.id, CourseTask: task.id, Week: task.week_id, Course: course_id,
    }  # fmt: skip

    await set_columns(service, model, ids[model], status=status)

    await check_live(service, ada, card, is_live)
    await set_columns(service, model, ids[model], status="published")
    if not is_live:
        await check_live(service, ada, card, is_live=True)


async def check_live(service: Service, learner: Learner, card: int, is_live: bool) -> None:
    page = await learner.get("/reviews/due")
    stats = await learner.get("/reviews/stats")
    assert [item["card_id"] for item in page["items"]] == [card] * is_live
    assert (page["due"], stats["due"], stats["cards"]["total"]) == (is_live,) * 3
    answer = await review(learner, card, rating="good")
    if is_live:
        assert answer.is_success
    else:
        check_refusal(answer, 404, "card_not_found")


async def test_cards_of_a_course_that_was_left_wait_for_its_learner(service: Service) -> None:
    ada = await service.learner()
    course_id = await take_course(service, ada)
    other_id = await take_course(service, ada, small_course(slug="other", questions=1))
    (card,) = await add_cards(service, ada, course_id, 1)
    (kept,) = await add_cards(service, ada, other_id, 1)

    await leave(service, ada, course_id)

    assert await list_due_ids(ada) == [kept]
    check_refusal(await review(ada, card, rating="good"), 404, "card_not_found")


async def test_nobody_sees_the_cards_of_another(service: Service) -> None:
    ada, eve = await service.learner(), await service.learner("eve@example.org")
    course_id = await take_course(service, ada)
    await enroll(service, eve, course_id)
    (card,) = await add_cards(service, ada, course_id, 1)
    (own,) = await add_cards(service, eve, course_id, 1)

    assert await list_due_ids(eve) == [own]
    check_refusal(await review(eve, card, rating="good"), 404, "card_not_found")
    check_refusal(await review(eve, 2**63 - 1, rating="good"), 404, "card_not_found")
    assert await list_due_ids(ada) == [card]


async def test_the_count_of_due_cards_is_bounded(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert MAX_COUNTED == 1000
    monkeypatch.setattr("app.services.due_cards.MAX_COUNTED", 7)
    ada = await service.learner()
    await add_cards(service, ada, await take_course(service, ada), 9)

    assert (await ada.get("/reviews/due", limit=5))["due"] == 7
    assert (await ada.get("/reviews/due", limit=9))["due"] == 9


BAD_POSITIONS: list[list[Any]] = [
    [], [1], ["1", 1], [1, "1"], [-1.0, 1], [2**63, 1], [2**57, 1], [-1, 1], [-(2**57), 1], [1, -1],
    [1, 2**63], [10**40, 1], [1, 1, 1],
]  # fmt: skip


@pytest.mark.parametrize("position", BAD_POSITIONS, ids=str)
async def test_a_cursor_that_the_list_did_not_give_is_refused(
    service: Service, position: list[Any]
) -> None:
    ada = await service.learner()
    for name in ("due", "ledger"):
        cursor = encode_cursor(name, position)
        answer = await ada.client.get("/reviews/due", params={"cursor": cursor})
        check_refusal(answer, 422, "bad_cursor")


@pytest.mark.parametrize("position", [[0, 0], [2**57 - 1, 2**63 - 1]], ids=str)
async def test_a_cursor_at_the_edge_of_time_shows_a_page(
    service: Service, position: list[str | int]
) -> None:
    ada = await service.learner()
    await take_course(service, ada)
    page = await ada.get("/reviews/due", cursor=encode_cursor("due", position))
    assert page == {"items": [], "next_cursor": None, "due": 0}


async def test_the_list_costs_the_same_however_long_it_is(service: Service) -> None:
    ada = await service.learner()
    course_id = await take_course(service, ada)
    for more, limit, expected in ((1, 20, 2), (30, 20, 3), (0, 100, 2)):
        if more:
            await add_cards(service, ada, course_id, more)
        with service.statements.count() as statements:
            page = await ada.get("/reviews/due", limit=limit)
        assert page["items"]
        assert len(statements) == expected, "\n".join(statements)
