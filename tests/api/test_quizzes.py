"""Quizzes: shown without answers, graded on the server, paid once."""

from itertools import pairwise
from typing import Any

import pytest

from tests.services.game_table import find_differences
from tests.support.contract import check_problem
from tests.support.courses import small_course
from tests.support.learning import Student, enroll
from tests.support.service import Service
from tests.support.state import read_state


@pytest.fixture
async def student(service: Service) -> Student:
    """Somebody whose quizzes have one question of each kind."""
    return await enroll(service, small_course(questions=5))


async def read_quiz(student: Student, day: int) -> dict[str, Any]:
    return await student.learner.get(f"/course-tasks/{day}/quiz")


async def test_a_quiz_tells_what_is_asked_and_nothing_more(student: Student) -> None:
    quiz = await read_quiz(student, student.days[0])
    assert {name: value for name, value in quiz.items() if name != "questions"} == {
        "course_task_id": student.days[0], "title": "Day 1 of week 1", "revision": 1,
        "pass_percent": 80, "attempt": 1, "graded": True, "passed": False, "attempts_left": 10,
        "hearts": 5, "max_hearts": 5, "next_heart_at": None,
    }  # fmt: skip
    by_kind = {question["kind"]: question for question in quiz["questions"]}
    assert len(by_kind) == 5
    assert {choice["text"] for choice in by_kind["single_choice"]["choices"]} == {
        "right", "wrong", "also wrong",
    }  # fmt: skip
    assert by_kind["number"]["choices"] == []
    assert by_kind["number"].keys() == {"id", "kind", "prompt", "prompt_html", "choices"}


async def test_a_faultless_first_attempt_pays_the_most(student: Student) -> None:
    answer = (await student.attempt(student.days[0])).json()
    attempt = answer["attempt"]
    shown = {name: value for name, value in attempt.items() if name != "answers"}
    assert shown == {
        "number": 1, "attempted_at": "2026-03-02T12:00:00Z", "graded": True, "passed": True,
        "questions": 5, "right": 5, "percent": 100, "hearts_lost": 0,
    }  # fmt: skip
    entries = [(e["reason"], e["xp"], e["gold"]) for e in answer["outcome"]["entries"]]
    assert entries == [("quiz_passed", 30, 5), ("quiz_perfect", 10, 0)]
    assert (answer["hearts"], answer["cards_added"], answer["attempts_left"]) == (5, 0, 9)


async def test_the_explanation_comes_with_the_answer(student: Student) -> None:
    answers = (await student.attempt(student.days[0], wrong=1)).json()["attempt"]["answers"]
    shown = [(a["given"], a["answer"], a["correct"], a["explanation"]) for a in answers]
    assert shown == [
        (["wrong"], ["right"], False, "Because of 1."),
        (["one", "two"], ["one", "two"], True, "Because of 2."),
        (True, True, True, "Because of 3."),
        (42, 42, True, "Because of 4."),
        ("range()", ["range", "range()"], True, "Because of 5."),
    ]
    assert answers[0]["explanation_html"] == "<p>Because of 1.</p>\n"
    assert answers[2]["choices"] == []
    judged = {(c["text"], c["html"], c["chosen"], c["right"]) for c in answers[0]["choices"]}
    assert judged == {
        ("right", "<p>right</p>\n", False, True),
        ("wrong", "<p>wrong</p>\n", True, False),
        ("also wrong", "<p>also wrong</p>\n", False, False),
    }
    picked = {(c["text"], c["chosen"], c["right"]) for c in answers[1]["choices"]}
    assert picked == {("one", True, True), ("two", True, True), ("three", False, False)}


async def test_wrong_answers_cost_hearts_and_come_back_as_cards(student: Student) -> None:
    answer = (await student.attempt(student.days[0], wrong=2)).json()
    assert answer["attempt"]["passed"] is False
    assert (answer["attempt"]["hearts_lost"], answer["hearts"], answer["cards_added"]) == (2, 3, 2)
    assert answer["next_heart_at"] == "2026-03-02T16:00:00Z"
    assert (answer["outcome"]["xp"], answer["outcome"]["hearts"]) == (0, -2)
    assert (await student.learner.get("/reviews/due"))["due"] == 2
    assert (await student.learner.get("/game/profile"))["hearts"] == 3


async def test_a_later_pass_pays_without_what_is_for_the_first(student: Student) -> None:
    await student.attempt(student.days[0], wrong=2)
    answer = (await student.attempt(student.days[0], wrong=1)).json()
    assert (answer["attempt"]["percent"], answer["attempt"]["passed"]) == (80, True)
    assert (answer["outcome"]["xp"], answer["outcome"]["gold"], answer["hearts"]) == (30, 5, 2)


