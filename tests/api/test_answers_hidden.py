"""No reply holds an answer before it is given: every route that learners have is asked."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from app.main import app
from app.schemas.curriculum import (
    CourseDefinition,
    NumberQuestion,
    Question,
    ShortTextQuestion,
    SingleChoiceQuestion,
    TrueFalseQuestion,
)
from tests.api.export_steps import unzip
from tests.support.contract import Operation, list_operations
from tests.support.courses import list_questions, small_course
from tests.support.learning import Student, enroll
from tests.support.service import Service

OPERATIONS = list(list_operations(app.openapi()))

TELL_TALES = ("canary", "417263", "explanation", '"right"', '"accept"', '"correct"')
"""What only answers and explanations hold (the answers of day 1 are given in none of these tests)."""

QUESTIONS: tuple[Question, ...] = (
    SingleChoiceQuestion(
        kind="single_choice", prompt="Which?", right="A", wrong=("B",), explanation="canary 1"
    ),
    TrueFalseQuestion(kind="true_false", prompt="Is it?", answer=True, explanation="canary 2"),
    NumberQuestion(kind="number", prompt="How many?", answer=417263, explanation="canary 3"),
    ShortTextQuestion(
        kind="short_text", prompt="Say it.", accept=("canary four",), explanation="canary 4"
    ),
)


def secret_course() -> CourseDefinition:
    """A course whose answers can be told from all else."""
    plain = small_course(slug="secret")
    week = plain.weeks[0]
    days = tuple(day.model_copy(update={"questions": QUESTIONS}) for day in week.days)
    return plain.model_copy(update={"weeks": (week.model_copy(update={"days": days}),)})


def list_learner_operations() -> Iterator[Operation]:
    """What a learner may call: with a token, and not for authors or superusers."""
    for operation in OPERATIONS:
        refusals = str(operation.spec["responses"].get("403"))
        if "security" in operation.spec and "required" not in refusals:
            yield operation


LEARNER_OPERATIONS = list(list_learner_operations())
READS = [operation for operation in LEARNER_OPERATIONS if operation.method == "GET"]


async def ask(student: Student, operation: Operation, names: dict[str, Any]) -> httpx.Response:
    path = operation.path.removeprefix("/api/v1")
    for name, value in names.items():
        path = path.replace(f"{{{name}}}", str(value))
    assert "{" not in path, f"no value for a name in {path}"
    return await student.client.request(operation.method, path)


@pytest.fixture
async def student(service: Service) -> Student:
    """Somebody who takes the course, and has answered nothing yet."""
    student = await enroll(service, secret_course())
    await student.learner.create_task()
    return student


def list_names(student: Student, question_id: int) -> dict[str, Any]:
    return {
        "slug": "secret", "course_task_id": student.days[0], "question_id": question_id,
        "card_id": 1, "week_id": 1, "number": 1, "item": "heart", "task_id": 1, "user_id": student.learner.id,
        "session_id": "00000000-0000-0000-0000-000000000000", "key": "a-quest", "challenge_id": 1,
        "party_id": 1, "invitation_id": 1, "token": "none",
    }  # fmt: skip


def read_text(answer: httpx.Response) -> str:
    """What an answer says, archives unpacked."""
    if answer.headers.get("content-type") != "application/zip":
        return answer.text
    return "\n".join(content.decode() for content in unzip(answer.content).values())


def find_tell_tales(answer: httpx.Response) -> list[str]:
    text = read_text(answer)
    return [tell_tale for tell_tale in TELL_TALES if tell_tale in text]


async def test_no_route_tells_an_answer_before_it_is_given(student: Student) -> None:
    question_id = (await list_questions(student.service.parts.database, student.days[0]))[0].id
    names = list_names(student, question_id)
    asked = [operation for operation in LEARNER_OPERATIONS if operation.method != "DELETE"]
    for operation in asked:
        answer = await ask(student, operation, names)
        assert find_tell_tales(answer) == [], f"{operation.name}: {answer.text}"
    assert {"get_quiz", "get_lesson", "get_course", "list_due_cards"} <= {
        operation.name for operation in asked
    }


async def test_a_refused_attempt_tells_no_answer(student: Student) -> None:
    day = student.days[0]
    path = f"/course-tasks/{day}/quiz/attempts"
    answers = await student.answers(day)
    for body in (
        {"answers": answers[1:]},
        {"answers": [*answers[1:], {**answers[0], "answer": "no such choice"}]},
        {"answers": [*answers[:-1], {**answers[-1], "answer": True}]},
        {"answers": answers, "revision": 99},
    ):
        answer = await student.client.post(path, json=body)
        assert answer.is_client_error
        assert find_tell_tales(answer) == [], answer.text


async def test_answers_of_other_days_tell_nothing_of_this_one(service: Service) -> None:
    student = await enroll(service, secret_course(), review="all")
    await student.attempt(student.days[1])  # the same questions, of another day: told now
    names = list_names(student, 1)
    told = {"list_due_cards", "get_review_stats"}
    # The export tells of that attempt; of what else it tells see below.
    for operation in (operation for operation in READS if operation.name != "export_me"):
        answer = await ask(student, operation, names)
        assert find_tell_tales(answer) == [], f"{operation.name}: {answer.text}"
    assert told <= {operation.name for operation in READS}


async def test_an_export_tells_what_was_told_and_no_more(service: Service) -> None:
    student = await enroll(service, secret_course(), review="all")
    await student.attempt(student.days[1])
    files = unzip((await student.client.get("/users/me/export")).content)
    attempts = files.pop("quiz_attempts.json").decode()
    assert all(tell_tale in attempts for tell_tale in ("canary 1", "417263"))
    everything_else = "\n".join(content.decode() for content in files.values())
    assert not any(tell_tale in everything_else for tell_tale in TELL_TALES)


async def test_cards_that_come_back_do_not_bring_their_answers(service: Service) -> None:
    student = await enroll(service, secret_course(), review="all")
    await student.attempt(student.days[1])
    due = await student.learner.get("/reviews/due")
    assert due["due"] == 4
    assert not any(tell_tale in json.dumps(due) for tell_tale in TELL_TALES)


async def test_another_learners_answers_are_not_told(student: Student) -> None:
    await student.attempt(student.days[0])
    other = await student.service.learner("eve@example.org")
    await other.post("/courses/secret/enrollment")
    path = f"/course-tasks/{student.days[0]}/quiz"
    for answer in (await other.client.get(path), await other.client.get(f"{path}/attempts")):
        assert find_tell_tales(answer) == [], answer.text
