"""Steps that the tests of reviewing share: a course that is taken, and cards of its questions."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import httpx
from sqlalchemy import select, update

from app.db.models import CourseTask, Enrollment, Player, QuizQuestion, ReviewCard, ReviewLog, Week
from app.schemas.curriculum import CourseDefinition
from app.services.curriculum.questions import id_of_choice
from app.services.verification import VerificationService
from tests.support.clock import START
from tests.support.courses import add_course, small_course
from tests.support.service import Learner, Service

RIGHT_ANSWERS: Sequence[Any] = (
    id_of_choice("right"),
    [id_of_choice("one"), id_of_choice("two")],
    True,
    42,
    "range",
)
"""To the questions 1 to 5 of a day of ``small_course(questions=5)``."""

WRONG_ANSWERS: Sequence[Any] = (id_of_choice("wrong"), [id_of_choice("one")], False, 7, "list")


async def take_course(
    service: Service, learner: Learner, definition: CourseDefinition | None = None
) -> int:
    """A course that the learner is enrolled in."""
    definition = definition or small_course(questions=5)
    course_id = await add_course(service.parts.database, definition)
    await enroll(service, learner, course_id)
    return course_id


async def enroll(service: Service, learner: Learner, course_id: int) -> None:
    async with service.parts.database.writing() as transaction:
        transaction._session.add(
            Enrollment(
                user_id=learner.id,
                course_id=course_id,
                enrolled_at=START,
                enrolled_on=START.date(),
                left_at=None,
                review="missed",
            )
        )
        await transaction.commit()


async def list_question_ids(service: Service, course_id: int) -> list[int]:
    """The ids of all questions of a course, in the order of its days."""
    async with service.parts.database.reading() as uow:
        found = await uow._session.execute(
            select(QuizQuestion.id)
            .join(CourseTask, CourseTask.id == QuizQuestion.course_task_id)
            .join(Week, Week.id == CourseTask.week_id)
            .where(CourseTask.course_id == course_id)
            .order_by(Week.position, CourseTask.day, QuizQuestion.position)
        )
        return list(found.scalars())


async def add_cards(
    service: Service, learner: Learner, course_id: int, count: int = 5, **columns: Any
) -> list[int]:
    """New cards of the first questions of the course that have none, due now; gives their ids."""
    question_ids = await list_question_ids(service, course_id)
    values = {
        "state": 1,
        "step": 0,
        "stability": None,
        "difficulty": None,
        "due_at": service.clock.now(),
        "last_reviewed_at": None,
        "reviews": 0,
        "created_at": START,
        **columns,
    }
    async with service.parts.database.writing() as transaction:
        session = transaction._session
        taken = set(
            (
                await session.execute(
                    select(ReviewCard.question_id).where(ReviewCard.user_id == learner.id)
                )
            ).scalars()
        )
        chosen = [each for each in question_ids if each not in taken][:count]
        assert len(chosen) == count
        cards = [
            ReviewCard(user_id=learner.id, course_id=course_id, question_id=each, **values)
            for each in chosen
        ]
        session.add_all(cards)
        await transaction.commit()
    return [card.id for card in cards]


async def add_known_card(
    service: Service, learner: Learner, course_id: int, due_at: datetime, **columns: Any
) -> int:
    """A card in state review."""
    known = {"state": 2, "step": None, "stability": 10.0, "difficulty": 5.0, "reviews": 3}
    (card,) = await add_cards(
        service, learner, course_id, 1, **{**known, "due_at": due_at, **columns}
    )
    return card


async def set_columns(service: Service, model: Any, row_id: int, **values: Any) -> None:
    """Change a row behind the service's back."""
    async with service.parts.database.writing() as transaction:
        await transaction._session.execute(update(model).where(model.id == row_id).values(**values))
        await transaction.commit()


async def set_hearts(service: Service, learner: Learner, hearts: int) -> None:
    """Let the learner have so few hearts, the next one in hours."""
    async with service.parts.database.writing() as transaction:
        await transaction._session.execute(
            update(Player)
            .where(Player.user_id == learner.id)
            .values(hearts=hearts, hearts_since=service.clock.now())
        )
        await transaction.commit()


async def leave(service: Service, learner: Learner, course_id: int) -> None:
    async with service.parts.database.writing() as transaction:
        await transaction._session.execute(
            update(Enrollment)
            .where(Enrollment.user_id == learner.id, Enrollment.course_id == course_id)
            .values(left_at=START)
        )
        await transaction.commit()


async def list_logs(service: Service, learner: Learner) -> list[ReviewLog]:
    async with service.parts.database.reading() as uow:
        found = await uow._session.execute(
            select(ReviewLog)
            .where(ReviewLog.user_id == learner.id)
            .order_by(ReviewLog.activity_sequence)
        )
        return list(found.scalars())


async def review(
    learner: Learner, card_id: int, key: str | None = None, **body: Any
) -> httpx.Response:
    headers = {} if key is None else {"Idempotency-Key": key}
    return await learner.client.post(f"/reviews/{card_id}", json=body, headers=headers)


async def list_due_ids(learner: Learner) -> list[int]:
    return [item["card_id"] for item in (await learner.get("/reviews/due", limit=100))["items"]]


async def assert_sound(service: Service) -> None:
    """What ``verify_ledger`` checks."""
    checked = [part async for part in VerificationService(service.parts.database).check()]
    assert [found for part in checked for found in part.differences] == []
