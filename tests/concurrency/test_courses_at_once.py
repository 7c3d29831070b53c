"""Courses under parallel calls: one payment, ten attempts, hearts never below none."""

import asyncio
from collections import Counter

from tests.services.game_table import find_differences
from tests.support.courses import small_course
from tests.support.learning import enroll
from tests.support.service import Service


async def test_a_day_completed_thirty_times_at_once_pays_once(service: Service) -> None:
    student = await enroll(service, small_course(questions=0))
    for day in student.days[:6]:
        await student.complete(day)
    path = f"/course-tasks/{student.days[6]}/complete"
    answers = await asyncio.gather(*(student.client.post(path) for _ in range(30)))
    assert {answer.status_code for answer in answers} == {200}
    paid = Counter(answer.json()["outcome"]["xp"] for answer in answers)
    assert paid == {260: 1, 0: 29}
    assert await find_differences(service.parts.database) == []


async def test_the_days_of_a_week_at_once_reach_its_milestone_once(service: Service) -> None:
    student = await enroll(service, small_course(weeks=2, questions=0))
    await asyncio.gather(
        *(student.client.post(f"/course-tasks/{day}/complete") for day in student.days)
    )
    profile = await student.learner.get("/game/profile")
    assert profile["xp"] == 14 * 10 + 2 * 50 + 200
    assert (await student.progress())["percent"] == 100
    assert await find_differences(service.parts.database) == []


async def test_toggling_days_at_once_leaves_clean_books(service: Service) -> None:
    student = await enroll(service, small_course(questions=0))
    for day in student.days:
        await student.complete(day)
    moves = [f"/course-tasks/{day}/{move}" for day in student.days for move in ("undo", "complete")]
    answers = await asyncio.gather(*(student.client.post(move) for move in moves * 2))
    assert {answer.status_code for answer in answers} == {200}
    assert await find_differences(service.parts.database) == []


async def test_attempts_at_once_keep_to_the_limit_and_pay_one_pass(service: Service) -> None:
    student = await enroll(service, small_course(questions=2))
    answers = await asyncio.gather(*(student.attempt(student.days[0]) for _ in range(20)))
    assert Counter(answer.status_code for answer in answers) == {201: 10, 429: 10}
    results = [answer.json() for answer in answers if answer.status_code == 201]
    assert sorted(result["attempt"]["number"] for result in results) == list(range(1, 11))
    assert sorted(result["outcome"]["xp"] for result in results) == [0] * 9 + [40]
    assert await find_differences(service.parts.database) == []


async def test_hearts_are_not_lost_twice_nor_below_none(service: Service) -> None:
    student = await enroll(service, small_course(questions=2))
    answers = await asyncio.gather(
        *(student.attempt(day, wrong=2) for day in student.days for _ in range(2))
    )
    graded = [answer.json() for answer in answers if answer.status_code == 201]
    assert sorted(result["attempt"]["hearts_lost"] for result in graded) == [1, 2, 2]
    assert {answer.status_code for answer in answers} == {201, 409}
    assert (await student.learner.get("/game/profile"))["hearts"] == 0
    assert await find_differences(service.parts.database) == []


async def test_enrolling_at_once_is_enrolling_once(service: Service) -> None:
    student = await enroll(service)
    await student.client.delete("/courses/python/enrollment")
    answers = await asyncio.gather(
        *(student.client.post("/courses/python/enrollment") for _ in range(10))
    )
    assert {answer.status_code for answer in answers} <= {200, 201}
    assert len((await student.learner.get("/users/me/courses"))["items"]) == 1


async def test_learners_meet_an_author_who_takes_a_week_away(service: Service) -> None:
    student = await enroll(service, small_course(weeks=2, questions=2))
    author = await service.learner("author@example.org", role="author")
    tree = await author.get("/courses/python")
    day, quiz = student.days[7], {"answers": await student.answers(student.days[7])}
    asked = [
        *(student.client.get(f"/course-tasks/{day}") for _ in range(8)),
        *(student.client.get(f"/course-tasks/{day}/quiz") for _ in range(8)),
        *(student.client.post(f"/course-tasks/{day}/complete") for _ in range(4)),
        *(student.client.post(f"/course-tasks/{day}/quiz/attempts", json=quiz) for _ in range(4)),
    ]
    taken = author.client.delete(f"/weeks/{tree['weeks'][1]['id']}")
    answers = await asyncio.gather(*asked[:12], taken, *asked[12:])
    assert {answer.status_code for answer in answers} <= {200, 201, 204, 404, 409}
    assert (await student.client.get(f"/course-tasks/{day}")).status_code == 404
    assert await find_differences(service.parts.database) == []
