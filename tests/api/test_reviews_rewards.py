"""What reviews pay, how often, and what they do to hearts and streak."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from tests.api.review_steps import (
    add_cards,
    add_known_card,
    assert_sound,
    list_logs,
    review,
    set_hearts,
    take_course,
)
from tests.api.task_steps import sleep, wake
from tests.support.clock import START
from tests.support.courses import small_course
from tests.support.service import Learner, Service


async def review_all(learner: Learner, cards: Sequence[int]) -> list[int]:
    """Review the cards one after another; gives the XP of each."""
    xp = []
    for card in cards:
        answer = await review(learner, card, rating="good")
        assert answer.is_success, answer.text
        xp.append(answer.json()["outcome"]["xp"])
    return xp


async def test_a_card_pays_once_a_day(service: Service) -> None:
    ada = await service.learner()
    (card,) = await add_cards(service, ada, await take_course(service, ada), 1)

    outcomes = []
    for wait in (0, 1, 1, 60 * 24, 1):
        await sleep(service, ada, minutes=wait)
        answer = await review(ada, card, rating="again")
        outcomes.append(answer.json()["outcome"])

    assert [outcome["xp"] for outcome in outcomes] == [1, 0, 0, 1, 0]
    assert [len(outcome["entries"]) for outcome in outcomes] == [1, 0, 0, 1, 0]
    assert [outcome["streak"] for outcome in outcomes] == [1, 1, 1, 2, 2]
    assert len(await list_logs(service, ada)) == 5
    profile = await ada.get("/game/profile")
    assert (profile["xp"], profile["daily_reviews"], profile["streak"]) == (2, 1, 2)
    await assert_sound(service)


async def test_the_day_is_the_learners_own(service: Service) -> None:
    ada = await service.learner(timezone="America/New_York", day_starts_at=8)
    (card,) = await add_cards(service, ada, await take_course(service, ada), 1)
    begin = START.replace(hour=13)  # 8 o'clock in New York

    await wake(service, ada, begin - timedelta(minutes=2))
    first = await review(ada, card, rating="again")
    await wake(service, ada, begin)
    second = await review(ada, card, rating="again")

    sources = [answer.json()["outcome"]["entries"][0]["source_id"] for answer in (first, second)]
    assert sources == [f"{card}/2026-03-01", f"{card}/2026-03-02"]
    assert second.json()["outcome"]["streak"] == 2
    await assert_sound(service)


async def test_a_hundred_reviews_are_paid_a_day(service: Service) -> None:
    ada = await service.learner()
    course_id = await take_course(service, ada, small_course(weeks=3, questions=5))
    cards = await add_cards(service, ada, course_id, 103)

    assert await review_all(ada, cards[:102]) == [1] * 100 + [0] * 2
    profile = await ada.get("/game/profile")
    assert (profile["xp"], profile["daily_reviews"]) == (100, 100)

    await sleep(service, ada, days=1)
    assert await review_all(ada, cards[101:]) == [1, 1]
    profile = await ada.get("/game/profile")
    assert (profile["xp"], profile["daily_reviews"], profile["streak"]) == (102, 2, 2)
    stats = await ada.get("/reviews/stats")
    assert (stats["reviews"], stats["daily_reviews"]) == (104, 2)
    await assert_sound(service)


async def test_each_tenth_paid_review_gives_a_heart_back(service: Service) -> None:
    ada = await service.learner()
    course_id = await take_course(service, ada)
    cards = await add_cards(service, ada, course_id, 31)
    await set_hearts(service, ada, 3)

    shown = []
    for card in cards:
        body = (await review(ada, card, rating="good")).json()
        shown.append((body["hearts"], body["outcome"]["hearts"]))
        assert (body["next_heart_at"] is None) == (body["hearts"] == 5)

    # The row says 3 hearts without the activity that took them: no verification here.
    assert shown == [(3, 0)] * 9 + [(4, 1)] + [(4, 0)] * 9 + [(5, 1)] + [(5, 0)] * 11
    assert (await ada.get("/game/profile"))["hearts"] == 5


async def test_an_unpaid_review_gives_no_heart(service: Service) -> None:
    ada = await service.learner()
    course_id = await take_course(service, ada)
    cards = await add_cards(service, ada, course_id, 9)
    await review_all(ada, cards)
    await set_hearts(service, ada, 3)
    await sleep(service, ada, minutes=10)

    body = (await review(ada, cards[0], rating="good")).json()

    assert (body["hearts"], body["outcome"]["hearts"], body["outcome"]["xp"]) == (3, 0, 0)


async def test_the_next_heart_is_told(service: Service) -> None:
    ada = await service.learner()
    (card,) = await add_cards(service, ada, await take_course(service, ada), 1)
    await set_hearts(service, ada, 0)
    await sleep(service, ada, hours=5)

    body = (await review(ada, card, rating="good")).json()

    assert (body["hearts"], body["next_heart_at"]) == (1, "2026-03-02T20:00:00Z")


@pytest.mark.parametrize(("days", "streak"), [(1, 5), (2, 1)])
async def test_reviews_keep_a_streak(service: Service, days: int, streak: int) -> None:
    ada = await service.learner()
    course_id = await take_course(service, ada)
    for day in range(4):
        card = await add_known_card(service, ada, course_id, START)
        body = (await review(ada, card, rating="good")).json()
        assert body["outcome"]["streak"] == day + 1
        await sleep(service, ada, days=1)
    await sleep(service, ada, days=days - 1)
    card = await add_known_card(service, ada, course_id, START)

    body = (await review(ada, card, rating="good")).json()

    assert body["outcome"]["streak"] == streak
    assert (await ada.get("/game/profile"))["longest_streak"] == max(4, streak)
    await assert_sound(service)


async def test_a_local_day_that_comes_again_pays_no_second_time(service: Service) -> None:
    """From the first zone of the earth to the last: the third of March is there for 49 hours."""
    ada = await service.learner(timezone="Pacific/Kiritimati")
    (card,) = await add_cards(service, ada, await take_course(service, ada), 1)
    outcomes = [(await review(ada, card, rating="again")).json()["outcome"]]
    assert (await ada.client.patch("/users/me", json={"timezone": "Pacific/Pago_Pago"})).is_success
    for instant in (
        "2026-03-03T12:00:00+00:00",
        "2026-03-04T10:59:00+00:00",
        "2026-03-04T11:00:00Z",
    ):
        await wake(service, ada, instant)
        outcomes.append((await review(ada, card, rating="again")).json()["outcome"])

    assert [outcome["xp"] for outcome in outcomes] == [1, 0, 0, 1]
    assert [outcome["streak"] for outcome in outcomes] == [1, 1, 1, 2]
    await assert_sound(service)
