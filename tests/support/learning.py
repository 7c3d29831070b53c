"""Somebody who takes a course, and knows the right answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from app.db.models import QuizQuestion
from app.schemas.answers import GivenAnswer
from app.schemas.curriculum import (
    CourseDefinition,
    MultipleChoiceQuestion,
    NumberQuestion,
    Question,
    ShortTextQuestion,
    SingleChoiceQuestion,
    TrueFalseQuestion,
)
from app.services.curriculum.questions import id_of_choice, read_question
from tests.support.courses import add_course, list_day_ids, list_questions, small_course
from tests.support.service import Learner, Service


def right_answer(question: Question) -> GivenAnswer:
    """What a client sends to be right."""
    match question:
        case SingleChoiceQuestion(right=right):
            return id_of_choice(right)
        case MultipleChoiceQuestion(right=rights):
            return [id_of_choice(text) for text in rights]
        case TrueFalseQuestion(answer=is_true):
            return is_true
        case NumberQuestion(answer=number):
            return number
        case ShortTextQuestion(accept=accept):
            return accept[-1]


def wrong_answer(question: Question) -> GivenAnswer:
    """What a client sends to be wrong."""
    match question:
        case SingleChoiceQuestion(wrong=wrong):
            return id_of_choice(wrong[0])
        case MultipleChoiceQuestion(right=rights, wrong=wrong):
            return [id_of_choice(text) for text in (wrong[:1] or rights[1:])]
        case TrueFalseQuestion(answer=is_true):
            return not is_true
        case NumberQuestion(answer=number):
            return number + 12345
        case ShortTextQuestion():
            return "quite another thing"


def answer(row: QuizQuestion, *, rightly: bool) -> GivenAnswer:
    """An answer to a question of the database."""
    question = read_question(row)
    return right_answer(question) if rightly else wrong_answer(question)


@dataclass
class Student:
    """A learner in a course whose days' ids are known, in order."""

    service: Service
    learner: Learner
    slug: str
    days: Sequence[int]

    @property
    def client(self) -> httpx.AsyncClient:
        return self.learner.client

    async def answers(self, day: int, wrong: int = 0) -> list[dict[str, Any]]:
        """Answers to a day's quiz, so many of them wrong (the first ones)."""
        rows = await list_questions(self.service.parts.database, day)
        return [
            {
                "question_id": row.id,
                "answer": answer(row, rightly=index >= wrong),
            }
            for index, row in enumerate(rows)
        ]

    async def attempt(self, day: int, wrong: int = 0, **headers: str) -> httpx.Response:
        """Attempt a day's quiz."""
        body = {"answers": await self.answers(day, wrong)}
        return await self.client.post(
            f"/course-tasks/{day}/quiz/attempts", json=body, headers=headers
        )

    async def complete(self, day: int) -> dict[str, Any]:
        """Complete a day, which has to succeed."""
        return await self.learner.post(f"/course-tasks/{day}/complete")

    async def undo(self, day: int) -> dict[str, Any]:
        """Take a day back."""
        return await self.learner.post(f"/course-tasks/{day}/undo")

    async def learn(self, day: int) -> dict[str, Any]:
        """Pass a day's quiz without a mistake, if it has one, and complete the day."""
        if await list_questions(self.service.parts.database, day):
            answer = await self.attempt(day)
            assert answer.status_code == 201, answer.text
        return await self.complete(day)

    async def progress(self) -> dict[str, Any]:
        return await self.learner.get(f"/courses/{self.slug}/progress")

    async def sleep(self, **by: float) -> None:
        """Let time pass; whoever was logged in is so again."""
        self.service.clock.advance(**by)
        self.learner.client = self.service.client(await self.service.open_session(self.learner.id))


async def study(service: Service, learner: Learner) -> None:
    """Leave rows in every table of learning, in the course ``small_course()``, which is made if need be."""
    database = service.parts.database
    async with database.reading() as uow:
        found = await uow.curricula.get("python")
    course_id = await add_course(database) if found is None else found.id
    student = Student(service, learner, "python", await list_day_ids(database, course_id))
    await learner.post("/courses/python/enrollment")
    await student.attempt(student.days[0], wrong=1)
    (card,) = (await learner.get("/reviews/due"))["items"]
    await learner.post(f"/reviews/{card['card_id']}", {"rating": "good"})
    await student.learn(student.days[0])


async def enroll(
    service: Service,
    definition: CourseDefinition | None = None,
    email: str = "ada@example.org",
    review: str | None = None,
    **fields: Any,
) -> Student:
    """A learner in a new course (``small_course()`` unless given); ``fields`` are the account's."""
    definition = definition or small_course()
    course_id = await add_course(service.parts.database, definition)
    learner = await service.learner(email, **fields)
    body = {} if review is None else {"review": review}
    await learner.post(f"/courses/{definition.slug}/enrollment", body)
    days = await list_day_ids(service.parts.database, course_id)
    return Student(service, learner, definition.slug, days)
