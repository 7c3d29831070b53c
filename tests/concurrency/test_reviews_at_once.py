"""Many reviews at the same time: each card is reviewed once, each day pays what it pays."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Iterable, Sequence
from itertools import cycle

import httpx

from app.db.models import Course
from app.services.play import PlayService
from app.services.review_cards import ReviewCardService
from tests.api.review_steps import (
    RIGHT_ANSWERS,
    add_cards,
    assert_sound,
    enroll,
    list_due_ids,
    list_logs,
    list_question_ids,
    review,
    set_columns,
    set_hearts,
    take_course,
)
from tests.support.courses import small_course
from tests.support.game import principal
from tests.support.service import Service


async def gather(requests: Iterable[Awaitable[httpx.Response]]) -> list[httpx.Response]:
    return list(await asyncio.gather(*requests))


def count_statuses(answers: Sequence[httpx.Response]) -> dict[int, int]:
    return dict(Counter(answer.status_code for answer in answers))


async def test_of_twenty_answers_to_one_card_one_counts(service: Service) -> None:
    ada = await service.learner()
    (card,) = await add_cards(service, ada, await take_course(service, ada), 1)

    answers = await gather(review(ada, card, answer=RIGHT_ANSWERS[0]) for _ in range(20))

    assert count_statuses(answers) == {200: 1, 409: 19}
    assert {answer.json().get("code") for answer in answers} == {None, "not_due"}
    assert [log.number for log in await list_logs(service, ada)] == [1]
    assert (await ada.get("/game/profile"))["xp"] == 1
    await assert_sound(service)


async def test_twenty_retries_with_one_key_get_one_answer(service: Service) -> None:
    ada = await service.learner()
    (card,) = await add_cards(service, ada, await take_course(service, ada), 1)

    answers = await gather(review(ada, card, key="k", rating="good") for _ in range(20))

    assert count_statuses(answers) == {200: 20}
    assert len({answer.text for answer in answers}) == 1
    assert len(await list_logs(service, ada)) == 1
    await assert_sound(service)


async def test_cards_at_once_are_paid_up_to_the_limit(service: Service) -> None:
    ada = await service.learner()
    course_id = await take_course(service, ada, small_course(weeks=4, questions=5))
    cards = await add_cards(service, ada, course_id, 120)

    answers = await gather(review(ada, card, rating="good") for card in cards)

    assert count_statuses(answers) == {200: 120}
    assert sum(answer.json()["outcome"]["xp"] for answer in answers) == 100
    assert (await ada.get("/game/profile"))["xp"] == 100
    assert len(await list_logs(service, ada)) == 120
    await assert_sound(service)


async def test_hearts_come_back_once_for_ten_at_once(service: Service) -> None:
    ada = await service.learner()
    cards = await add_cards(service, ada, await take_course(service, ada), 20)
    await set_hearts(service, ada, 1)

    answers = await gather(review(ada, card, rating="good") for card in cards)

    assert sum(answer.json()["outcome"]["hearts"] for answer in answers) == 2
    assert (await ada.get("/game/profile"))["hearts"] == 3


async def test_learners_at_once_do_not_mix(service: Service) -> None:
    learners = [await service.learner(f"{n}@example.org") for n in range(6)]
    course_id = await take_course(service, learners[0])
    for learner in learners[1:]:
        await enroll(service, learner, course_id)
    cards = [
        (each, card) for each in learners for card in await add_cards(service, each, course_id)
    ]

    answers = await gather(review(each, card, rating="good") for each, card in cards)
    strange = await gather(
        review(each, card, rating="good")
        for each, (owner, card) in zip(cycle(reversed(learners)), cards, strict=False)
        if each is not owner
    )

    assert count_statuses(answers) == {200: 30}
    assert set(count_statuses(strange)) == {404}
    assert {(await each.get("/game/profile"))["xp"] for each in learners} == {5}
    await assert_sound(service)


async def test_an_author_who_archives_meanwhile_harms_nothing(service: Service) -> None:
    ada = await service.learner()
    course_id = await take_course(service, ada)
    cards = await add_cards(service, ada, course_id, 20)

    async def change() -> httpx.Response:
        await set_columns(service, Course, course_id, status="draft")
        return await ada.client.get("/reviews/due")

    answers = await gather([*(review(ada, card, rating="good") for card in cards), change()])

    assert set(count_statuses(answers)) <= {200, 404}
    assert await list_due_ids(ada) == []
    assert len(await list_logs(service, ada)) == count_statuses(answers[:-1]).get(200, 0)
    await assert_sound(service)


async def test_cards_made_at_once_are_there_once(service: Service) -> None:
    ada = await service.learner()
    course_id = await take_course(service, ada)
    question_ids = await list_question_ids(service, course_id)

    async def make() -> int:
        async with service.parts.database.writing() as transaction:
            turn = await PlayService(transaction.uow, service.clock).begin(principal(ada.id))
            made = await ReviewCardService(transaction.uow).add(turn, course_id, question_ids)
            await transaction.commit()
        return made

    made = await asyncio.gather(*(make() for _ in range(10)))

    assert sorted(made) == [0] * 9 + [35]
    assert len(await list_due_ids(ada)) == 35