async def test_a_quiz_pays_once_and_then_is_for_practice(student: Student) -> None:
    await student.attempt(student.days[0])
    quiz = await read_quiz(student, student.days[0])
    assert (quiz["graded"], quiz["passed"], quiz["attempt"]) == (False, True, 2)
    answer = (await student.attempt(student.days[0], wrong=5)).json()
    assert (answer["attempt"]["graded"], answer["attempt"]["hearts_lost"]) == (False, 0)
    assert (answer["outcome"]["xp"], answer["hearts"], answer["cards_added"]) == (0, 5, 5)
    assert (await student.attempt(student.days[0])).json()["outcome"]["xp"] == 0
    assert (await student.complete(student.days[0]))["task"]["completed"]


async def test_without_hearts_a_graded_quiz_is_refused(student: Student) -> None:
    assert (await student.attempt(student.days[0], wrong=5)).json()["hearts"] == 0
    state = await read_state(student.service.parts.database)
    answer = await student.attempt(student.days[1])
    problem = check_problem(answer)
    assert (answer.status_code, problem["code"]) == (409, "hearts_empty")
    assert problem["next_heart_at"] == "2026-03-02T16:00:00Z"
    assert answer.headers["Retry-After"] == str(4 * 3600)
    assert await read_state(student.service.parts.database) == state
    await student.sleep(hours=4)
    assert (await student.attempt(student.days[1])).json()["attempt"]["passed"]


async def test_practice_needs_no_heart(student: Student) -> None:
    await student.attempt(student.days[0])
    await student.attempt(student.days[1], wrong=5)
    assert (await student.attempt(student.days[0], wrong=3)).status_code == 201


async def test_more_wrong_answers_than_hearts_take_those_that_there_are(student: Student) -> None:
    await student.attempt(student.days[0], wrong=4)
    answer = (await student.attempt(student.days[0], wrong=5)).json()
    assert (answer["attempt"]["hearts_lost"], answer["hearts"]) == (1, 0)
    assert await find_differences(student.service.parts.database) == []


async def test_ten_attempts_a_local_day(student: Student) -> None:
    await student.attempt(student.days[0])
    for left in range(8, -1, -1):
        assert (await student.attempt(student.days[0])).json()["attempts_left"] == left
    answer = await student.attempt(student.days[0])
    assert (answer.status_code, check_problem(answer)["code"]) == (429, "attempts_used_up")
    assert answer.headers["Retry-After"] == str(12 * 3600)
    assert (await student.attempt(student.days[1])).status_code == 201  # it is of each quiz
    await student.sleep(hours=12)
    assert (await student.attempt(student.days[0])).status_code == 201


async def test_a_retry_serves_questions_and_choices_in_another_order(student: Student) -> None:
    orders, choices = [], []
    for _ in range(4):
        quiz = await read_quiz(student, student.days[0])
        assert quiz["questions"] == (await read_quiz(student, student.days[0]))["questions"]
        orders.append([question["kind"] for question in quiz["questions"]])
        single = next(q for q in quiz["questions"] if q["kind"] == "single_choice")
        choices.append([choice["text"] for choice in single["choices"]])
        await student.attempt(student.days[0])
    for before, after in pairwise(orders):
        assert before != after
    for before, after in pairwise(choices):
        assert before != after


async def test_reviewing_everything_makes_cards_of_a_passed_quiz(service: Service) -> None:
    student = await enroll(service, small_course(questions=5), review="all")
    assert (await student.attempt(student.days[0], wrong=3)).json()["cards_added"] == 3
    assert (await student.attempt(student.days[0])).json()["cards_added"] == 2
    assert (await student.attempt(student.days[1])).json()["cards_added"] == 5


async def test_attempts_are_kept_as_they_were(student: Student) -> None:
    first = (await student.attempt(student.days[0], wrong=2)).json()["attempt"]
    second = (await student.attempt(student.days[0])).json()["attempt"]
    path = f"/course-tasks/{student.days[0]}/quiz/attempts"
    page = await student.learner.get(path, limit=1)
    rest = await student.learner.get(path, limit=1, cursor=page["next_cursor"])
    summaries = [
        {name: value for name, value in attempt.items() if name != "answers"}
        for attempt in (second, first)
    ]
    assert [*page["items"], *rest["items"]] == summaries
    assert rest["next_cursor"] is None
    assert await student.learner.get(f"{path}/1") == first
    assert await student.learner.get(f"{path}/2") == second


