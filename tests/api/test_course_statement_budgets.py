"""How many SQL statements the learner's ways through a course cost; see test_statement_budgets.py."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from app.game.pacing import Pacing
from tests.support.costs import Cost, cost_on
from tests.support.courses import small_course
from tests.support.learning import Student, enroll
from tests.support.service import Service


@dataclass
class Prepared:
    """A student with a day to complete, one with a quiz to pass, and one that is completed."""

    student: Student
    passed: int
    quiz: int
    done: int
    right: Sequence[Mapping[str, Any]]
    wrong: Sequence[Mapping[str, Any]]

    async def get(self, path: str) -> httpx.Response:
        return await self.student.client.get(path)

    async def post(self, path: str) -> httpx.Response:
        return await self.student.client.post(path)

    async def attempt(self, answers: Sequence[Mapping[str, Any]]) -> httpx.Response:
        path = f"/course-tasks/{self.quiz}/quiz/attempts"
        return await self.student.client.post(path, json={"answers": answers})


@pytest.fixture
async def prepared(service: Service) -> Prepared:
    course = small_course(weeks=4, questions=5, pacing=Pacing.SEQUENTIAL)
    student = await enroll(service, course)
    await student.learn(student.days[0])
    await student.attempt(student.days[1])
    await student.progress()
    await service.settle()
    done, passed, quiz = student.days[:3]
    right, wrong = await student.answers(quiz), await student.answers(quiz, wrong=2)
    return Prepared(student, passed, quiz, done, right, wrong)


Ask = Callable[[Prepared], Awaitable[httpx.Response]]

TABLE: dict[str, tuple[Cost | int, Ask]] = {
    "my courses": (2, lambda p: p.get("/users/me/courses")),
    "enrolment": (3, lambda p: p.post("/courses/python/enrollment")),
    "progress": (4, lambda p: p.get("/courses/python/progress")),
    "lesson": (4, lambda p: p.get(f"/course-tasks/{p.quiz}")),
    "quiz": (5, lambda p: p.get(f"/course-tasks/{p.quiz}/quiz")),
    "attempts": (2, lambda p: p.get(f"/course-tasks/{p.passed}/quiz/attempts")),
    "one attempt": (2, lambda p: p.get(f"/course-tasks/{p.passed}/quiz/attempts/1")),
    "failed attempt with cards": (Cost(12, 11), lambda p: p.attempt(p.wrong)),
    "passing attempt": (Cost(19, 15), lambda p: p.attempt(p.right)),
    "completion": (Cost(18, 14), lambda p: p.post(f"/course-tasks/{p.passed}/complete")),
    "repeated completion": (5, lambda p: p.post(f"/course-tasks/{p.done}/complete")),
    "undo": (Cost(20, 17), lambda p: p.post(f"/course-tasks/{p.done}/undo")),
    "repeated undo": (5, lambda p: p.post(f"/course-tasks/{p.passed}/undo")),
}


@pytest.mark.parametrize("name", TABLE)
async def test_a_request_costs_its_statements(
    service: Service, prepared: Prepared, database_kind: str, name: str
) -> None:
    cost, ask = TABLE[name]
    expected = cost_on(database_kind, cost)
    with service.statements.count() as statements:
        answer = await ask(prepared)
    assert answer.is_success, answer.text
    assert len(statements) == expected, f"{len(statements)} statements: {statements}"
