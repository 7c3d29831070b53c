"""Completing and undoing days of courses, and what that pays."""

from typing import Any

from app.game.rules import Difficulty
from tests.services.game_table import find_differences
from tests.support.contract import check_problem
from tests.support.courses import small_course
from tests.support.game import dump_state
from tests.support.learning import enroll
from tests.support.service import Service


def read_entries(answer: dict[str, Any]) -> list[tuple[str, str, int, int]]:
    return [
        (entry["reason"], entry["source_type"], entry["xp"], entry["gold"])
        for entry in answer["outcome"]["entries"]
    ]


async def test_a_day_pays_like_a_task_of_its_difficulty(service: Service) -> None:
    student = await enroll(service, small_course(questions=0, difficulty=Difficulty.HARD))
    answer = await student.complete(student.days[0])
    assert read_entries(answer) == [("course_task_completed", "course_task", 40, 8)]
    task = answer["task"]
    assert (task["completed"], task["days_completed"], task["days"], task["percent"]) == (
        True, 1, 7, 14,
    )  # fmt: skip
    assert task["completed_at"] == "2026-03-02T12:00:00Z"


async def test_the_streaks_bonus_is_on_the_day_but_not_on_the_milestone(service: Service) -> None:
    student = await enroll(service, small_course(questions=0, difficulty=Difficulty.HARD))
    for day in student.days[:6]:
        await student.complete(day)
        await student.sleep(days=1)
    answer = await student.complete(student.days[6])
    assert answer["outcome"]["streak"] == 7
    assert read_entries(answer) == [
        ("course_task_completed", "course_task", 42, 8),
        ("milestone_reached", "week", 50, 10),
        ("course_completed", "course", 200, 50),
    ]
    assert (answer["task"]["week_done"], answer["task"]["course_done"]) == (True, True)
    assert answer["task"]["percent"] == 100


async def test_a_repeat_changes_nothing(service: Service) -> None:
    student = await enroll(service, small_course(questions=0))
    first = await student.complete(student.days[0])
    state = await dump_state(service.parts.database)
    again = await student.complete(student.days[0])
    assert again["task"] == first["task"]
    assert (again["outcome"]["xp"], again["outcome"]["entries"]) == (0, [])
    assert await dump_state(service.parts.database) == state


async def test_a_day_with_a_quiz_wants_it_passed(service: Service) -> None:
    student = await enroll(service, small_course(questions=5))
    day = student.days[0]
    refused = await student.client.post(f"/course-tasks/{day}/complete")
    assert (refused.status_code, check_problem(refused)["code"]) == (409, "quiz_not_passed")
    assert not (await student.attempt(day, wrong=2)).json()["attempt"]["passed"]
    assert (await student.client.post(f"/course-tasks/{day}/complete")).status_code == 409
    assert (await student.attempt(day, wrong=1)).json()["attempt"]["passed"]
    assert (await student.complete(day))["task"]["completed"]


async def test_complete_and_undo_is_as_if_nothing_had_been(service: Service) -> None:
    student = await enroll(service, small_course(questions=0))
    for day in student.days[:6]:
        await student.complete(day)
    state = await dump_state(service.parts.database)
    done = await student.complete(student.days[6])
    assert done["outcome"]["xp"] == 260
    undone = await student.undo(student.days[6])
    assert (undone["outcome"]["xp"], undone["outcome"]["gold"]) == (-260, -62)
    assert not undone["task"]["completed"]
    assert await dump_state(service.parts.database) == state
    again = await student.undo(student.days[6])
    assert (again["task"], again["outcome"]["xp"]) == (undone["task"], 0)


async def test_undoing_any_day_takes_the_milestone_and_the_course_back(service: Service) -> None:
    student = await enroll(service, small_course(weeks=2, questions=0))
    for day in student.days:
        await student.complete(day)
    undone = await student.undo(student.days[2])
    assert read_entries(undone) == [
        ("undo", "course_task", -10, -2),
        ("undo", "week", -50, -10),
        ("undo", "course", -200, -50),
    ]
    assert not undone["task"]["week_done"]
    again = await student.complete(student.days[2])
    assert [entry[0] for entry in read_entries(again)] == [
        "course_task_completed", "milestone_reached", "course_completed",
    ]  # fmt: skip
    assert (await student.undo(student.days[13]))["outcome"]["xp"] == -260
    assert await find_differences(service.parts.database) == []


async def test_the_milestone_of_an_untouched_week_stays(service: Service) -> None:
    student = await enroll(service, small_course(weeks=2, questions=0))
    for day in student.days:
        await student.complete(day)
    await student.undo(student.days[13])
    profile = await student.learner.get("/game/profile")
    assert profile["xp"] == 13 * 10 + 50
    assert await find_differences(service.parts.database) == []


async def test_with_something_in_between_only_that_happened(service: Service) -> None:
    one = await enroll(service, small_course(questions=0))
    for day in one.days:  # the undone day first, so that a later one finished the week
        await one.complete(day)
    await one.undo(one.days[0])
    other_learner = await service.learner("eve@example.org")
    await other_learner.post("/courses/python/enrollment")
    for day in one.days[1:]:
        await other_learner.post(f"/course-tasks/{day}/complete")
    profiles = [await who.get("/game/profile") for who in (one.learner, other_learner)]
    assert profiles[0] == profiles[1]


async def test_no_limit_of_paid_days(service: Service) -> None:
    student = await enroll(service, small_course(weeks=4, questions=0))
    paid = [(await student.complete(day))["outcome"]["xp"] for day in student.days]
    assert min(paid) == 10


async def test_undo_works_for_those_who_left(service: Service) -> None:
    student = await enroll(service, small_course(questions=0))
    await student.complete(student.days[0])
    await student.client.delete("/courses/python/enrollment")
    assert (await student.undo(student.days[0]))["outcome"]["xp"] == -10
    answer = await student.client.post(f"/course-tasks/{student.days[0]}/undo")
    assert check_problem(answer)["code"] == "not_enrolled"


async def test_another_ones_days_are_not_touched(service: Service) -> None:
    student = await enroll(service, small_course(questions=0))
    await student.complete(student.days[0])
    other = await service.learner("eve@example.org")
    await other.post("/courses/python/enrollment")
    assert (await other.post(f"/course-tasks/{student.days[0]}/undo"))["outcome"]["xp"] == 0
    assert (await student.progress())["days_completed"] == 1
    assert (await other.get("/courses/python/progress"))["days_completed"] == 0