async def test_other_ones_attempts_are_not_there(student: Student) -> None:
    await student.attempt(student.days[0])
    path = f"/course-tasks/{student.days[0]}/quiz/attempts"
    other = await student.service.learner("eve@example.org")
    assert (await other.get(path))["items"] == []
    for client, number in ((other.client, 1), (student.client, 2)):
        answer = await client.get(f"{path}/{number}")
        assert (answer.status_code, check_problem(answer)["code"]) == (404, "attempt_not_found")


async def test_a_day_without_a_quiz(service: Service) -> None:
    student = await enroll(service, small_course(questions=0))
    path = f"/course-tasks/{student.days[0]}/quiz"
    body = {"answers": [{"question_id": 1, "answer": True}]}
    for answer in (
        await student.client.get(path),
        await student.client.post(f"{path}/attempts", json=body),
    ):
        assert (answer.status_code, check_problem(answer)["code"]) == (404, "no_quiz")


BAD = ["missing", "twice", "another quiz", "unknown", "choice", "kind", "none", "number", "empty"]


def spoil(answers: list[dict[str, Any]], of_another: int, how: str) -> list[dict[str, Any]]:
    single, multiple, truth, number, text = answers
    spoilt: dict[str, list[dict[str, Any]]] = {
        "missing": answers[1:],
        "twice": [*answers, single],
        "another quiz": [{**single, "question_id": of_another}, *answers[1:]],
        "unknown": [*answers, {"question_id": 2**62, "answer": True}],
        "choice": [{**single, "answer": "0000000000000000"}, *answers[1:]],
        "kind": [{**single, "answer": multiple["answer"]}, *answers[1:]],
        "none": [single, {**multiple, "answer": []}, truth, number, text],
        "number": [single, multiple, truth, {**number, "answer": "42"}, text],
        "empty": [single, multiple, truth, number, {**text, "answer": " "}],
    }
    return spoilt[how]


@pytest.mark.parametrize("how", BAD)
async def test_answers_that_do_not_fit_change_nothing(student: Student, how: str) -> None:
    day, other = student.days[:2]
    of_another = (await student.answers(other))[0]["question_id"]
    answers = spoil(await student.answers(day), of_another, how)
    state = await read_state(student.service.parts.database)
    answer = await student.client.post(
        f"/course-tasks/{day}/quiz/attempts", json={"answers": answers}
    )
    problem = check_problem(answer)
    assert (answer.status_code, problem["code"]) == (422, "bad_answers")
    assert isinstance(problem["question_id"], int)
    assert await read_state(student.service.parts.database) == state


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"answers": []},
        {"answers": [{"question_id": 1}]},
        {"answers": [{"question_id": 1, "answer": None}]},
        {"answers": [{"question_id": "one", "answer": 1}]},
        {"answers": [{"question_id": 1, "answer": 1, "correct": True}]},
        {"answers": [{"question_id": 1, "answer": {"a": 1}}]},
        {"answers": [{"question_id": 1, "answer": 1e300}]},
        {"answers": [{"question_id": 1, "answer": "x"}] * 51},
        {"answers": [{"question_id": 1, "answer": "x"}], "revision": 0},
        {"answers": [{"question_id": 1, "answer": "x"}], "passed": True},
    ],
)
async def test_bodies_out_of_form_are_refused(student: Student, body: dict[str, Any]) -> None:
    answer = await student.client.post(f"/course-tasks/{student.days[0]}/quiz/attempts", json=body)
    assert (answer.status_code, check_problem(answer)["code"]) == (422, "validation_error")


async def test_a_quiz_that_changed_meanwhile_is_told(student: Student) -> None:
    day = student.days[0]
    answers = await student.answers(day)
    path = f"/course-tasks/{day}/quiz/attempts"
    answer = await student.client.post(path, json={"answers": answers, "revision": 2})
    assert (answer.status_code, check_problem(answer)["code"]) == (409, "quiz_changed")
    answer = await student.client.post(path, json={"answers": answers, "revision": 1})
    assert answer.status_code == 201


async def test_a_retry_with_its_key_is_the_same_attempt(student: Student) -> None:
    body = {"answers": await student.answers(student.days[0], wrong=2)}
    path = f"/course-tasks/{student.days[0]}/quiz/attempts"
    answers = [
        await student.client.post(path, json=body, headers={"Idempotency-Key": "k"})
        for _ in range(2)
    ]
    assert answers[0].json() == answers[1].json()
    assert (await student.learner.get("/game/profile"))["hearts"] == 3
