"""The shop under parallel calls: no gold is spent twice, and none that is not there."""

import asyncio
from collections import Counter

from tests.api.shop_steps import buy, earn
from tests.services.game_table import find_differences
from tests.support.courses import small_course
from tests.support.learning import Student, enroll
from tests.support.service import Service


async def lose_hearts(service: Service) -> Student:
    student = await enroll(service, small_course(questions=5))
    await student.attempt(student.days[0], wrong=5)
    return student


async def test_gold_for_three_buys_three(service: Service) -> None:
    student = await lose_hearts(service)
    await earn(service, student.learner, 72)
    answers = await asyncio.gather(*(buy(student.learner, "heart") for _ in range(50)))
    assert Counter(answer.status_code for answer in answers) == {200: 3, 409: 47}
    codes = {answer.json()["code"] for answer in answers if answer.status_code == 409}
    assert codes == {"not_enough_gold"}
    bought = [answer.json() for answer in answers if answer.status_code == 200]
    assert {(one["gold"], one["hearts"]) for one in bought} == {(52, 1), (32, 2), (12, 3)}
    profile = await student.learner.get("/game/profile")
    assert (profile["gold"], profile["hearts"]) == (12, 3)
    assert await find_differences(service.parts.database) == []


async def test_of_freezes_two_are_sold_however_much_gold_there_is(service: Service) -> None:
    ada = await service.learner()
    await earn(service, ada, 304)
    answers = await asyncio.gather(*(buy(ada, "streak_freeze") for _ in range(20)))
    assert Counter(answer.status_code for answer in answers) == {200: 2, 409: 18}
    profile = await ada.get("/game/profile")
    assert (profile["gold"], profile["streak_freezes"]) == (104, 2)
    assert await find_differences(service.parts.database) == []


async def test_one_key_at_once_buys_once(service: Service) -> None:
    student = await lose_hearts(service)
    await earn(service, student.learner, 72)
    answers = await asyncio.gather(*(buy(student.learner, "heart", key="k") for _ in range(10)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert (await student.learner.get("/game/profile"))["gold"] == 52
    assert await find_differences(service.parts.database) == []


async def test_buying_while_the_gold_is_taken_back_leaves_clean_books(
    service: Service,
) -> None:
    student = await lose_hearts(service)
    tasks = await earn(service, student.learner, 48)
    client = student.client
    for _ in range(3):
        await asyncio.gather(
            *(client.post(f"/tasks/{task}/undo") for task in tasks),
            *(buy(student.learner, "heart") for _ in range(6)),
            *(client.post(f"/tasks/{task}/complete") for task in tasks),
        )
        assert await find_differences(service.parts.database) == []
